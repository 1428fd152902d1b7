//! The texts of refused queries and paths.

use super::{GraphError, QueryPart};

impl GraphError {
    pub(super) fn query_text(&self) -> String {
        match self {
            Self::Segment(name) => format!("Resource not found for the segment '{name}'."),
            Self::Filter(detail) => format!("Invalid filter clause: {detail}"),
            Self::OrderBy(detail) => format!("Invalid orderby clause: {detail}"),
            Self::Search(detail) => format!("Invalid search clause: {detail}"),
            Self::SelectTerm(term) => format!(
                "Parsing OData Select and Expand failed: Term '{term}' is not valid in a $select or $expand expression."
            ),
            Self::UnknownProperty {
                property,
                entity,
                option,
            } => {
                let text = format!(
                    "Could not find a property named '{property}' on type 'microsoft.graph.{entity}'."
                );
                match option {
                    QueryPart::Select => format!("Parsing OData Select and Expand failed: {text}"),
                    QueryPart::Filter => format!("Invalid filter clause: {text}"),
                    QueryPart::OrderBy => text,
                }
            }
            Self::OptionValue { option, value } => {
                format!("Invalid value '{value}' for ${option} query option found.")
            }
            Self::UnknownOption(name) => {
                format!("The query parameter '{name}' is not supported.")
            }
            Self::NotACollection => "The query specified in the URI is not valid. The requested resource is not a collection. Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections.".to_owned(),
            Self::PageSize(value) => format!(
                "Invalid page size specified: '{value}'. Must be between 1 and 999 inclusive."
            ),
            Self::SearchWithoutHeader => "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'".to_owned(),
            Self::Advanced(operator) => format!(
                "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
            ),
            Self::UnsupportedFilter { property, class } => format!(
                "Unsupported or invalid query filter clause specified for property '{property}' of resource '{class}'."
            ),
            Self::UnsupportedSort { property, class } => {
                format!("Unsupported sort property '{property}' for '{class}'.")
            }
            Self::TwiceGiven(name) => format!(
                "Query option '{name}' was specified more than once, but it must be specified at most once."
            ),
            Self::NotNavigation { property, entity } => format!(
                "Parsing OData Select and Expand failed: Property '{property}' on type 'microsoft.graph.{entity}' is not a navigation property or complex property. Only navigation properties can be expanded."
            ),
            Self::ReferenceFilter => "The specified filter to the reference property query is currently not supported.".to_owned(),
            Self::ExpandWithAdvanced => "The $expand query parameter is not supported with advanced queries.".to_owned(),
            _ => "Sorting not supported for current query.".to_owned(),
        }
    }
}

//! Properties that take a permission of their own, wherever a query names them.

use super::require_any;
use crate::bearer::Caller;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::query::Query;
use crate::surface::graph::query::filter::Expression;
use crate::surface::graph::resource::{Resource, Shape};
use crate::surface::graph::schema::{DIRECTORY_OBJECTS, Type};

/// Refuses a read that shows, or looks for, what the caller may not see.
pub(in crate::surface::graph) fn check_properties(
    caller: &Caller,
    resource: &Resource<'_>,
    query: &Query,
) -> Result<(), GraphError> {
    let kind = match resource.shape {
        Shape::Set(kind) | Shape::Entity(kind) => kind,
        Shape::Collection(navigation) => resource.cast.unwrap_or(navigation.target),
        Shape::Property(kind, at) => return check_place(caller, kind, at),
        Shape::Operation | Shape::Container => {
            let set = resource.directory_set();
            let mut kinds = DIRECTORY_OBJECTS.iter();
            match kinds.find(|kind| Some(kind.set()) == set) {
                Some(kind) => *kind,
                None => return Ok(()),
            }
        }
    };
    check_query(caller, kind, query)
}

fn check_query(caller: &Caller, kind: &'static dyn Type, query: &Query) -> Result<(), GraphError> {
    let mut named: Vec<&str> = query.select.iter().flatten().map(String::as_str).collect();
    named.extend(query.order_by.iter().map(|order| order.property.as_str()));
    if let Some(filter) = &query.filter {
        add_paths(filter, &mut named);
    }
    for name in named {
        let first = name.split('/').next().unwrap_or(name);
        if let Some(at) = kind.place(first) {
            check_place(caller, kind, at)?;
        }
    }
    for expand in &query.expand {
        if let Some(navigation) = kind.navigation(&expand.name) {
            check_query(caller, navigation.target, &expand.query)?;
        }
    }
    Ok(())
}

fn check_place(caller: &Caller, kind: &'static dyn Type, at: usize) -> Result<(), GraphError> {
    match kind.facts(at).map(|facts| facts.permissions) {
        None | Some([]) => Ok(()),
        Some(permissions) => require_any(caller, permissions),
    }
}

fn add_paths<'e>(expression: &'e Expression, paths: &mut Vec<&'e str>) {
    match expression {
        Expression::And(left, right) | Expression::Or(left, right) => {
            add_paths(left, paths);
            add_paths(right, paths);
        }
        Expression::Not(inner) => add_paths(inner, paths),
        Expression::Compare { path, .. }
        | Expression::In { path, .. }
        | Expression::Call { path, .. }
        | Expression::Property(path)
        // What stands inside of a lambda is about the members of the same property.
        | Expression::Any { path, .. }
        | Expression::All { path, .. } => paths.push(path),
    }
}

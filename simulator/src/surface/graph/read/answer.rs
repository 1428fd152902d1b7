//! The answer to a read, from what its path means.

use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Value, json};

use super::List;
use crate::surface::graph::error::{GraphError, QueryPart};
use crate::surface::graph::operation::Operation;
use crate::surface::graph::query::{Query, page};
use crate::surface::graph::resource::{Object, Resource, Shape, Tail};
use crate::surface::graph::schema::user::USER;
use crate::surface::graph::schema::{self, Navigation, Row, Type, is_extension, type_of};
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

/// Answers a row whose handler reads the entity tables.
pub(in crate::surface::graph) fn answer(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    operation: &Operation,
) -> Answer {
    let tenant = graph.tenant()?;
    check_extensions(graph, tenant)?;
    let read = Read {
        graph,
        tenant,
        resource,
        operation,
    };
    match resource.shape {
        Shape::Set(kind) => {
            let fragment = kind.context().to_owned();
            let list = List::of_set(kind, tenant).at(graph.call.now());
            read.list(list, fragment)
        }
        Shape::Collection(navigation) => {
            resource.present()?;
            let of = resource.target()?;
            let list = List::of_navigation(navigation, of, tenant);
            read.list(list, read.fragment(navigation, resource.chain.last()))
        }
        Shape::Entity(_) => read.entity(),
        Shape::Property(kind, at) => read.property(kind, at),
        Shape::Operation | Shape::Container => Err(graph.not_simulated(resource)),
    }
}

/// The size of a list that a handler of its own has answered, if that is what was asked for.
pub(in crate::surface::graph) fn size(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    reply: Reply,
) -> Answer {
    if resource.tail != Tail::Count {
        return Ok(reply);
    }
    let Ok(document) = serde_json::from_slice::<Value>(&reply.body) else {
        return Ok(reply);
    };
    match document.get("value").and_then(Value::as_array) {
        Some(list) => {
            let text = list.len().to_string();
            let reply = Reply::with_body(StatusCode::OK, "text/plain", text);
            Ok(reply.header("odata-version", "4.0"))
        }
        // The handler has counted.
        None if document.is_number() => Ok(reply),
        None => Err(graph.not_simulated(resource)),
    }
}

/// Extension properties that no registration defines are no properties.
fn check_extensions(graph: &Graph<'_, '_>, tenant: &Tenant) -> Result<(), GraphError> {
    let mut asked = graph.query.select.iter().flatten();
    let undefined =
        |name: &&String| is_extension(name) && tenant.extension_property(name).is_none();
    match asked.find(undefined) {
        Some(name) => {
            let user: &dyn Type = &USER;
            Err(user.absent(name, QueryPart::Select))
        }
        None => Ok(()),
    }
}

struct Read<'r> {
    graph: &'r Graph<'r, 'r>,
    tenant: &'r Tenant,
    resource: &'r Resource<'r>,
    operation: &'r Operation,
}

impl<'r> Read<'r> {
    /// The context of what a navigation leads to.
    fn fragment(&self, navigation: &'static Navigation, owner: Option<&Object<'_>>) -> String {
        match owner.and_then(|owner| owner.row) {
            Some(owner) if navigation.contained => {
                let set = type_of(owner).set();
                format!("{set}('{}')/{}", owner.key(self.tenant), navigation.name)
            }
            _ => navigation.target.set().to_owned(),
        }
    }

    fn list(&self, list: List<'r>, fragment: String) -> Answer {
        let query = &self.graph.query;
        let list = list.cast(self.resource.cast);
        let fragment = match self.resource.cast {
            Some(cast) => cast.set().to_owned(),
            None => fragment,
        };
        match self.resource.tail {
            Tail::Count => {
                let count = list.count(query)?;
                Ok(self.plain(count.to_string()))
            }
            Tail::Value => Err(GraphError::Segment("$value".to_owned())),
            Tail::Ref => {
                let number = page::number(self.graph.call.request);
                let mut page = list.page(&with_id_only(query), number)?;
                for row in &mut page.rows {
                    let key = row.get("id").and_then(Value::as_str).unwrap_or_default();
                    let id = key.parse().ok();
                    let object = id.and_then(|id| schema::object(self.tenant, id));
                    let url = match object {
                        Some(object) => self.graph.object_url(object),
                        None => self.graph.place(&fragment, key),
                    };
                    *row = json!({"@odata.id": url});
                }
                page.selected = String::new();
                Ok(self.units(self.graph.page("Collection($ref)", page)))
            }
            Tail::None => {
                let number = page::number(self.graph.call.request);
                let page = list.page(query, number)?;
                Ok(self.units(self.graph.page(&fragment, page)))
            }
        }
    }

    fn entity(&self) -> Answer {
        let row = self.resource.target()?;
        let last = self.resource.chain.last();
        let declared = last.and_then(|last| last.kind);
        let cast = self.resource.cast;
        if cast.is_some_and(|cast| cast.name() != type_of(row).name()) {
            return Err(GraphError::Missing(self.resource.last_key().to_owned()));
        }
        let kind = cast.or(declared).unwrap_or_else(|| type_of(row));
        match self.resource.tail {
            Tail::None => {}
            Tail::Ref => {
                let value = json!({"@odata.id": self.graph.object_url(row)});
                return Ok(self.units(self.graph.document(StatusCode::OK, "$ref", value)));
            }
            Tail::Value | Tail::Count => {
                let name = if self.resource.tail == Tail::Value {
                    "$value"
                } else {
                    "$count"
                };
                return Err(GraphError::Segment(name.to_owned()));
            }
        }
        let (value, selected) = super::one(kind, self.tenant, row, &self.graph.query)?;
        let set = match last.and_then(|last| last.via) {
            Some(via) if cast.is_none() => {
                let owner = self.resource.chain.iter().rev().nth(1);
                self.fragment(via, owner)
            }
            _ => declared.unwrap_or(kind).context().to_owned(),
        };
        let fragment = format!("{set}{selected}/$entity");
        Ok(self.units(self.graph.document(StatusCode::OK, &fragment, value)))
    }

    fn property(&self, kind: &'static dyn Type, at: usize) -> Answer {
        let row: Row<'_> = self.resource.target()?;
        let value = kind.value(at, self.tenant, row);
        let name = kind.facts(at).map_or("", |facts| facts.name);
        match self.resource.tail {
            Tail::None => {
                let fragment = format!("{}('{}')/{name}", kind.set(), row.key(self.tenant));
                let value = json!({"value": value});
                Ok(self.units(self.graph.document(StatusCode::OK, &fragment, value)))
            }
            Tail::Value => match value {
                Value::Null => Ok(self.units(Reply::empty(StatusCode::NO_CONTENT))),
                Value::String(text) => Ok(self.plain(text)),
                value @ (Value::Bool(_) | Value::Number(_)) => Ok(self.plain(value.to_string())),
                _ => Err(GraphError::Segment("$value".to_owned())),
            },
            Tail::Count => Err(GraphError::Segment("$count".to_owned())),
            Tail::Ref => Err(GraphError::Segment("$ref".to_owned())),
        }
    }

    /// A bare value.
    fn plain(&self, text: String) -> Reply {
        let reply = Reply::with_body(StatusCode::OK, "text/plain", text);
        self.units(reply.header("odata-version", "4.0"))
    }

    /// What the read costs (Microsoft Graph throttling limits: directory resources).
    fn units(&self, reply: Reply) -> Reply {
        let query = &self.graph.query;
        let mut units = i32::from(self.operation.units);
        units -= i32::from(query.select.is_some());
        units += i32::from(!query.expand.is_empty());
        units -= i32::from(query.top.is_some_and(|top| top < 20));
        reply.header("x-ms-resource-unit", &units.max(1).to_string())
    }
}

/// The same question for nothing but ids.
fn with_id_only(query: &Query) -> Query {
    Query {
        select: Some(vec!["id".to_owned()]),
        ..query.clone()
    }
}

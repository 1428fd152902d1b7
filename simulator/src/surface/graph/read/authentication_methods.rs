//! Reading methods of a user, from the tables of `schema/authentication_method.rs`: the methods of one kind, all of them, one.
//!
//! The service answers these collections with `$select`, and with little else (Microsoft Learn, "Microsoft Entra
//! authentication methods API overview"): `$top` and `$count` change nothing, the other options are refused by name.

use entrasim_domain::credential::method::MethodKind;
use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::surface::graph::error::{GraphError, QueryPart};
use crate::surface::graph::permission;
use crate::surface::graph::query::Query;
use crate::surface::graph::read;
use crate::surface::graph::resource::{Resource, Tail};
use crate::surface::graph::schema::authentication_method::{Held, MethodType, Shown, held};
use crate::surface::graph::schema::{DIRECTORY_OBJECTS, Row};
use crate::surface::graph::{Answer, Graph};
use crate::wire::Reply;

/// `GET /users/{id}/authentication/{kind}Methods`
pub(in crate::surface::graph) fn list(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    kind: &'static MethodType,
) -> Answer {
    let reader = Reader::new(graph, resource)?;
    let rows = kind.of(reader.user);
    reader.collection(kind.set, rows.map(|held| (held, kind, false)))
}

/// `GET /users/{id}/authentication/{kind}Methods/{id}`
pub(in crate::surface::graph) fn one(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    kind: &'static MethodType,
) -> Answer {
    let reader = Reader::new(graph, resource)?;
    let key = resource.key(1);
    let found = kind.find(reader.user, key);
    let held = found.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    reader.entity(&format!("{}/$entity", kind.set), held, kind, false)
}

/// `GET /users/{id}/authentication/methods`: each with its type.
pub(in crate::surface::graph) fn all(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let reader = Reader::new(graph, resource)?;
    let rows =
        held(reader.user).filter_map(|held| Some((held, held.kind_in(graph.query.version)?, true)));
    reader.collection("methods", rows)
}

/// `GET /users/{id}/authentication/methods/{id}`
pub(in crate::surface::graph) fn any(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let reader = Reader::new(graph, resource)?;
    let key = resource.key(1);
    let found = held(reader.user).find(|held| held.is_named(key));
    let found = found.and_then(|held| Some((held, held.kind_in(graph.query.version)?)));
    let (held, kind) = found.ok_or_else(|| GraphError::Missing(key.to_owned()))?;
    reader.entity("methods/$entity", held, kind, true)
}

/// The one method of its kind that a user has, as a singleton.
pub(in crate::surface::graph) fn only(
    graph: &Graph<'_, '_>,
    resource: &Resource<'_>,
    kind: &'static MethodType,
) -> Answer {
    let reader = Reader::new(graph, resource)?;
    let found = kind.of(reader.user).next();
    let held = found.ok_or_else(|| GraphError::Missing(kind.set.to_owned()))?;
    reader.entity(&format!("{}/$entity", kind.set), held, kind, false)
}

/// The user of a path, if the caller may look at what they hold.
pub(in crate::surface::graph) fn subject<'r>(
    graph: &Graph<'_, '_>,
    resource: &Resource<'r>,
) -> Result<&'r User, GraphError> {
    let user: &User = resource.object(0)?;
    permission::require_reading_reach(&graph.caller, graph.tenant()?, user.id)?;
    Ok(user)
}

struct Reader<'r> {
    graph: &'r Graph<'r, 'r>,
    tenant: &'r Tenant,
    user: &'r User,
    tail: Tail,
}

impl<'r> Reader<'r> {
    fn new(graph: &'r Graph<'_, '_>, resource: &'r Resource<'_>) -> Result<Self, GraphError> {
        let user = subject(graph, resource)?;
        let query = &graph.query;
        let refused = [
            (query.filter.is_some(), "filter"),
            (!query.order_by.is_empty(), "orderby"),
            (query.search.is_some(), "search"),
        ];
        if let Some((_, option)) = refused.iter().find(|(is_asked, _)| *is_asked) {
            let name = format!("graph ${option} of authentication methods");
            return Err(GraphError::NotSimulated(name));
        }
        Ok(Self {
            graph,
            tenant: graph.tenant()?,
            user,
            tail: resource.tail,
        })
    }

    fn collection(
        &self,
        set: &str,
        rows: impl Iterator<Item = (Held<'r>, &'static MethodType, bool)>,
    ) -> Answer {
        match self.tail {
            Tail::None => {}
            Tail::Count => {
                let count = rows.count().to_string();
                return Ok(Reply::with_body(StatusCode::OK, "text/plain", count));
            }
            Tail::Ref => return Err(GraphError::Segment("$ref".to_owned())),
            Tail::Value => return Err(GraphError::Segment("$value".to_owned())),
        }
        let shown: Result<Vec<Value>, GraphError> = rows
            .map(|(held, kind, typed)| self.shown(held, kind, typed).map(Value::Object))
            .collect();
        let fragment = format!("{}{}", self.fragment(set), self.selection());
        Ok(plain(self.graph.document(
            StatusCode::OK,
            &fragment,
            json!({"value": shown?}),
        )))
    }

    fn entity(&self, set: &str, held: Held<'r>, kind: &'static MethodType, typed: bool) -> Answer {
        if self.tail != Tail::None {
            return Err(GraphError::Segment("$value".to_owned()));
        }
        let set = set.replace("/$entity", &format!("{}/$entity", self.selection()));
        let members = self.shown(held, kind, typed)?;
        let fragment = self.fragment(&set);
        Ok(plain(self.graph.document(
            StatusCode::OK,
            &fragment,
            Value::Object(members),
        )))
    }

    fn fragment(&self, set: &str) -> String {
        format!("users('{}')/authentication/{set}", self.user.id)
    }

    fn selection(&self) -> String {
        let select = self.graph.query.select.as_ref();
        select.map_or_else(String::new, |names| format!("({})", names.join(",")))
    }

    fn shown(
        &self,
        held: Held<'r>,
        kind: &'static MethodType,
        typed: bool,
    ) -> Result<Map<String, Value>, GraphError> {
        let query = &self.graph.query;
        let shown = Shown {
            tenant: self.tenant,
            user: self.user,
            now: self.graph.call.now(),
            held,
            with_secrets: false,
        };
        let mut members = kind.show(&shown, query.version);
        if let Some(names) = &query.select {
            // In the list of all kinds a name may belong to some of them.
            if let Some(unknown) = names
                .iter()
                .find(|name| !typed && !kind.has(name) && *name != "*")
            {
                return Err(GraphError::UnknownProperty {
                    property: unknown.clone(),
                    entity: kind.name,
                    option: QueryPart::Select,
                });
            }
            members.retain(|name, _| names.iter().any(|asked| asked == name || asked == "*"));
        }
        if typed {
            let mut with_type = Map::new();
            let name = format!("#microsoft.graph.{}", kind.name);
            with_type.insert("@odata.type".to_owned(), json!(name));
            with_type.append(&mut members);
            members = with_type;
        }
        for expand in &query.expand {
            if expand.name != "device" || !kind.has_device {
                return Err(GraphError::NotNavigation {
                    property: expand.name.clone(),
                    entity: kind.name,
                });
            }
            members.insert("device".to_owned(), self.device(held)?);
        }
        Ok(members)
    }

    /// The registered device that keeps a key.
    fn device(&self, held: Held<'r>) -> Result<Value, GraphError> {
        let device = held.method().and_then(|method| match &method.kind {
            MethodKind::WindowsHello(key) | MethodKind::PlatformCredential(key) => {
                self.tenant.devices.get(&key.device?)
            }
            _ => None,
        });
        let mut kinds = DIRECTORY_OBJECTS.iter();
        let kind = kinds.find(|kind| kind.name() == "device");
        match (device, kind) {
            (Some(device), Some(kind)) => {
                let query = Query {
                    version: self.graph.query.version,
                    ..Query::default()
                };
                Ok(read::one(*kind, self.tenant, Row::Device(device), &query)?.0)
            }
            _ => Ok(Value::Null),
        }
    }
}

/// These parts of Graph name their content type without OData's parameters (seen in recorded answers).
pub(in crate::surface::graph) fn plain(reply: Reply) -> Reply {
    reply.header("content-type", "application/json")
}

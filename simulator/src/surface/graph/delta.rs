//! Delta queries: what changed in a set since the last time. A round begins with the whole set, page by page, and ends with
//! a link; later rounds cost what changed since. The links say everything themselves, so they survive forks, snapshots and
//! restarts from the same seed; they are good for seven days by the tenant's clock.
//! (Microsoft Learn, "Use delta query to track changes in Microsoft Graph data".)

use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::changes::{Change, Subject, TOKEN_LIFETIME, What};
use http::StatusCode;
use serde_json::{Map, Value, json};

use self::links::{LinkChange, Tracked};
use self::token::{Place, Token};
use super::error::GraphError;
use super::query::filter::{Expression, Literal, Operator};
use super::resource::Resource;
use super::schema::{Row, Rows, SETS, Selection, Type};
use super::{Answer, Graph};

mod links;
mod token;

/// So many objects can be watched by their ids (Microsoft Learn, "Use delta query", supported objects: users, groups).
const MOST_IDS: usize = 50;
/// Objects of a page if `$top` says nothing.
const PAGE: usize = 100;

/// `GET /{set}/delta()`
pub(super) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let path = resource.template.trim_matches('/');
    let set = path.trim_end_matches("/delta()");
    let kind = SETS.iter().find(|kind| kind.set() == set);
    let (Some(kind), Some(tracked)) = (kind, Tracked::of(set)) else {
        return Err(graph.not_simulated(resource));
    };
    refuse_options(graph)?;
    let token = read_token(graph, set)?;
    let minimal = graph
        .call
        .request
        .header("prefer")
        .is_some_and(|prefer| prefer.to_ascii_lowercase().contains("return=minimal"));
    let selected = token.select.as_deref().map(names);
    let navigations = selected.as_ref().map(|names| {
        let known = |name: &&str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        tracked
            .navigations()
            .iter()
            .copied()
            .filter(known)
            .collect()
    });
    let properties = selected.map(|names| {
        let own = names.into_iter();
        let others = tracked.navigations();
        own.filter(|name| !others.iter().any(|other| other.eq_ignore_ascii_case(name)))
            .collect::<Vec<String>>()
    });
    let tenant = graph.tenant()?;
    let delta = Delta {
        tenant,
        kind: *kind,
        tracked,
        selection: Selection::bind(*kind, properties.as_deref(), graph.query.version)?,
        properties,
        navigations: navigations.unwrap_or_else(|| tracked.navigations().to_vec()),
        minimal,
    };
    let page = delta.page(&token);
    let value = page.document(graph, set, token);
    let reply = graph.document(StatusCode::OK, kind.context(), value);
    Ok(reply.header("x-ms-resource-unit", "1"))
}

/// Delta takes `$select`, `$top`, and of filters only those by id.
fn refuse_options(graph: &Graph<'_, '_>) -> Result<(), GraphError> {
    let query = &graph.query;
    let name = if !query.expand.is_empty() {
        "$expand"
    } else if query.search.is_some() {
        "$search"
    } else if !query.order_by.is_empty() {
        return Err(GraphError::SortWithFilter);
    } else {
        return Ok(());
    };
    Err(GraphError::NotSimulated(format!("graph {name} on delta")))
}

/// The token of the request, or one that begins a round.
fn read_token(graph: &Graph<'_, '_>, set: &str) -> Result<Token, GraphError> {
    let query = &graph.query;
    let log = &graph.tenant()?.changes;
    let now = graph.call.now();
    let only =
        match &query.filter {
            None => None,
            Some(filter) => Some(ids(filter).filter(|ids| ids.len() <= MOST_IDS).ok_or_else(
                || GraphError::UnsupportedFilter {
                    property: "id".to_owned(),
                    class: "delta",
                },
            )?),
        };
    let fresh = |place| Token {
        only: only.clone(),
        place,
        from: log.next(),
        issued: now,
        top: query.top.unwrap_or(PAGE),
        select: query.select.as_ref().map(|names| names.join(",")),
    };
    let text = match (&query.skip_token, query.delta_token.as_deref()) {
        (Some(skip), _) => skip.as_str(),
        (None, None | Some("")) => return Ok(fresh(Place::Objects(None))),
        (None, Some(latest)) if latest.eq_ignore_ascii_case("latest") => {
            return Ok(fresh(Place::Nothing));
        }
        (None, Some(text)) => text,
    };
    let token = Token::parse(text, set)?;
    // A token from before a reset may be ahead of the log.
    if now.since(token.issued) >= TOKEN_LIFETIME || token.from > log.next() {
        let again = format!("{}?$deltatoken=", graph.delta_url());
        return Err(GraphError::Resync(again));
    }
    Ok(token)
}

/// The ids of a filter that asks for nothing but ids.
fn ids(filter: &Expression) -> Option<Vec<ObjectId>> {
    let id = |value: &Literal| match value {
        Literal::Text(id) | Literal::Bare(id) => id.parse().ok(),
        _ => None,
    };
    match filter {
        Expression::Or(left, right) => {
            let mut all = ids(left)?;
            all.extend(ids(right)?);
            Some(all)
        }
        Expression::Compare {
            path,
            operator: Operator::Equal,
            value,
        } if path == "id" => Some(vec![id(value)?]),
        Expression::In { path, values } if path == "id" => values.iter().map(id).collect(),
        _ => None,
    }
}

fn names(select: &str) -> Vec<String> {
    select.split(',').map(str::to_owned).collect()
}

/// All that changed of one object.
struct Entry {
    key: String,
    /// How the object itself changed, and which properties: `None` for all.
    object: Option<(What, Option<Vec<&'static str>>)>,
    links: Vec<LinkChange>,
}

/// One page.
struct Page {
    rows: Vec<Value>,
    /// Where the next page of this round starts; `None` if the round is over.
    next: Option<Place>,
    /// What the round after this one starts from.
    from: u64,
}

struct Delta<'a> {
    tenant: &'a Tenant,
    kind: &'static dyn Type,
    tracked: Tracked,
    selection: Selection,
    /// The selected properties; `None` for the default ones.
    properties: Option<Vec<String>>,
    navigations: Vec<&'static str>,
    minimal: bool,
}

impl<'a> Delta<'a> {
    fn page(&self, token: &Token) -> Page {
        match token.place {
            Place::Nothing => Page {
                rows: Vec::new(),
                next: None,
                from: token.from,
            },
            Place::Objects(after) => self.whole(after, token),
            Place::Changes { at, until } => self.changed(token, at, until),
            Place::Ready => {
                let until = self.tenant.changes.next();
                self.changed(token, token.from, until)
            }
        }
    }

    /// A page of the first round: everything that is there.
    fn whole(&self, after: Option<ObjectId>, token: &Token) -> Page {
        let mut page: Vec<Row<'a>> = Vec::new();
        let mut more = false;
        let rows: Rows<'a> = match &token.only {
            None => self.kind.rows(self.tenant, after),
            Some(ids) => {
                let mut ids = ids.clone();
                ids.retain(|id| after.is_none_or(|after| *id > after));
                ids.sort_unstable();
                let kind = self.kind;
                let tenant = self.tenant;
                let there = ids.into_iter();
                Box::new(there.filter_map(move |id| kind.get(tenant, &id.to_string())))
            }
        };
        for row in rows {
            // Sets without paging, such as the roles, come whole.
            if self.is_paged() && page.len() >= token.top {
                more = true;
                break;
            }
            page.push(row);
        }
        let last = page.last().and_then(|row| self.kind.id(self.tenant, *row));
        let shown = page.into_iter().map(|row| {
            let mut members = self.selection.entity(self.tenant, row);
            self.add_links(&mut members, &self.all_links(row));
            finished(members, &row.key(self.tenant))
        });
        Page {
            rows: shown.collect(),
            next: last.filter(|_| more).map(|last| Place::Objects(Some(last))),
            from: token.from,
        }
    }

    fn is_paged(&self) -> bool {
        matches!(self.tracked, Tracked::Objects(_) | Tracked::Grants)
    }

    /// A page of a later round: the changes from one number up to another. What came after the round began is for the next.
    fn changed(&self, token: &Token, at: u64, until: u64) -> Page {
        let mut entries: Vec<Entry> = Vec::new();
        let mut next = None;
        let changes = self.tenant.changes.since(at);
        for change in changes.take_while(|change| change.number < until) {
            let Some(entry) = self.entry(change, token.from) else {
                continue;
            };
            let wanted = |ids: &Vec<ObjectId>| ids.iter().any(|id| id.to_string() == entry.key);
            if !token.only.as_ref().is_none_or(wanted) {
                continue;
            }
            let is_full = entries.len() >= token.top;
            match entries.iter_mut().find(|known| known.key == entry.key) {
                Some(known) => {
                    known.object = entry.object.or(known.object.take());
                    known.links.extend(entry.links);
                }
                None if is_full => {
                    next = Some(Place::Changes {
                        at: change.number,
                        until,
                    });
                    break;
                }
                None => entries.push(entry),
            }
        }
        Page {
            rows: entries
                .iter()
                .filter_map(|entry| self.shown(entry))
                .collect(),
            next,
            from: until,
        }
    }

    /// What a change means for this set.
    fn entry(&self, change: &Change, from: u64) -> Option<Entry> {
        let object = |key: String| Entry {
            key,
            object: Some((change.what, change.properties_since(from))),
            links: Vec::new(),
        };
        let link = |key: String, navigation, object| Entry {
            key,
            object: None,
            links: vec![LinkChange {
                navigation,
                object,
                gone: change.what == What::Unlinked,
            }],
        };
        match (&change.subject, self.tracked) {
            (Subject::Object(class, id), Tracked::Objects(tracked)) if *class == tracked => {
                Some(object(id.to_string()))
            }
            (Subject::Link(class, of), Tracked::Objects(tracked)) if *class == tracked => {
                Some(link(of.from.to_string(), of.relation.navigation(), of.to))
            }
            (Subject::RoleMember(role, holder), Tracked::Roles) => {
                let row = self.kind.rows(self.tenant, None);
                let mut row =
                    row.filter(|row| matches!(row, Row::DirectoryRole(known) if known.id == *role));
                Some(link(row.next()?.key(self.tenant), "members", *holder))
            }
            (Subject::Grant(id), Tracked::Grants) => Some(object(id.to_string())),
            _ => None,
        }
    }

    fn shown(&self, entry: &Entry) -> Option<Value> {
        let Some(row) = self.kind.get(self.tenant, &entry.key) else {
            let (what, _) = entry.object.as_ref()?;
            // A soft deletion may be taken back (Microsoft Learn, "Use delta query", resource representation).
            let reason = if *what == What::SoftDeleted {
                "changed"
            } else {
                "deleted"
            };
            return Some(json!({"id": entry.key, "@removed": {"reason": reason}}));
        };
        let mut members = self.selection.entity(self.tenant, row);
        match &entry.object {
            Some((_, None)) => self.add_links(&mut members, &self.all_links(row)),
            object => {
                let changed = object.as_ref().and_then(|(_, names)| names.as_deref());
                let tracked = self.is_tracked(changed.unwrap_or_default());
                self.add_links(&mut members, &entry.links);
                let linked = members.keys().any(|name| name.ends_with("@delta"));
                if !tracked && !linked {
                    return None;
                }
                if self.minimal {
                    let changed = changed.unwrap_or_default();
                    members.retain(|name, _| {
                        name.ends_with("@delta") || changed.contains(&name.as_str())
                    });
                }
            }
        }
        Some(finished(members, &entry.key))
    }

    /// Whether the caller wants to hear of changes of these properties.
    fn is_tracked(&self, changed: &[&str]) -> bool {
        match &self.properties {
            None => !changed.is_empty(),
            Some(selected) => changed.iter().any(|changed| {
                let mut selected = selected.iter();
                selected.any(|name| name == "*" || name.eq_ignore_ascii_case(changed))
            }),
        }
    }
}

/// The id always comes along.
fn finished(mut members: Map<String, Value>, id: &str) -> Value {
    members.entry("id").or_insert_with(|| json!(id));
    Value::Object(members)
}

impl Page {
    fn document(self, graph: &Graph<'_, '_>, set: &str, token: Token) -> Value {
        let url = graph.delta_url();
        let mut document = Map::new();
        let (name, option, place) = match self.next {
            Some(place) => ("@odata.nextLink", "skiptoken", place),
            None => ("@odata.deltaLink", "deltatoken", Place::Ready),
        };
        let over = place == Place::Ready;
        let next = Token {
            place,
            from: if over { self.from } else { token.from },
            issued: if over { graph.call.now() } else { token.issued },
            ..token
        };
        let link = format!("{url}?${option}={}", next.encode(set));
        document.insert(name.to_owned(), json!(link));
        document.insert("value".to_owned(), Value::Array(self.rows));
        Value::Object(document)
    }
}

impl Graph<'_, '_> {
    /// The request's URL without its options: the token has them.
    fn delta_url(&self) -> String {
        let request = self.call.request;
        let path: Vec<&str> = request
            .path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        format!("{}/{}", request.origin(), path.join("/"))
    }
}

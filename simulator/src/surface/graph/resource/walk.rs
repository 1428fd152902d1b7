//! The walk along a path, segment by segment.

use std::borrow::Cow;

use entrasim_domain::tenant::Tenant;

use super::{Object, Resource, Shape, Tail};
use crate::surface::graph::Graph;
use crate::surface::graph::error::GraphError;
use crate::surface::graph::operation::{ROUTER, outside};
use crate::surface::graph::path::{Argument, Key, Segment};
use crate::surface::graph::permission;
use crate::surface::graph::schema::user::USER;
use crate::surface::graph::schema::{DIRECTORY_OBJECTS, Navigation, Row, SETS, Type, type_of};

/// Walks the path.
pub(in crate::surface::graph) fn resolve<'a>(
    graph: &Graph<'_, '_>,
    tenant: &'a Tenant,
    segments: &[Segment],
) -> Result<Resource<'a>, GraphError> {
    let mut walk = Walk {
        tenant,
        resource: Resource {
            template: String::new(),
            me: false,
            chain: Vec::new(),
            shape: Shape::Container,
            cast: None,
            tail: Tail::None,
        },
    };
    let segments = as_usual(segments);
    let mut rest = segments.iter().peekable();
    if rest
        .next_if(|first| first.is("me") && first.key.is_none())
        .is_some()
    {
        if !permission::is_person(&graph.caller) {
            return Err(GraphError::NobodySignedIn);
        }
        walk.resource.me = true;
        walk.resource.template.push_str("/users");
        let id = graph.caller.object_id.to_string();
        let user = Type::get(&USER, tenant, &id);
        walk.enter(Some(&USER), id, user);
    }
    for segment in rest {
        walk.step(segment)?;
    }
    Ok(walk.resource)
}

/// The strengths' paths below Conditional Access are those of the policies by other names.
fn as_usual(segments: &[Segment]) -> Cow<'_, [Segment]> {
    let [first, second, third, rest @ ..] = segments else {
        return Cow::Borrowed(segments);
    };
    let strengths = third.is("authenticationStrength") || third.is("authenticationStrengths");
    if !(first.is("identity") && second.is("conditionalAccess") && strengths) {
        return Cow::Borrowed(segments);
    }
    let names: &[&str] = match rest.first() {
        Some(policies) if policies.is("policies") => {
            &["policies", "authenticationStrengthPolicies"]
        }
        _ => &["identity", "conditionalAccess", "authenticationStrength"],
    };
    let skipped = usize::from(names.len() == 2);
    let head = names.iter().map(|name| Segment::parse(name));
    let mut usual: Vec<Segment> = head.chain(rest.iter().skip(skipped).cloned()).collect();
    // A key in parentheses stays where it was.
    if let (1, Some(policies), Some(last)) = (skipped, rest.first(), usual.get_mut(1)) {
        last.key.clone_from(&policies.key);
    }
    Cow::Owned(usual)
}

struct Walk<'a> {
    tenant: &'a Tenant,
    resource: Resource<'a>,
}

impl<'a> Walk<'a> {
    fn step(&mut self, segment: &Segment) -> Result<(), GraphError> {
        if self.resource.tail != Tail::None {
            return Err(segment.nowhere());
        }
        if let Some(tail) = tail(segment) {
            self.push(&segment.name.to_ascii_lowercase());
            self.resource.tail = tail;
            return Ok(());
        }
        match self.resource.shape {
            Shape::Container => self.container(segment),
            Shape::Set(kind) => self.below_collection(segment, kind),
            Shape::Collection(navigation) => self.below_collection(segment, navigation.target),
            Shape::Entity(kind) => self.below_entity(segment, kind),
            Shape::Property(..) => Err(segment.nowhere()),
            Shape::Operation => self.below_operation(segment),
        }
    }

    /// The first segments, up to a set.
    fn container(&mut self, segment: &Segment) -> Result<(), GraphError> {
        let path = format!("{}/{}", self.resource.template, segment.name);
        let set = path.get(1..).unwrap_or_default();
        if let Some(kind) = SETS
            .iter()
            .find(|kind| kind.set().eq_ignore_ascii_case(set))
        {
            self.resource.template = format!("/{}", kind.set());
            self.resource.shape = Shape::Set(*kind);
            return self.key_of(segment, *kind);
        }
        let inside = SETS.iter().any(|kind| {
            let head = kind.set().get(..=set.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(&format!("{set}/")))
        });
        if let Some(known) = ROUTER.child(&self.resource.template, &segment.name) {
            known.clone_into(&mut self.resource.template);
            if !inside {
                self.resource.shape = Shape::Operation;
                if let Some(key) = &segment.key {
                    self.enter(None, key.text().to_owned(), None);
                    self.resource.shape = Shape::Operation;
                }
            }
            return Ok(());
        }
        if inside {
            self.push(&segment.name);
            return Ok(());
        }
        Err(segment.nowhere())
    }

    /// After a set or a collection: an operation of it, a cast, or a key.
    fn below_collection(
        &mut self,
        segment: &Segment,
        kind: &'static dyn Type,
    ) -> Result<(), GraphError> {
        if self.operation(segment) || self.cast(segment) {
            return Ok(());
        }
        let key = match segment.bare_key() {
            Some(key) if names_key(kind, &key) => key,
            _ => Key::Id(segment.text.clone()),
        };
        self.enter_by(kind, &key, segment)
    }

    fn below_entity(
        &mut self,
        segment: &Segment,
        kind: &'static dyn Type,
    ) -> Result<(), GraphError> {
        if let Some(navigation) = kind.navigation(&segment.name) {
            return self.follow(segment, navigation);
        }
        if self.operation(segment) || self.cast(segment) {
            return Ok(());
        }
        if let Some(at) = kind.place(&segment.name).filter(|_| segment.key.is_none()) {
            let name = kind.facts(at).map_or("", |facts| facts.name);
            self.push(name);
            self.resource.shape = Shape::Property(kind, at);
            return Ok(());
        }
        let known = kind
            .missing()
            .iter()
            .chain(kind.beyond())
            .chain(outside::BELOW);
        let mut known = known.filter(|name| segment.is(name));
        match known.next() {
            Some(name) => Err(GraphError::NotSimulated(format!(
                "graph {}/{name}",
                self.resource.template
            ))),
            None => Err(segment.nowhere()),
        }
    }

    fn follow(
        &mut self,
        segment: &Segment,
        navigation: &'static Navigation,
    ) -> Result<(), GraphError> {
        self.push(navigation.name);
        let of = self.resource.chain.last().and_then(|object| object.row);
        if navigation.many {
            self.resource.shape = Shape::Collection(navigation);
            self.resource.cast = None;
            return self.key_of(segment, navigation.target);
        }
        let row = of.and_then(|of| (navigation.from)(self.tenant, of, None).next());
        let key = self
            .resource
            .chain
            .last()
            .map_or_else(String::new, |object| object.key.clone());
        self.resource.chain.push(Object {
            kind: Some(navigation.target),
            key,
            row,
            via: Some(navigation),
        });
        self.resource.shape = Shape::Entity(navigation.target.of(row));
        self.resource.cast = None;
        Ok(())
    }

    /// What only the rows know: its names, and keys where they have `{id}`.
    fn below_operation(&mut self, segment: &Segment) -> Result<(), GraphError> {
        if self.operation(segment) || self.cast(segment) {
            return Ok(());
        }
        if ROUTER.child(&self.resource.template, "{id}").is_some() {
            self.enter(None, segment.text.clone(), None);
            self.resource.shape = Shape::Operation;
            return Ok(());
        }
        Err(segment.nowhere())
    }

    /// A name that continues the path in some row.
    fn operation(&mut self, segment: &Segment) -> bool {
        let name = segment.qualified().unwrap_or(&segment.name);
        let template = &self.resource.template;
        let me = self
            .resource
            .me
            .then(|| template.replacen("/users/{id}", "/me", 1));
        let own = me.and_then(|me| ROUTER.child(&me, name));
        let found = own
            .map(|path| path.replacen("/me", "/users/{id}", 1))
            .or_else(|| ROUTER.child(template, name).map(str::to_owned))
            .or_else(|| self.inherited(name));
        let Some(path) = found.filter(|path| !path.ends_with('}')) else {
            return false;
        };
        self.resource.template = path;
        self.resource.shape = Shape::Operation;
        if let Some(Key::Id(key)) = &segment.key {
            self.enter(None, key.clone(), None);
            self.resource.shape = Shape::Operation;
        }
        true
    }

    /// An operation that all directory objects have.
    fn inherited(&self, name: &str) -> Option<String> {
        let set = self.resource.directory_set()?;
        let template = &self.resource.template;
        let rest = template.get(set.len() + 1..)?;
        let path = ROUTER.child(&format!("/directoryObjects{rest}"), name)?;
        Some(path.replacen("/directoryObjects", &format!("/{set}"), 1))
    }

    fn cast(&mut self, segment: &Segment) -> bool {
        let Some(name) = segment.qualified() else {
            return false;
        };
        let all = SETS.iter().chain(DIRECTORY_OBJECTS);
        let mut named = all.filter(|kind| kind.name().eq_ignore_ascii_case(name));
        let Some(kind) = named.next() else {
            return false;
        };
        self.push(&format!("graph.{}", kind.name()));
        self.resource.cast = Some(*kind);
        true
    }

    /// The key in the parentheses of a segment.
    fn key_of(&mut self, segment: &Segment, kind: &'static dyn Type) -> Result<(), GraphError> {
        match &segment.key {
            Some(key) => self.enter_by(kind, key, segment),
            None => Ok(()),
        }
    }

    fn enter_by(
        &mut self,
        kind: &'static dyn Type,
        key: &Key,
        segment: &Segment,
    ) -> Result<(), GraphError> {
        let row = match (key, self.resource.shape) {
            (Key::Id(id), Shape::Collection(navigation)) => {
                let of = self.resource.chain.last().and_then(|object| object.row);
                of.and_then(|of| navigation.find(self.tenant, of, id))
            }
            (Key::Id(id), _) => kind.get(self.tenant, id),
            (Key::Named(arguments), Shape::Collection(navigation)) => {
                let of = self.resource.chain.last().and_then(|object| object.row);
                let key = key.text();
                if arguments.iter().any(|argument| !argument.quoted) {
                    return Err(GraphError::Segment(segment.text.clone()));
                }
                of.and_then(|of| navigation.find(self.tenant, of, key))
            }
            (Key::Named(arguments), _) => {
                if arguments.iter().any(|argument| !argument.quoted) {
                    return Err(GraphError::Segment(segment.text.clone()));
                }
                by_alternate_key(kind, self.tenant, arguments)?
            }
        };
        let row = row.filter(|row| {
            let cast = self.resource.cast;
            cast.is_none_or(|cast| type_of(*row).name() == cast.name())
        });
        self.enter(Some(kind), key.text().to_owned(), row);
        Ok(())
    }

    /// Passes one object.
    fn enter(&mut self, kind: Option<&'static dyn Type>, key: String, row: Option<Row<'a>>) {
        // A cast before a key is no part of the paths of the reference.
        if self.resource.cast.take().is_some()
            && let Some((base, _)) = self.resource.template.rsplit_once("/graph.")
        {
            self.resource.template = base.to_owned();
        }
        self.push("{id}");
        let via = match self.resource.shape {
            Shape::Collection(navigation) => Some(navigation),
            _ => None,
        };
        if let Some(kind) = kind {
            self.resource.shape = Shape::Entity(kind.of(row));
        }
        self.resource.chain.push(Object {
            kind,
            key,
            row,
            via,
        });
    }

    fn push(&mut self, name: &str) {
        self.resource.template.push('/');
        self.resource.template.push_str(name);
    }
}

impl dyn Type {
    /// The type of an object in a collection of this type: a mixed one says it only by the object.
    fn of(&'static self, row: Option<Row<'_>>) -> &'static dyn Type {
        match row {
            Some(row) if self.mixed() => type_of(row),
            _ => self,
        }
    }
}

impl Segment {
    fn nowhere(&self) -> GraphError {
        GraphError::Segment(self.name.clone())
    }
}

fn tail(segment: &Segment) -> Option<Tail> {
    match segment.text.to_ascii_lowercase().as_str() {
        "$count" => Some(Tail::Count),
        "$ref" => Some(Tail::Ref),
        "$value" => Some(Tail::Value),
        _ => None,
    }
}

fn names_key(kind: &'static dyn Type, key: &Key) -> bool {
    let Key::Named(arguments) = key else {
        return false;
    };
    arguments.iter().all(|argument| {
        let mut all = kind.all_facts();
        all.any(|(_, facts)| facts.key && facts.name.eq_ignore_ascii_case(&argument.name))
    })
}

/// The entity with these values of unique properties.
pub(in crate::surface::graph) fn by_alternate_key<'a>(
    kind: &'static dyn Type,
    tenant: &'a Tenant,
    arguments: &[Argument],
) -> Result<Option<Row<'a>>, GraphError> {
    let mut found: Option<Option<Row<'a>>> = None;
    for argument in arguments {
        let mut all = kind.all_facts();
        let known =
            all.find(|(_, facts)| facts.key && facts.name.eq_ignore_ascii_case(&argument.name));
        let (at, _) = known.ok_or_else(|| GraphError::Segment(kind.set().to_owned()))?;
        let row = kind.unique(at, tenant, &argument.value).flatten();
        found = Some(match found {
            None => row,
            Some(before) => {
                before.filter(|before| row.is_some_and(|row| row.key(tenant) == before.key(tenant)))
            }
        });
    }
    Ok(found.flatten())
}

//! From a path to the operation of the contract, and where the contract has none, to what its schemas say of it. Its own
//! code: the simulator's way through a path is what is checked.

use super::schema::{Contract, Form, Operation, Type};

/// What the contract says of a method at a path.
pub(crate) enum Found<'c> {
    Operation(&'c Operation),
    /// No operation, but the schemas say what is read there.
    Derived(Type),
    Nothing,
}

impl Contract {
    pub(crate) fn find(&self, method: &str, segments: &[String]) -> Found<'_> {
        let segments: Vec<String> = segments
            .iter()
            .map(|segment| unqualified(segment))
            .collect();
        if let Some(operation) = self.operation(method, &segments) {
            return Found::Operation(operation);
        }
        match method {
            "GET" => self
                .derived(&segments)
                .map_or(Found::Nothing, Found::Derived),
            _ => Found::Nothing,
        }
    }

    /// The operation with the most segments that are named.
    fn operation(&self, method: &str, segments: &[String]) -> Option<&Operation> {
        let mut best: Option<(Vec<bool>, &Operation)> = None;
        for operation in self
            .operations
            .iter()
            .filter(|operation| operation.method == method)
        {
            let template: Vec<&str> = operation.path.split('/').skip(1).collect();
            if let Some(named) = matched(&template, segments)
                && best.as_ref().is_none_or(|(most, _)| *most < named)
            {
                best = Some((named, operation));
            }
        }
        let (_, operation) = best?;
        match &operation.alias {
            Some(alias) => {
                let mut all = self.operations.iter();
                all.find(|other| other.method == method && other.path == *alias)
            }
            None => Some(operation),
        }
    }

    /// What is read at a path that has no operation: a size, a reference, a cast, a property, an object by its key.
    fn derived(&self, segments: &[String]) -> Option<Type> {
        let (last, before) = segments.split_last()?;
        if before.is_empty() {
            return None;
        }
        if last.eq_ignore_ascii_case("$count") {
            return Some(Type::integer());
        }
        let base = match self.find("GET", before) {
            Found::Operation(operation) => operation.ok.get(&200)?.clone()?,
            Found::Derived(kind) => kind,
            Found::Nothing => return None,
        };
        if last.eq_ignore_ascii_case("$ref") || last.eq_ignore_ascii_case("$value") {
            return Some(base);
        }
        let items = self.items(&base);
        if let Some(cast) = last.strip_prefix("graph.") {
            let cast = Type::schema(cast);
            return Some(if items.is_some() {
                cast.list().wrapped()
            } else {
                cast
            });
        }
        if let Some(item) = items {
            // Changes come as pages of the same.
            let changes = last.trim_end_matches("()").eq_ignore_ascii_case("delta");
            return Some(if changes { base } else { item });
        }
        let Form::Schema(name) = &base.form else {
            return None;
        };
        let mut family = self.family(name);
        let member = family.find_map(|schema| {
            let mut members = schema.members.iter();
            members.find(|(name, _)| name.eq_ignore_ascii_case(last))
        });
        let (_, kind) = member?;
        Some(match kind.form {
            Form::Schema(_) if !self.is_enumeration(kind) => kind.clone(),
            _ => kind.clone().wrapped(),
        })
    }

    /// What the elements of a page are.
    pub(crate) fn items(&self, page: &Type) -> Option<Type> {
        let value = match &page.form {
            Form::Wrapped(value) => &**value,
            Form::Schema(name) => self.member(name, "value")?,
            _ => return None,
        };
        match &value.form {
            Form::List(item) => Some((**item).clone()),
            _ => None,
        }
    }

    fn is_enumeration(&self, kind: &Type) -> bool {
        match &kind.form {
            Form::Schema(name) => self
                .schema(name)
                .is_some_and(|schema| !schema.values.is_empty()),
            _ => false,
        }
    }
}

/// `microsoft.graph.user` may be written for `graph.user`, and `delta` for `delta()`.
fn unqualified(segment: &str) -> String {
    let segment = segment.strip_suffix("()").unwrap_or(segment);
    match segment.strip_prefix("microsoft.graph.") {
        Some(name) => format!("graph.{name}"),
        None => segment.to_owned(),
    }
}

/// Which segments a template names, if the path is one of it.
fn matched(template: &[&str], segments: &[String]) -> Option<Vec<bool>> {
    let Some((segment, rest)) = segments.split_first() else {
        return template.is_empty().then(Vec::new);
    };
    let (wanted, others) = template.split_first()?;
    // Functions and actions may be written with their namespace, which the templates have for casts only.
    let segment = match segment.strip_prefix("graph.") {
        Some(name) if !wanted.starts_with("graph.") && !wanted.starts_with('{') => name,
        _ => segment.as_str(),
    };
    let name = |text: &str| {
        text.split('(')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let takes = |start: &str| wanted.contains(start);
    let (is_key, has_arguments) = (
        wanted.starts_with('{'),
        takes("='") || takes("={") || takes("=@"),
    );
    let step = |named: bool, template: &[&str], rest: &[String]| {
        let mut more = matched(template, rest)?;
        more.insert(0, named);
        Some(more)
    };
    if is_key {
        let special = segment.starts_with('$') || segment.starts_with("graph.");
        return if special {
            None
        } else {
            step(false, others, rest)
        };
    }
    if has_arguments {
        // What a function takes may be left out; a key may not.
        let given = names_of_arguments(segment);
        let taken = names_of_arguments(wanted);
        let has = given.iter().all(|name| taken.contains(name))
            && (!given.is_empty() || wanted.contains("=@"));
        return if has && name(wanted) == name(segment) {
            step(true, others, rest)
        } else {
            None
        };
    }
    if name(wanted) != name(segment) {
        return None;
    }
    match segment.split_once('(') {
        // A key in parentheses stands for a segment of its own.
        Some((_, key)) => {
            let (first, after) = others.split_first()?;
            let found = first.starts_with('{') && !key.is_empty();
            if found {
                step(true, after, rest).map(|mut named| {
                    named.insert(1, false);
                    named
                })
            } else {
                None
            }
        }
        None => step(true, others, rest),
    }
}

fn names_of_arguments(segment: &str) -> Vec<String> {
    let (_, arguments) = segment.split_once('(').unwrap_or_default();
    let arguments = arguments.trim_end_matches(')').split(',');
    arguments
        .filter_map(|argument| argument.split_once('='))
        .map(|(name, _)| name.trim().to_ascii_lowercase())
        .collect()
}

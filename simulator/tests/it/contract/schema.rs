//! The contract's operations and schemas, read once: one value for each version.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// A version of Graph.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Version {
    V1,
    Beta,
}

impl Version {
    pub(crate) fn of(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "v1.0" => Some(Self::V1),
            "beta" => Some(Self::Beta),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

/// What a value can be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Type {
    pub(crate) form: Form,
    pub(crate) null: bool,
    /// A navigation: it is there only if it was asked for.
    pub(crate) navigation: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// `string`, `boolean`, …, with a format.
    Plain(String, String),
    /// A schema by name.
    Schema(String),
    List(Box<Type>),
    /// An object with the value as its member `value`.
    Wrapped(Box<Type>),
}

impl Type {
    fn parse(text: &str) -> Self {
        let navigation = text.starts_with('>');
        let text = text.trim_start_matches('>');
        let null = text.ends_with('?');
        let text = text.strip_suffix('?').unwrap_or(text);
        let inner = |text: &str, open: &str, close: &str| {
            let text = text.strip_prefix(open)?.strip_suffix(close)?;
            Some(Box::new(Self::parse(text)))
        };
        let form = if let Some(name) = text.strip_prefix('#') {
            Form::Schema(name.to_owned())
        } else if let Some(item) = inner(text, "[", "]") {
            Form::List(item)
        } else if let Some(value) = inner(text, "{value:", "}") {
            Form::Wrapped(value)
        } else {
            let (kind, format) = text.split_once(':').unwrap_or((text, ""));
            Form::Plain(kind.to_owned(), format.to_owned())
        };
        Self {
            form,
            null,
            navigation,
        }
    }

    pub(crate) fn schema(name: &str) -> Self {
        Self::parse(&format!("#{name}"))
    }

    pub(crate) fn list(self) -> Self {
        Self {
            form: Form::List(Box::new(self)),
            null: false,
            navigation: false,
        }
    }

    pub(crate) fn wrapped(self) -> Self {
        Self {
            form: Form::Wrapped(Box::new(self)),
            null: false,
            navigation: false,
        }
    }

    pub(crate) fn integer() -> Self {
        Self::parse("integer")
    }
}

/// An entity type, a complex type, a wrapper of a page, or an enumeration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) base: Option<String>,
    pub(crate) is_abstract: bool,
    /// The values of an enumeration.
    pub(crate) values: Vec<String>,
    /// Several values, separated by commas.
    pub(crate) flags: bool,
    /// What `@odata.type` names, to the schema.
    pub(crate) derived: BTreeMap<String, String>,
    pub(crate) members: BTreeMap<String, Type>,
}

/// An operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The documented statuses of success and what each answers.
    pub(crate) ok: BTreeMap<u16, Option<Type>>,
    /// The path whose operations these are.
    pub(crate) alias: Option<String>,
}

/// One version's operations and schemas.
pub(crate) struct Contract {
    pub(crate) operations: Vec<Operation>,
    schemas: BTreeMap<String, Schema>,
}

impl Contract {
    pub(crate) fn of(version: Version) -> &'static Self {
        static V1: LazyLock<Contract> = LazyLock::new(|| Contract::read(Version::V1));
        static BETA: LazyLock<Contract> = LazyLock::new(|| Contract::read(Version::Beta));
        match version {
            Version::V1 => &V1,
            Version::Beta => &BETA,
        }
    }

    fn read(version: Version) -> Self {
        let mut contract = Self {
            operations: Vec::new(),
            schemas: BTreeMap::new(),
        };
        for line in include_str!("../../data/graph_contract.jsonl")
            .lines()
            .skip(1)
        {
            let line: Value = serde_json::from_str(line).unwrap();
            if line["v"]
                .as_str()
                .is_some_and(|v| v != "both" && v != version.as_str())
            {
                continue;
            }
            if let Some(name) = line["schema"].as_str() {
                let mut schema = Schema::default();
                schema.add(&line);
                schema.add(&line[version.as_str()]);
                contract.schemas.insert(name.to_owned(), schema);
            } else {
                contract.operations.push(Operation::read(&line));
            }
        }
        contract
    }

    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.get(name)
    }

    /// A member of a schema or of what it is derived from.
    pub(crate) fn member(&self, schema: &str, name: &str) -> Option<&Type> {
        let mut schemas = self.family(schema);
        schemas.find_map(|schema| schema.members.get(name))
    }

    /// A schema and what it is derived from.
    pub(crate) fn family<'c>(&'c self, schema: &str) -> impl Iterator<Item = &'c Schema> {
        let first = self.schemas.get(schema);
        core::iter::successors(first, |schema| self.schemas.get(schema.base.as_ref()?))
    }

    /// Whether a schema is another one or derived from it.
    pub(crate) fn is_a(&self, schema: &str, other: &str) -> bool {
        schema == other
            || self
                .family(schema)
                .any(|schema| schema.base.as_deref() == Some(other))
    }
}

impl Schema {
    fn add(&mut self, line: &Value) {
        if let Some(base) = line["base"].as_str() {
            self.base = Some(base.to_owned());
        }
        self.is_abstract |= line["abstract"] == true;
        self.flags |= line["flags"] == true;
        let values = line["enum"].as_array().into_iter().flatten();
        self.values
            .extend(values.filter_map(Value::as_str).map(str::to_owned));
        for (to, of) in line["derived"].as_object().into_iter().flatten() {
            self.derived
                .insert(to.clone(), of.as_str().unwrap().to_owned());
        }
        for (name, kind) in line["p"].as_object().into_iter().flatten() {
            self.members
                .insert(name.clone(), Type::parse(kind.as_str().unwrap()));
        }
        for (name, kind) in line["nav"].as_object().into_iter().flatten() {
            let kind = Type {
                navigation: true,
                ..Type::parse(kind.as_str().unwrap())
            };
            self.members.insert(name.clone(), kind);
        }
    }
}

impl Operation {
    fn read(line: &Value) -> Self {
        let (method, path) = line["op"].as_str().unwrap().split_once(' ').unwrap();
        let ok = line["ok"].as_object().into_iter().flatten();
        let ok = ok.map(|(status, kind)| (status.parse().unwrap(), kind.as_str().map(Type::parse)));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            ok: ok.collect(),
            alias: line["alias"].as_str().map(str::to_owned),
        }
    }
}

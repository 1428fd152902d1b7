//! Reading members of JSON objects, and remembering which of them nobody read.

use std::collections::BTreeSet;

use entrasim_domain::time::Timestamp;
use serde_json::{Map, Value};

/// One object on its way in.
pub(super) struct Fields<'v> {
    /// `users`, `groups`, …
    collection: &'static str,
    members: &'v Map<String, Value>,
    read: BTreeSet<String>,
}

impl<'v> Fields<'v> {
    pub(super) fn of(collection: &'static str, value: &'v Value) -> Result<Self, String> {
        let members = value
            .as_object()
            .ok_or_else(|| format!("`{collection}` holds something that is no object: {value}"))?;
        Ok(Self {
            collection,
            members,
            read: BTreeSet::new(),
        })
    }

    /// A member; null counts as absent.
    pub(super) fn value(&mut self, name: &str) -> Option<&'v Value> {
        self.read.insert(name.to_owned());
        self.members.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str) -> Option<&'v str> {
        self.value(name)?.as_str()
    }

    pub(super) fn owned(&mut self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    pub(super) fn shared<T: From<&'v str>>(&mut self, name: &str) -> Option<T> {
        self.text(name).map(T::from)
    }

    pub(super) fn boolean(&mut self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    pub(super) fn date(&mut self, name: &str) -> Option<Timestamp> {
        Timestamp::parse(self.text(name)?)
    }

    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let list = self.value(name).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    /// An id, where there has to be one in this form if there is one at all.
    pub(super) fn id<T: core::str::FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let id = text.parse().map(Some);
        id.map_err(|_| {
            format!(
                "`{}` has `{name}` `{text}`, which is no GUID",
                self.collection
            )
        })
    }

    pub(super) fn required(&mut self, name: &str) -> Result<&'v str, String> {
        let collection = self.collection;
        self.text(name)
            .ok_or_else(|| format!("an object of `{collection}` has no `{name}`"))
    }

    /// The ids of linked objects: bare, of objects, or at the end of `@odata.id`.
    pub(super) fn links<T: core::str::FromStr>(&mut self, name: &str) -> Result<Vec<T>, String> {
        let list = self.value(name).and_then(Value::as_array);
        let collection = self.collection;
        list.into_iter()
            .flatten()
            .map(|value| {
                let reference = |value: &'v Value| {
                    let url = value.get("@odata.id")?.as_str()?;
                    url.rsplit('/').find(|part| part.parse::<T>().is_ok())
                };
                let id = value
                    .as_str()
                    .or_else(|| value.get("id")?.as_str())
                    .or_else(|| reference(value));
                id.and_then(|id| id.parse().ok())
                    .ok_or_else(|| format!("`{collection}` links to {value}, which names no id"))
            })
            .collect()
    }

    /// The members that nobody read and that say something.
    pub(super) fn ignored(self) -> impl Iterator<Item = String> + use<'v> {
        let Self {
            collection,
            members,
            read,
        } = self;
        let said = members.iter().filter(|(_, value)| match value {
            Value::Null => false,
            Value::Array(list) => !list.is_empty(),
            _ => true,
        });
        said.map(|(name, _)| name)
            .filter(move |name| !read.contains(*name) && !name.contains('@'))
            .map(move |name| format!("{collection}/{name}"))
    }
}

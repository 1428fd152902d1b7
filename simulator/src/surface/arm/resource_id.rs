//! The parts of a resource id.

use serde_json::{Map, Value};

/// Where a resource hangs and what it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ResourcePath {
    /// `Microsoft.Storage/storageAccounts`, nested types joined.
    pub resource_type: String,
    /// The last segment; empty when the path names a collection.
    pub name: String,
    /// The names along the path, joined as nested resources have them.
    pub full_name: String,
    /// A POST action behind the name.
    pub action: Option<String>,
}

impl ResourcePath {
    /// Reads what follows the last `providers`: namespace, then types and names in turn.
    pub(super) fn parse(segments: &[String], is_post: bool) -> Option<Self> {
        let at = segments
            .iter()
            .rposition(|segment| segment.eq_ignore_ascii_case("providers"))?;
        let (namespace, rest) = segments.get(at + 1..)?.split_first()?;
        let (rest, action) = match rest.split_last() {
            Some((action, before)) if is_post && before.len() >= 2 && before.len() % 2 == 0 => {
                (before, Some(action.clone()))
            }
            _ => (rest, None),
        };
        let types: Vec<&str> = rest.iter().step_by(2).map(String::as_str).collect();
        let names: Vec<&str> = rest.iter().skip(1).step_by(2).map(String::as_str).collect();
        let is_item = rest.len() % 2 == 0;
        Some(Self {
            resource_type: format!("{namespace}/{}", types.join("/")),
            name: if is_item {
                names
                    .last()
                    .map_or(String::new(), |name| (*name).to_owned())
            } else {
                String::new()
            },
            full_name: names.join("/"),
            action,
        })
    }

    pub(super) fn is_collection(&self) -> bool {
        self.name.is_empty()
    }
}

/// A body's location in normal form: `West Europe` is `westeurope`.
pub(super) fn location_of(body: &Map<String, Value>) -> Option<String> {
    let text = body.get("location")?.as_str()?;
    let normal: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (!normal.is_empty()).then(|| normal.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str, is_post: bool) -> Option<ResourcePath> {
        let segments: Vec<String> = path
            .split('/')
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        ResourcePath::parse(&segments, is_post)
    }

    #[test]
    fn types_and_names_take_turns() {
        let path =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/a/databases/b";
        let read = parse(path, false).unwrap();
        assert_eq!(read.resource_type, "Microsoft.Sql/servers/databases");
        assert_eq!((read.name.as_str(), read.full_name.as_str()), ("b", "a/b"));
        let list = parse("/subscriptions/s/providers/Microsoft.Sql/servers", false).unwrap();
        assert!(list.is_collection());
        let action = parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/listKeys", true).unwrap();
        assert_eq!(action.action.as_deref(), Some("listKeys"));
        assert!(parse("/subscriptions/s", false).is_none());
    }
}

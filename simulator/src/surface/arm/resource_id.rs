//! Resource ids: what a path names. Case is ignored in the fixed words and kept in the names.

/// A scope, or something of a provider below one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ResourceId {
    pub(super) subscription: Option<String>,
    pub(super) group: Option<String>,
    /// What comes before the last `providers`; empty at the tenant.
    pub(super) scope: String,
    pub(super) provider: Option<ProviderPath>,
}

/// `Microsoft.Storage`, `[storageAccounts, blobServices]`, `[a, default]`. Without the last name it is a collection or an
/// action.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ProviderPath {
    pub(super) namespace: String,
    pub(super) types: Vec<String>,
    pub(super) names: Vec<String>,
}

impl ResourceId {
    /// Reads the segments from left to right; `None` when they are no resource id.
    pub(super) fn parse(segments: &[String]) -> Option<Self> {
        let is = |at: usize, word: &str| {
            segments
                .get(at)
                .is_some_and(|segment: &String| segment.eq_ignore_ascii_case(word))
        };
        let mut id = Self {
            subscription: None,
            group: None,
            scope: String::new(),
            provider: None,
        };
        let mut at = 0;
        if is(0, "subscriptions") {
            let subscription = segments.get(1)?;
            id.scope = format!("/subscriptions/{}", subscription.to_lowercase());
            id.subscription = Some(subscription.clone());
            at = 2;
            if is(2, "resourceGroups") {
                let group = segments.get(3)?;
                id.scope = format!("{}/resourceGroups/{group}", id.scope);
                id.group = Some(group.clone());
                at = 4;
            }
        }
        while at < segments.len() {
            if !is(at, "providers") {
                return None;
            }
            if let Some(outer) = id.provider.take() {
                if outer.names.len() != outer.types.len() {
                    return None;
                }
                id.scope.push_str(&outer.text());
            }
            let mut provider = ProviderPath {
                namespace: segments.get(at + 1)?.clone(),
                types: Vec::new(),
                names: Vec::new(),
            };
            at += 2;
            while at < segments.len() && !is(at, "providers") {
                provider.types.push(segments[at].clone());
                provider.names.extend(segments.get(at + 1).cloned());
                at += 2;
            }
            id.provider = Some(provider);
        }
        Some(id)
    }

    /// Reads a resource id from its text.
    pub(super) fn parse_text(text: &str) -> Option<Self> {
        let segments: Vec<String> = text
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect();
        Self::parse(&segments)
    }

    /// The id in its usual spelling; `/` for the tenant.
    pub(super) fn text(&self) -> String {
        let tail = self.provider.as_ref().map(ProviderPath::text);
        let text = format!("{}{}", self.scope, tail.unwrap_or_default());
        if text.is_empty() {
            "/".to_owned()
        } else {
            text
        }
    }
}

impl ProviderPath {
    /// `Microsoft.Storage/storageAccounts/blobServices`
    pub(super) fn resource_type(&self) -> String {
        format!("{}/{}", self.namespace, self.types.join("/"))
    }

    /// Whether the path ends with a name.
    pub(super) fn is_named(&self) -> bool {
        !self.types.is_empty() && self.types.len() == self.names.len()
    }

    pub(super) fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    fn text(&self) -> String {
        let mut text = format!("/providers/{}", self.namespace);
        for (at, kind) in self.types.iter().enumerate() {
            text.push('/');
            text.push_str(kind);
            if let Some(name) = self.names.get(at) {
                text.push('/');
                text.push_str(name);
            }
        }
        text
    }

    /// The type and the name of the resource above a child resource.
    pub(super) fn parent(&self) -> Option<Self> {
        let mut parent = self.clone();
        parent.types.pop()?;
        parent.names.truncate(parent.types.len());
        (!parent.types.is_empty()).then_some(parent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_with_children_and_extensions() {
        let text = "/subscriptions/S/resourcegroups/g/providers/A.B/c/1/d/2/providers/X.Y/z/3";
        let id = ResourceId::parse_text(text).unwrap();
        assert_eq!(
            id.scope,
            "/subscriptions/s/resourceGroups/g/providers/A.B/c/1/d/2"
        );
        assert_eq!(id.provider.as_ref().unwrap().resource_type(), "X.Y/z");
        assert_eq!(id.group.as_deref(), Some("g"));
        let collection = ResourceId::parse_text("/subscriptions/s/providers/A.B/c").unwrap();
        assert!(!collection.provider.unwrap().is_named());
        assert_eq!(ResourceId::parse_text("/").unwrap().text(), "/");
        assert_eq!(ResourceId::parse_text("/nothing/of/it"), None);
        assert_eq!(ResourceId::parse_text("/subscriptions"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(/|providers|subscriptions|resourcegroups|[a-z.]{1,4})*") {
            let _ = ResourceId::parse_text(&text).map(|id| id.text());
        }
    }
}

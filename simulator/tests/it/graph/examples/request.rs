//! A documented request as it can be sent here: its ids are those of what is in the tenant. By kinds alone.

use serde_json::{Map, Value};

use super::Example;
use super::furniture::Furnished;

/// Path and query, encoded.
pub(super) fn url(example: &Example, furnished: &Furnished) -> String {
    let (path, query) = example.url.split_once('?').unwrap_or((&example.url, ""));
    let rest = path
        .strip_prefix("https://graph.microsoft.com/")
        .unwrap_or(path);
    let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
    // Some are written without host and version.
    let (version, rest) = match version {
        "" => (example.version.as_str(), rest),
        version => (version, rest),
    };
    let segments: Vec<&str> = rest
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let mut template: Vec<&str> = example
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let mut filled = String::new();
    if segments.first() == Some(&"me") && template.first() != Some(&"me") {
        template.splice(..2, ["me"]);
    }
    let mut set = "";
    for (at, segment) in segments.iter().enumerate() {
        let named = template.get(at).copied().unwrap_or(segment);
        let segment = if named.starts_with('{') {
            furnished.keyed(example, set, segment)
        } else {
            key_in(segment, furnished)
        };
        filled.push('/');
        filled.push_str(&escaped(&segment));
        set = if named.starts_with('{') { set } else { named };
    }
    let mark = if query.is_empty() { "" } else { "?" };
    format!(
        "https://graph.microsoft.com/{version}{filled}{mark}{}",
        escaped(query)
    )
}

/// `applications(appId='…')`
fn key_in(segment: &str, furnished: &Furnished) -> String {
    match segment.split_once("appId=") {
        Some((before, key)) => {
            let end = if key.ends_with(')') { ")" } else { "" };
            format!("{before}appId='{}'{end}", furnished.id("app"))
        }
        None => segment.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>{}`^|\\".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

impl Furnished {
    /// The key of an object in a set.
    fn keyed(&self, example: &Example, set: &str, documented: &str) -> String {
        let first = example.path().split('/').nth(1).unwrap_or_default();
        if set.ends_with("Methods") {
            let whose = if example.url.contains("/me/") {
                "me"
            } else {
                "user"
            };
            return self.method(whose, set);
        }
        let id = match set {
            "users" | "members" | "owners" | "directoryObjects" | "sponsors" => self.id("user"),
            // Where configurations have names, these are documented.
            "authenticationMethodConfigurations" | "authorizationPolicy" => documented,
            "organization" => &self.fixture.tenant,
            "domains" if example.path().contains("/federationConfiguration/") => {
                self.id("federated")
            }
            "domains" if example.path().ends_with("/federationConfiguration") => {
                self.id("verified")
            }
            "domains" if example.method == "GET" => &self.fixture.domain,
            "appRoleAssignments" => self.id(&format!("{first}/appRoleAssignments")),
            "namedLocations" if example.doc.starts_with("country") => self.id("countries"),
            "policies" if example.path().contains("Strength") => {
                self.id("authenticationStrengthPolicies")
            }
            "memberOf" | "transitiveMemberOf" => self.id("groups"),
            set => self.id(set),
        };
        id.to_owned()
    }

    /// A documented body with the ids of what is here.
    pub(super) fn body(&self, example: &Example) -> Value {
        let mut body = example.body.clone();
        self.value(example, "", &mut body);
        body
    }

    fn value(&self, example: &Example, name: &str, value: &mut Value) {
        match value {
            Value::Object(members) => self.members(example, members),
            Value::Array(values) => {
                for value in values {
                    self.value(example, name, value);
                }
            }
            Value::String(text) => {
                if let Some(ours) = self.text(example, name, text) {
                    *text = ours;
                }
            }
            _ => {}
        }
    }

    fn members(&self, example: &Example, members: &mut Map<String, Value>) {
        // An app has the default role only if it has no other.
        let default = members
            .get("appRoleId")
            .and_then(Value::as_str)
            .is_some_and(|id| id.starts_with("00000000-"));
        for (name, value) in members {
            if name == "addLicenses" || name == "removeLicenses" {
                self.licences(name, value);
                continue;
            }
            self.value(example, name, value);
            if name == "resourceId" && default {
                *value = Value::from(self.id("plain"));
            }
        }
    }

    /// What is added is had already, and what is taken is taken from the other end: both can be done at once.
    fn licences(&self, name: &str, value: &mut Value) {
        for (at, licence) in value.as_array_mut().into_iter().flatten().enumerate() {
            if name == "removeLicenses" {
                *licence = Value::from(self.sku(self.skus.len().saturating_sub(at + 1)).0);
                continue;
            }
            let (sku, plan) = self.sku(at);
            licence["skuId"] = Value::from(sku);
            for disabled in licence["disabledPlans"]
                .as_array_mut()
                .into_iter()
                .flatten()
            {
                *disabled = Value::from(plan);
            }
        }
    }

    fn text(&self, example: &Example, name: &str, text: &str) -> Option<String> {
        let first = example.path().split('/').nth(1).unwrap_or_default();
        let is_assignment = example.path().ends_with("appRoleAssignments");
        let is_id = text.len() == 36 && text.matches('-').count() == 4;
        let ours = match name {
            "@odata.id" | "members@odata.bind" | "owners@odata.bind" => {
                let (base, _) = text.rsplit_once('/')?;
                return Some(format!("{base}/{}", self.id("other")));
            }
            "principalId" if is_assignment => match first {
                "groups" => self.id("groups"),
                "servicePrincipals" => self.id("servicePrincipals"),
                _ => self.id("user"),
            },
            "principalId" => self.id("other"),
            "clientId" | "resourceId" => self.id("servicePrincipals"),
            "appRoleId" if !text.starts_with("00000000-") => self.id("role"),
            "permissionId" => self.id("scope"),
            "permissionName" => "Files.Read",
            "appId" if is_id => self.id("app"),
            "keyId" if first == "applications" => self.id("key"),
            "keyId" => self.id("key of principal"),
            "ids" => self.id("user"),
            "groupIds" => self.id("groups"),
            "directoryScopeId" if text.starts_with("/administrativeUnits/") => {
                return Some(format!(
                    "/administrativeUnits/{}",
                    self.id("administrativeUnits")
                ));
            }
            "directoryScopeId" if text.len() > 36 => {
                return Some(format!("/{}", self.id("applications")));
            }
            "roleDefinitionId" if !self.is_built_in(text) => self.id("roleDefinitions"),
            "currentPassword" => {
                let tenant = self.bench.tenant.read();
                let admin = tenant.users.by_local_part("admin", 0)?;
                return Some(admin.password.as_ref()?.value.to_string());
            }
            "userPrincipalName" => {
                let (local, _) = text.split_once('@')?;
                return Some(format!("{local}@{}", self.fixture.domain));
            }
            _ => return None,
        };
        Some(ours.to_owned())
    }
}

//! What a request asks for: the resource, the permissions, and what is granted of them.

use entrasim_domain::directory::user::User;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::Tenant;

use super::client::Client;
use super::error::StsError;
use crate::issue::resource::{Kind, Resource};

/// The scopes of OpenID Connect, which belong to no resource.
const RESERVED: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Whether a word belongs to no resource.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// A v2 `scope` parameter, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Asked<'a> {
    pub resource: Resource<'a>,
    /// Permission names without prefix, as asked; `.default` among them.
    pub permissions: Vec<String>,
    pub reserved: Vec<&'static str>,
    /// Permissions were named without a resource: Graph's short form.
    short: bool,
    /// The word for everything, as it was asked for.
    default: Option<String>,
}

/// What is granted of it.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    /// Permission names without prefix, sorted: the `scp` claim.
    pub scopes: Vec<String>,
    /// The `scope` of the answer: it repeats what was asked in the spelling of the request, because clients look tokens up by it.
    pub echo: String,
}

/// Splits `https://management.core.windows.net//.default` at its last slash: the resource keeps its own.
fn split(scope: &str) -> Option<(&str, &str)> {
    scope.rsplit_once('/').filter(|(resource, permission)| {
        // The slashes of a bare `https://graph.microsoft.com` part nothing.
        let is_scheme = resource.ends_with(":/") || resource.ends_with(':');
        !resource.is_empty() && !permission.is_empty() && !is_scheme
    })
}

impl<'a> Asked<'a> {
    /// Reads the v2 parameter.
    pub(super) fn parse(
        tenant: &'a Tenant,
        scope: &str,
        own_origin: &str,
    ) -> Result<Self, StsError> {
        let mut resource: Option<Resource<'a>> = None;
        let (mut permissions, mut reserved, mut short) = (Vec::new(), Vec::new(), false);
        let mut default = None;
        for word in scope.split_whitespace() {
            if let Some(known) = RESERVED
                .iter()
                .find(|known| known.eq_ignore_ascii_case(word))
            {
                reserved.push(*known);
                continue;
            }
            let (named, permission) = if let Some((name, permission)) = split(word) {
                (find(tenant, name, own_origin)?, permission)
            } else if word.contains('/') {
                return Err(invalid(word));
            } else {
                short = true;
                let graph = Resource::graph(tenant).ok_or_else(|| invalid(scope))?;
                if word != ".default" && graph.scope_named(word).is_none() {
                    return Err(unknown(&graph, word));
                }
                (graph, word)
            };
            if permission == ".default" {
                default = Some(word.to_owned());
            }
            match &resource {
                Some(first) if first.app_id != named.app_id => {
                    return Err(StsError::new(28000).with("scope", scope));
                }
                Some(_) => {}
                None => resource = Some(named),
            }
            permissions.push(permission.to_owned());
        }
        let resource = match resource {
            Some(resource) => resource,
            None if reserved.is_empty() => return Err(invalid(scope)),
            None => {
                short = true;
                Resource::graph(tenant).ok_or_else(|| invalid(scope))?
            }
        };
        Ok(Self {
            resource,
            permissions,
            reserved,
            short,
            default,
        })
    }

    /// Reads the v1 parameter `resource`; without one, the old directory graph is meant.
    pub(super) fn resource(
        tenant: &'a Tenant,
        name: Option<&str>,
        own_origin: &str,
    ) -> Result<Self, StsError> {
        let name = name
            .filter(|name| !name.is_empty())
            .unwrap_or("00000002-0000-0000-c000-000000000000");
        let resource = find(tenant, name, own_origin)?;
        Ok(Self {
            resource,
            permissions: vec![".default".to_owned()],
            reserved: vec!["openid"],
            short: true,
            default: None,
        })
    }

    pub(super) fn wants(&self, reserved: &str) -> bool {
        self.reserved.contains(&reserved)
    }

    /// `.default`: all that the registration lists.
    pub(super) fn wants_everything(&self) -> bool {
        self.permissions
            .iter()
            .any(|permission| permission == ".default")
    }

    /// Every permission has to be one that the resource offers (650053).
    pub(super) fn require_known(&self) -> Result<(), StsError> {
        let strange = self.permissions.iter().find(|permission| {
            *permission != ".default" && self.resource.scope_named(permission).is_none()
        });
        match strange {
            Some(permission) => Err(unknown(&self.resource, permission)),
            None => Ok(()),
        }
    }

    /// What the user has let the client do, if it covers what is asked.
    pub(super) fn granted(
        &self,
        tenant: &Tenant,
        client: &Client<'_>,
        user: &User,
    ) -> Result<Granted, StsError> {
        let held = self.held(tenant, client, user);
        let consent = || {
            StsError::new(65001)
                .with("app", client.app_id())
                .with("name", client.display_name())
        };
        let mut covered = Vec::new();
        for permission in self
            .permissions
            .iter()
            .filter(|permission| *permission != ".default")
        {
            match held
                .iter()
                .find(|held| held.eq_ignore_ascii_case(permission))
            {
                Some(held) => covered.push(held.clone()),
                None if self.resource.scope_named(permission).is_none() => {
                    let strange = unknown(&self.resource, permission);
                    return Err(strange.with("name", client.display_name()));
                }
                None if client.is_settled()
                    && matches!(self.resource.kind, Kind::FirstParty(_)) =>
                {
                    let app = self.resource.app_id;
                    return Err(StsError::new(65002)
                        .with("app", client.app_id())
                        .with("resource", app));
                }
                None => return Err(consent()),
            }
        }
        // Who has let the app do anything at all has let it sign in.
        let is_unknown = !client.is_first_party()
            && !is_known_to(tenant, client, user)
            && self.pre_authorized(client).next().is_none();
        if held.is_empty() && !self.permissions.is_empty() || is_unknown {
            return Err(consent());
        }
        let mut scopes = held;
        if self.resource.is_graph() {
            let oidc = self
                .reserved
                .iter()
                .filter(|word| **word != "offline_access");
            scopes.extend(oidc.map(|word| (*word).to_owned()));
        }
        scopes.sort_unstable_by_key(|scope| scope.to_lowercase());
        scopes.dedup();
        let echo = self.echo(&scopes);
        Ok(Granted { scopes, echo })
    }

    /// Permissions that the client holds on the resource for this user, whatever was asked.
    fn held(&self, tenant: &Tenant, client: &Client<'_>, user: &User) -> Vec<String> {
        let settled = match (client, self.resource.kind) {
            (Client::FirstParty(app), Kind::FirstParty(resource)) if resource.graph => {
                app.preauthorized.clone()
            }
            (Client::FirstParty(_), Kind::FirstParty(resource)) => resource.scopes.clone(),
            _ => Vec::new(),
        };
        if client.is_settled() && matches!(self.resource.kind, Kind::FirstParty(_)) {
            return settled;
        }
        let principal = |app| tenant.service_principal(app).map(|principal| principal.id);
        let mut scopes = match (principal(client.app_id()), principal(self.resource.app_id)) {
            (Some(client), Some(resource)) => granted_scopes(tenant, client, resource, user.id),
            _ => Vec::new(),
        };
        scopes.extend(settled);
        scopes.extend(self.pre_authorized(client));
        // A grant may name what the resource has no longer, or never had.
        scopes.retain(|scope| self.resource.scope_named(scope).is_some());
        scopes
    }

    /// What the resource lets this client do without asking anybody (`preAuthorizedApplications`).
    fn pre_authorized(&self, client: &Client<'_>) -> impl Iterator<Item = String> {
        let rows = match self.resource.kind {
            Kind::Tenant(app) => app.pre_authorized.as_slice(),
            Kind::FirstParty(_) => &[],
        };
        let client = client.app_id();
        let rows = rows.iter().filter(move |row| row.client == client);
        rows.flat_map(|row| &row.scopes)
            .filter_map(|id| self.resource.scope_by_id(*id))
    }

    fn echo(&self, scopes: &[String]) -> String {
        let is_oidc = |scope: &str| RESERVED.contains(&scope);
        let mut words: Vec<String> = scopes
            .iter()
            .map(|scope| {
                if self.short || is_oidc(scope) {
                    scope.clone()
                } else {
                    format!("{}/{scope}", self.resource.name)
                }
            })
            .collect();
        words.extend(self.default.clone());
        words.join(" ")
    }
}

/// Whether the user, or an administrator for everybody, has granted the client anything.
fn is_known_to(tenant: &Tenant, client: &Client<'_>, user: &User) -> bool {
    let Some(client) = tenant.service_principal(client.app_id()) else {
        return false;
    };
    let mut held = tenant.delegated_grants.of_client(client.id, None);
    held.any(|grant| {
        grant.principal.is_none_or(|principal| principal == user.id) && !grant.scopes.is_empty()
    })
}

fn granted_scopes(
    tenant: &Tenant,
    client: ObjectId,
    resource: ObjectId,
    user: ObjectId,
) -> Vec<String> {
    tenant
        .delegated_grants
        .of_client(client, None)
        .filter(|grant| grant.resource == resource)
        .filter(|grant| grant.principal.is_none_or(|principal| principal == user))
        .flat_map(|grant| grant.scopes.iter().cloned())
        .collect()
}

fn find<'a>(tenant: &'a Tenant, name: &str, own_origin: &str) -> Result<Resource<'a>, StsError> {
    Resource::find(tenant, name, own_origin).ok_or_else(|| {
        StsError::new(500_011)
            .with("resource", name)
            .with("tenant", &tenant.display_name)
    })
}

/// The resource has no such permission; who knows the client adds its name.
fn unknown(resource: &Resource<'_>, permission: &str) -> StsError {
    StsError::new(650_053)
        .with("scope", permission)
        .with("resource", resource.app_id)
}

fn invalid(scope: &str) -> StsError {
    StsError::new(70011).with("scope", scope)
}

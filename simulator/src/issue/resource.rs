//! The resource that a token is for: found by URI or app id, in the tenant or among Microsoft's.

use entrasim_domain::catalogue::{self, FirstPartyApp, GRAPH};
use entrasim_domain::directory::application::Application;
use entrasim_domain::id::{AppId, ObjectId, PermissionId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::index::Folded;

/// A resource, with the name under which it was asked for: that name becomes the audience.
#[derive(Clone, Debug)]
pub struct Resource<'a> {
    pub app_id: AppId,
    /// As the request named it.
    pub name: String,
    pub kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    FirstParty(&'static FirstPartyApp),
    Tenant(&'a Application),
}

impl<'a> Resource<'a> {
    /// Finds a resource by a URI of it, or its app id. `own_origin` stands for Graph: on a custom host a client's base URL
    /// is also the audience it asks for.
    pub fn find(tenant: &'a Tenant, name: &str, own_origin: &str) -> Option<Self> {
        let bare = name.trim_end_matches('/');
        let kind = if let Ok(id) = bare.parse::<AppId>() {
            by_id(tenant, id)
        } else if bare.eq_ignore_ascii_case(own_origin) {
            catalogue::first_party_app(GRAPH).map(Kind::FirstParty)
        } else {
            by_uri(tenant, bare)
        }?;
        let app_id = match kind {
            Kind::FirstParty(app) => app.id,
            Kind::Tenant(app) => app.app_id,
        };
        tenant.service_principal(app_id)?;
        Some(Self {
            app_id,
            name: name.to_owned(),
            kind,
        })
    }

    /// Graph, asked for by bare permission names.
    pub fn graph(tenant: &'a Tenant) -> Option<Self> {
        Self::find(tenant, &GRAPH.to_string(), "")
    }

    /// Resources that revoke tokens early, and so give long ones to clients that handle it.
    pub fn evaluates_access_continuously(&self) -> bool {
        self.app_id == GRAPH || self.app_id == catalogue::AZURE_RESOURCE_MANAGER
    }

    pub fn is_graph(&self) -> bool {
        self.app_id == GRAPH
    }

    /// `api.requestedAccessTokenVersion` is 2.
    pub fn takes_v2_tokens(&self) -> bool {
        matches!(self.kind, Kind::Tenant(app) if app.access_token_version == Some(2))
    }

    /// The `aud` claim: v1 tokens repeat the request's name, v2 tokens have the app id.
    pub fn audience(&self) -> String {
        if self.takes_v2_tokens() {
            self.app_id.to_string()
        } else {
            self.name.clone()
        }
    }

    /// The delegated permissions that exist here, in their own spelling.
    pub fn scope_named(&self, name: &str) -> Option<String> {
        match self.kind {
            Kind::FirstParty(app) if app.graph => catalogue::graph_permissions()
                .values()
                .find(|permission| {
                    permission.scope.is_some() && permission.name.eq_ignore_ascii_case(name)
                })
                .map(|permission| permission.name.clone()),
            Kind::FirstParty(app) => app
                .scopes
                .iter()
                .find(|scope| scope.eq_ignore_ascii_case(name))
                .cloned(),
            Kind::Tenant(app) => app
                .scopes
                .iter()
                .find(|scope| scope.enabled && scope.value.eq_ignore_ascii_case(name))
                .map(|scope| scope.value.clone()),
        }
    }

    /// A delegated permission by its id.
    pub fn scope_by_id(&self, id: PermissionId) -> Option<String> {
        match self.kind {
            Kind::FirstParty(app) if app.graph => catalogue::graph_permissions()
                .values()
                .find(|permission| permission.scope == Some(id))
                .map(|permission| permission.name.clone()),
            // The others have one permission only, and no table of ids.
            Kind::FirstParty(app) => app.scopes.first().cloned(),
            Kind::Tenant(app) => app
                .scopes
                .iter()
                .find(|scope| scope.id == id && scope.enabled)
                .map(|scope| scope.value.clone()),
        }
    }

    /// The app roles that a principal holds here, itself or through groups, by value, sorted.
    pub fn roles_of(&self, tenant: &Tenant, principal: ObjectId) -> Vec<String> {
        let Some(resource) = tenant.service_principal(self.app_id) else {
            return Vec::new();
        };
        let mut roles: Vec<String> = tenant
            .app_roles_at(principal, resource.id)
            .filter_map(|held| self.role_value(held.role))
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    fn role_value(&self, role: PermissionId) -> Option<String> {
        match self.kind {
            Kind::FirstParty(app) if app.graph => catalogue::graph_permissions()
                .values()
                .find(|permission| permission.role == Some(role))
                .map(|permission| permission.name.clone()),
            Kind::FirstParty(_) => None,
            Kind::Tenant(app) => app
                .app_roles
                .iter()
                // A disabled role can no longer be assigned; who holds it keeps it (MicrosoftDocs/entra-docs,
                // howto-add-app-roles-in-apps.md).
                .find(|known| known.id == role && !known.value.is_empty())
                .map(|known| known.value.clone()),
        }
    }
}

fn by_id(tenant: &Tenant, id: AppId) -> Option<Kind<'_>> {
    catalogue::first_party_app(id)
        .map(Kind::FirstParty)
        .or_else(|| tenant.application(id).map(|app| Kind::Tenant(app)))
}

fn by_uri<'a>(tenant: &'a Tenant, uri: &str) -> Option<Kind<'a>> {
    let first_party = catalogue::first_party_apps()
        .iter()
        .find(|app| app.uris.iter().any(|known| known.eq_ignore_ascii_case(uri)));
    if let Some(app) = first_party {
        return Some(Kind::FirstParty(app));
    }
    let by_app_id = uri
        .strip_prefix("api://")
        .and_then(|id| id.parse().ok())
        .and_then(|id| tenant.application(id));
    let named = || {
        let index = &tenant.service_principals.index().by_name;
        let principal = tenant
            .service_principals
            .get(index.get(&Folded::from(uri))?)?;
        tenant.application(principal.app_id)
    };
    by_app_id
        .or_else(named)
        .or_else(|| {
            let index = &tenant.applications.index().identifier_uris;
            tenant.applications.get(index.get(&Folded::from(uri))?)
        })
        .map(|app| Kind::Tenant(app))
}

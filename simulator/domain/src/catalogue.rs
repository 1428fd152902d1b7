//! The vendor's facts as data: read once from the tables under `data/`, each of which names its sources.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::directory::role::RoleDefinition;
use crate::id::{AppId, PermissionId, RoleTemplateId};

mod passkey_model;
pub mod product;

pub use passkey_model::passkey_model;

/// The app id of Microsoft Graph.
pub const GRAPH: AppId = AppId::from_u128(0x0000_0003_0000_0000_c000_0000_0000_0000);
/// The app id of Azure Resource Manager.
pub const AZURE_RESOURCE_MANAGER: AppId =
    AppId::from_u128(0x797f_4846_ba00_4fd7_ba43_dac1_f8f6_3013);

/// An application that Microsoft owns and that is in every tenant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstPartyApp {
    #[serde(deserialize_with = "guid")]
    pub id: AppId,
    pub name: String,
    /// Our short name for it, as scenarios and the command line use it.
    pub alias: String,
    /// The resource URIs that name it; empty for a mere client.
    #[serde(default)]
    pub uris: Vec<String>,
    /// The delegated permissions it offers as a resource.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Its permissions are the Graph permission table.
    #[serde(default)]
    pub graph: bool,
    #[serde(default)]
    pub public_client: bool,
    /// A member of the family of client ids: its refresh tokens serve all members.
    #[serde(default)]
    pub family: bool,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Its redirect URIs are those of a single-page application.
    #[serde(default)]
    pub single_page: bool,
    /// Delegated Graph permissions it holds without consent.
    #[serde(default)]
    pub preauthorized: Vec<String>,
    /// Beside those it gets what people and administrators consent to, as an app of anybody does.
    #[serde(default)]
    pub consentable: bool,
}

/// A Graph permission: its name, and its ids as a scope and as an app role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphPermission {
    pub name: String,
    #[serde(default, deserialize_with = "optional_guid")]
    pub scope: Option<PermissionId>,
    #[serde(default, deserialize_with = "optional_guid")]
    pub role: Option<PermissionId>,
    #[serde(default)]
    pub admin: bool,
}

/// A built-in directory role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryRole {
    #[serde(deserialize_with = "guid")]
    pub id: RoleTemplateId,
    pub name: String,
    #[serde(default)]
    pub privileged: bool,
    /// Roles whose permissions it has too.
    #[serde(default, deserialize_with = "guids")]
    pub inherits: Vec<RoleTemplateId>,
    /// Whether somebody can be given it; the roles that everybody has by being there cannot.
    #[serde(default = "yes")]
    pub assignable: bool,
}

/// An error of the token service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInError {
    /// The AADSTS number.
    pub number: u32,
    /// The OAuth error on the v2 endpoints.
    pub error: String,
    /// On the v1 token endpoint, where it differs.
    pub error_v1: Option<String>,
    /// On discovery documents, where it differs.
    pub error_discovery: Option<String>,
    /// At the authorization endpoint, where it differs.
    pub error_authorize: Option<String>,
    pub suberror: Option<String>,
    #[serde(default = "bad_request")]
    pub status: u16,
    /// The token endpoint's answer bears no `error_uri`.
    #[serde(default)]
    pub without_uri: bool,
    /// What follows the number; `{name}` is filled in.
    pub text: String,
    pub source: String,
    pub evidence: String,
}

fn bad_request() -> u16 {
    400
}

/// The errors of the token service, by number.
pub fn sign_in_errors() -> &'static BTreeMap<u32, SignInError> {
    #[derive(Deserialize)]
    struct Table {
        row: Vec<SignInError>,
    }
    static TABLE: LazyLock<BTreeMap<u32, SignInError>> = LazyLock::new(|| {
        parse::<Table>(include_str!("../data/aadsts.toml"))
            .row
            .into_iter()
            .map(|row| (row.number, row))
            .collect()
    });
    &TABLE
}

/// The first-party applications, in the order of the table.
pub fn first_party_apps() -> &'static [FirstPartyApp] {
    #[derive(Deserialize)]
    struct Table {
        app: Vec<FirstPartyApp>,
    }
    static TABLE: LazyLock<Vec<FirstPartyApp>> =
        LazyLock::new(|| parse::<Table>(include_str!("../data/first_party_apps.toml")).app);
    &TABLE
}

/// The first-party application with this client id.
pub fn first_party_app(id: AppId) -> Option<&'static FirstPartyApp> {
    first_party_apps().iter().find(|app| app.id == id)
}

/// The first-party application with this short name.
pub fn first_party_app_by_alias(alias: &str) -> Option<&'static FirstPartyApp> {
    first_party_apps().iter().find(|app| app.alias == alias)
}

/// The Graph permissions, by name.
pub fn graph_permissions() -> &'static BTreeMap<String, GraphPermission> {
    #[derive(Deserialize)]
    struct Table {
        permission: Vec<GraphPermission>,
    }
    static TABLE: LazyLock<BTreeMap<String, GraphPermission>> = LazyLock::new(|| {
        parse::<Table>(include_str!("../data/graph_permissions.toml"))
            .permission
            .into_iter()
            .map(|permission| (permission.name.clone(), permission))
            .collect()
    });
    &TABLE
}

/// The built-in directory roles.
pub fn directory_roles() -> &'static [DirectoryRole] {
    #[derive(Deserialize)]
    struct Table {
        role: Vec<DirectoryRole>,
    }
    static TABLE: LazyLock<Vec<DirectoryRole>> =
        LazyLock::new(|| parse::<Table>(include_str!("../data/directory_roles.toml")).role);
    &TABLE
}

/// The built-in directory roles as role definitions, in the same order.
pub fn built_in_role_definitions() -> &'static [RoleDefinition] {
    static TABLE: LazyLock<Vec<RoleDefinition>> = LazyLock::new(|| {
        directory_roles()
            .iter()
            .map(RoleDefinition::built_in)
            .collect()
    });
    &TABLE
}

/// Whether a built-in role can be given to somebody.
pub fn is_assignable(role: RoleTemplateId) -> bool {
    let mut roles = directory_roles().iter();
    roles.any(|known| known.id == role && known.assignable)
}

/// What a built-in directory role allows: actions without their prefix `microsoft.directory/`, sorted. Empty for roles
/// without any in the areas simulated.
pub fn directory_role_actions(role: RoleTemplateId) -> &'static [String] {
    static TABLE: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
        let mut table: BTreeMap<String, Vec<String>> =
            parse(include_str!("../data/directory_role_actions.toml"));
        for actions in table.values_mut() {
            actions.sort();
        }
        table
    });
    TABLE
        .get(&role.to_string())
        .map_or(&[], |actions| actions.as_slice())
}

/// Parses a table that was compiled in.
pub(crate) fn parse<T: DeserializeOwned>(text: &'static str) -> T {
    toml::from_str(text).expect("the tables under data/ are compiled in and read by a test")
}

fn yes() -> bool {
    true
}

fn guids<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<RoleTemplateId>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let ids = texts.iter().map(|text| text.parse());
    ids.collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

/// For `deserialize_with`: an id newtype from its text.
pub(crate) fn guid<'de, D: serde::Deserializer<'de>, T: core::str::FromStr>(
    deserializer: D,
) -> Result<T, D::Error>
where
    T::Err: core::fmt::Display,
{
    String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

fn optional_guid<'de, D: serde::Deserializer<'de>, T: core::str::FromStr>(
    deserializer: D,
) -> Result<Option<T>, D::Error>
where
    T::Err: core::fmt::Display,
{
    guid(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::role::GLOBAL_ADMINISTRATOR;

    #[test]
    fn every_table_reads() {
        assert_eq!(directory_roles().len(), 145);
        let global = directory_role_actions(GLOBAL_ADMINISTRATOR);
        assert!(
            global
                .binary_search(&"users/allProperties/allTasks".to_owned())
                .is_ok()
        );
        assert!(sign_in_errors().contains_key(&50076));
        assert!(graph_permissions().contains_key("User.Read.All"));
        assert_eq!(first_party_app(GRAPH).unwrap().name, "Microsoft Graph");
        assert!(first_party_app_by_alias("arm").unwrap().id == AZURE_RESOURCE_MANAGER);
    }

    #[test]
    fn preauthorized_permissions_exist() {
        for app in first_party_apps() {
            for scope in &app.preauthorized {
                let is_oidc =
                    ["openid", "profile", "email", "offline_access"].contains(&scope.as_str());
                assert!(
                    is_oidc
                        || graph_permissions()
                            .get(scope)
                            .is_some_and(|p| p.scope.is_some()),
                    "{scope}"
                );
            }
        }
    }
}

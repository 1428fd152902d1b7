//! Registrations: create, change, create where missing, delete.

use entrasim_domain::directory::application::{Application, SignInAudience};
use entrasim_domain::id::{AppId, ObjectId};
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use serde_json::{Map, Value, json};

use super::super::error::GraphError;
use super::super::path::{Key, Segment};
use super::super::resource::Resource;
use super::super::schema::application::{APPLICATION, password_credential};
use super::super::{Answer, Graph};
use super::credentialed::{certificates, change, secrets};
use super::{
    body, boolean, exposed_permission as exposed, identifier_uri, invalid, keep, no_content,
    platform, reference, text, texts,
};

pub(super) const CLASS: &str = "Application";

/// `POST /applications`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    make(graph, body(graph)?, None)
}

fn make(
    graph: &Graph<'_, '_>,
    mut members: Map<String, Value>,
    unique_name: Option<String>,
) -> Answer {
    if !members
        .keys()
        .any(|name| name.eq_ignore_ascii_case("displayName"))
    {
        return Err(GraphError::Required {
            member: "displayName",
            class: CLASS,
        });
    }
    let owners = reference::bound(graph.tenant()?, &mut members, "owners", CLASS)?;
    let (id, app_id) = graph
        .call
        .draw(|random| (ObjectId(random.guid()), AppId(random.guid())));
    let mut application = Application::new(id, app_id, String::new(), graph.call.now());
    application.created_by = Some(graph.caller.app_id);
    application.unique_name = unique_name;
    let application = graph.write(|tenant| {
        set_all(graph, tenant, &mut application, &members)?;
        if let Some(value) = member(&members, "passwordCredentials") {
            application.secrets = secrets(graph, &[], value)?;
        }
        let note = graph.note();
        tenant.put_application(application.clone(), &note)?;
        // Who makes it owns it, unless others are named.
        let owners = if owners.is_empty() {
            vec![graph.caller.object_id]
        } else {
            owners
        };
        for owner in owners {
            tenant.link(Relation::Owner, id, owner, &note)?;
        }
        Ok(application)
    })?;
    let version = graph.query.version;
    let mut shown = APPLICATION.whole_in(graph.tenant()?, &application, version);
    // Only the answer to the creation has the date in full, as a recording of the Azure CLI's tests shows, and the secrets.
    shown.insert(
        "createdDateTime".to_owned(),
        json!(application.created.seven_digit_form()),
    );
    let secrets = application.secrets.iter();
    let secrets: Vec<Value> = secrets.map(|one| password_credential(one, true)).collect();
    shown.insert("passwordCredentials".to_owned(), Value::Array(secrets));
    graph.created(&APPLICATION, shown)
}

/// `PATCH /applications/{id}`; with `Prefer: create-if-missing` and a `uniqueName` that nothing has, it is made (Microsoft
/// Graph reference, "Upsert application").
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let missing = path.first().is_none_or(|first| first.row.is_none());
    if missing
        && graph.prefers("create-if-missing")
        && let Some(name) = unique_name(graph)
    {
        return make(graph, members, Some(name));
    }
    let renamed = change(graph, path, |tenant, application: &mut Application| {
        let before = application.display_name.clone();
        set_all(graph, tenant, application, &members)?;
        if let Some(value) = member(&members, "passwordCredentials") {
            application.secrets = secrets(graph, &application.secrets, value)?;
        }
        let renamed = application.display_name != before;
        Ok(renamed.then(|| (application.app_id, application.display_name.clone())))
    })?;
    if let Some((app, name)) = renamed {
        rename_principal(graph, app, name)?;
    }
    Ok(no_content())
}

/// The service principal at home bears the registration's name.
fn rename_principal(graph: &Graph<'_, '_>, app: AppId, name: String) -> Result<(), GraphError> {
    graph.write(|tenant| {
        let Some(principal) = tenant.service_principal(app) else {
            return Ok(());
        };
        let mut principal = (**principal).clone();
        principal.display_name = name;
        Ok(tenant.put_service_principal(principal, &graph.note())?)
    })
}

/// `DELETE /applications/{id}`: its service principal here goes with it.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let id = path.object::<Application>(0)?.id;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

/// The `uniqueName` that the path names.
fn unique_name(graph: &Graph<'_, '_>) -> Option<String> {
    let segments = graph.call.request.segments();
    let mut keys = segments
        .iter()
        .filter_map(|segment| Segment::parse(segment).key);
    keys.find_map(|key| match key {
        Key::Named(arguments) => arguments
            .into_iter()
            .find(|argument| argument.name.eq_ignore_ascii_case("uniqueName"))
            .map(|argument| argument.value),
        Key::Id(_) => None,
    })
}

fn member<'m>(members: &'m Map<String, Value>, wanted: &str) -> Option<&'m Value> {
    let mut all = members.iter();
    all.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value)
}

fn set_all(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    application: &mut Application,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    for (name, value) in members {
        set(graph, tenant, application, name, value)?;
    }
    platform::check(application)
}

fn set(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    application: &mut Application,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    match name.to_ascii_lowercase().as_str() {
        "displayname" => application.display_name = text(value, name, CLASS, 256)?,
        "identifieruris" => {
            let uris = texts(value, name, CLASS)?;
            identifier_uri::check(tenant, application, &uris)?;
            application.identifier_uris = uris;
        }
        "isfallbackpublicclient" => {
            application.allow_public_client = !value.is_null() && boolean(value, name, CLASS)?;
        }
        "signinaudience" => application.sign_in_audience = sign_in_audience(value)?,
        "web" => platform::web(application, value)?,
        "spa" => platform::spa(application, value)?,
        "publicclient" => platform::public_client(application, value)?,
        "api" => set_api(application, value)?,
        "approles" => application.app_roles = exposed::app_roles(&application.app_roles, value)?,
        "requiredresourceaccess" => {
            application.required_resource_access = exposed::required_resource_access(value)?;
        }
        "keycredentials" => {
            application.certificates = certificates(graph, &application.certificates, value)?;
        }
        // What the caller sees of it depends on whether it was just made.
        "passwordcredentials" => {}
        _ => keep(&APPLICATION, tenant, application, name, value)?,
    }
    Ok(())
}

fn sign_in_audience(value: &Value) -> Result<SignInAudience, GraphError> {
    if value.as_str() == Some("PersonalMicrosoftAccount") {
        let name = "graph write of application/signInAudience PersonalMicrosoftAccount";
        return Err(GraphError::NotSimulated(name.to_owned()));
    }
    [
        SignInAudience::AzureADMyOrg,
        SignInAudience::AzureADMultipleOrgs,
        SignInAudience::AzureADandPersonalMicrosoftAccount,
    ]
    .into_iter()
    .find(|audience| value.as_str() == Some(audience.as_str()))
    .ok_or_else(|| invalid("signInAudience", CLASS))
}

/// A member of a complex property that the type does not have.
pub(super) fn strange(member: &str, entity: &'static str) -> GraphError {
    GraphError::UnknownMember {
        member: member.to_owned(),
        entity,
    }
}

fn set_api(application: &mut Application, value: &Value) -> Result<(), GraphError> {
    let members = value.as_object().ok_or_else(|| invalid("api", CLASS))?;
    // Who is authorised beforehand names scopes that may come in the same body.
    let order = |name: &str| name == "preAuthorizedApplications";
    let mut members: Vec<(&String, &Value)> = members.iter().collect();
    members.sort_by_key(|(name, _)| order(name));
    for (member, value) in members {
        match member.as_str() {
            "requestedAccessTokenVersion" => {
                application.access_token_version = match value {
                    Value::Null => None,
                    value if value == 1 => Some(1),
                    value if value == 2 => Some(2),
                    _ => return Err(invalid("requestedAccessTokenVersion", CLASS)),
                };
            }
            "acceptMappedClaims" => {
                application.accept_mapped_claims = match value {
                    Value::Null => None,
                    value => Some(boolean(value, member, CLASS)?),
                };
            }
            "knownClientApplications" => application.known_clients = exposed::known_clients(value)?,
            "oauth2PermissionScopes" => {
                application.scopes = exposed::scopes(&application.scopes, value)?;
                // What is gone can no longer be authorised beforehand.
                for row in &mut application.pre_authorized {
                    let scopes = &application.scopes;
                    row.scopes
                        .retain(|id| scopes.iter().any(|scope| scope.id == *id));
                }
            }
            "preAuthorizedApplications" => {
                application.pre_authorized = exposed::pre_authorized(&application.scopes, value)?;
            }
            member if member.contains('@') => {}
            member => return Err(strange(member, "apiApplication")),
        }
    }
    Ok(())
}

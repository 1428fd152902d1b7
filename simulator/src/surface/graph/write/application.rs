//! Registrations: create, change, delete.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::credential::application_credential::Certificate;
use entrasim_domain::directory::application::{
    AppRole, Application, RequiredResourceAccess, Scope, SignInAudience,
};
use entrasim_domain::id::{AppId, KeyId, ObjectId, PermissionId};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::relations::Relation;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};

use super::super::error::GraphError;
use super::super::path::Key;
use super::super::permission::{self, Operation, Whose};
use super::super::read;
use super::super::schema::application::APPLICATION;
use super::super::{Answer, Graph};
use super::{body, boolean, invalid, keep, no_content, platform, text, texts};

pub(super) const CLASS: &str = "Application";

/// `POST /applications`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>) -> Answer {
    permission::CREATE_APPLICATION.check(&graph.caller, graph.tenant()?, Whose::Own)?;
    let members = body(graph)?;
    if !members
        .keys()
        .any(|name| name.eq_ignore_ascii_case("displayName"))
    {
        return Err(GraphError::Required {
            member: "displayName",
            class: CLASS,
        });
    }
    let (id, app_id) = graph
        .call
        .draw(|random| (ObjectId(random.guid()), AppId(random.guid())));
    let mut application = Application::new(id, app_id, String::new(), graph.call.now());
    let application = graph.write(|tenant| {
        for (name, value) in &members {
            set(graph, tenant, &mut application, name, value)?;
        }
        platform::check(&application)?;
        tenant.put_application(application.clone(), &graph.note())?;
        tenant.link(Relation::Owner, id, graph.caller.object_id, &graph.note())?;
        Ok(application)
    })?;
    let mut members = APPLICATION.whole(graph.tenant()?, &application);
    // Only the answer to the creation has the date in full, as a recording of the Azure CLI's tests shows.
    members.insert(
        "createdDateTime".to_owned(),
        json!(application.created.seven_digit_form()),
    );
    graph.created(&APPLICATION, members)
}

/// `PATCH /applications/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let members = body(graph)?;
    change(
        graph,
        key,
        &permission::WRITE_APPLICATION,
        |tenant, application| {
            for (name, value) in &members {
                set(graph, tenant, application, name, value)?;
            }
            platform::check(application)
        },
    )?;
    Ok(no_content())
}

/// `DELETE /applications/{id}`: its service principal here goes with it.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, key: &Key) -> Answer {
    let id = allowed(graph, key, &permission::WRITE_APPLICATION)?;
    graph.write(|tenant| Ok(tenant.delete(id, &graph.note())?))?;
    Ok(no_content())
}

/// Whether the caller owns a registration.
pub(in crate::surface::graph) fn owns(
    graph: &Graph<'_, '_>,
    tenant: &Tenant,
    application: ObjectId,
) -> bool {
    let caller = graph.caller.object_id;
    tenant.relations.has(Relation::Owner, application, caller)
}

/// Checks the permission for a registration and gives its id.
pub(in crate::surface::graph) fn allowed(
    graph: &Graph<'_, '_>,
    key: &Key,
    operation: &'static Operation,
) -> Result<ObjectId, GraphError> {
    let tenant = graph.tenant()?;
    let found = read::find(&APPLICATION, tenant, key);
    let own = found.as_ref().is_ok_and(|app| owns(graph, tenant, app.id));
    operation.check(&graph.caller, tenant, Whose::of(own))?;
    Ok(found?.id)
}

/// Changes one registration, if the caller may.
pub(in crate::surface::graph) fn change<T>(
    graph: &Graph<'_, '_>,
    key: &Key,
    operation: &'static Operation,
    change: impl FnOnce(&Tenant, &mut Application) -> Result<T, GraphError>,
) -> Result<T, GraphError> {
    let id = allowed(graph, key, operation)?;
    graph.write(|tenant| {
        let application = tenant
            .applications
            .get(&id)
            .ok_or_else(|| GraphError::Missing(id.to_string()))?;
        let mut application = (**application).clone();
        let result = change(tenant, &mut application)?;
        tenant.put_application(application, &graph.note())?;
        Ok(result)
    })
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
            let taken = |uri: &String| {
                tenant
                    .applications
                    .values()
                    .any(|other| other.id != application.id && other.identifier_uris.contains(uri))
            };
            if uris.iter().any(taken) {
                return Err(GraphError::Conflict {
                    member: "identifierUris",
                });
            }
            application.identifier_uris = uris;
        }
        "isfallbackpublicclient" => {
            application.allow_public_client = !value.is_null() && boolean(value, name, CLASS)?;
        }
        "signinaudience" => {
            application.sign_in_audience = [
                SignInAudience::AzureADMyOrg,
                SignInAudience::AzureADMultipleOrgs,
                SignInAudience::AzureADandPersonalMicrosoftAccount,
            ]
            .into_iter()
            .find(|audience| value.as_str() == Some(audience.as_str()))
            .ok_or_else(|| invalid(name, CLASS))?;
        }
        "web" => platform::web(application, value)?,
        "spa" => platform::spa(application, value)?,
        "publicclient" => platform::public_client(application, value)?,
        "api" => set_api(application, value)?,
        "approles" => application.app_roles = list(value, name, app_role)?,
        "requiredresourceaccess" => {
            application.required_resource_access = list(value, name, required_resource_access)?;
        }
        "keycredentials" => {
            application.certificates =
                list(value, name, |row| certificate(graph, application, row))?;
        }
        _ => keep(&APPLICATION, tenant, application, name, value)?,
    }
    Ok(())
}

fn list<T>(
    value: &Value,
    name: &str,
    row: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, GraphError> {
    let rows = value.as_array().map(|rows| rows.iter().map(row).collect());
    rows.flatten().ok_or_else(|| invalid(name, CLASS))
}

/// A member of a complex property that is not kept: it passes if it says nothing.
pub(super) fn inner_member(
    name: &str,
    known: &[&str],
    member: &str,
    value: &Value,
) -> Result<(), GraphError> {
    let Some(member) = known.iter().find(|known| **known == member) else {
        return Err(GraphError::UnknownMember {
            member: member.to_owned(),
            entity: APPLICATION.name,
        });
    };
    let is_off = |value: &Value| value.is_null() || value == &Value::Bool(false);
    let says_nothing = is_off(value)
        || value.as_array().is_some_and(Vec::is_empty)
        || value
            .as_object()
            .is_some_and(|inner| inner.values().all(is_off));
    if says_nothing {
        Ok(())
    } else {
        let name = format!("graph write of application/{name}/{member}");
        Err(GraphError::NotSimulated(name))
    }
}

fn set_api(application: &mut Application, value: &Value) -> Result<(), GraphError> {
    let members = value.as_object().ok_or_else(|| invalid("api", CLASS))?;
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
            "oauth2PermissionScopes" => application.scopes = list(value, member, scope)?,
            _ => {
                let others = [
                    "acceptMappedClaims",
                    "knownClientApplications",
                    "preAuthorizedApplications",
                ];
                inner_member("api", &others, member, value)?;
            }
        }
    }
    Ok(())
}

fn permission_id(row: &Value) -> Option<PermissionId> {
    row.get("id")?.as_str()?.parse().ok()
}

fn string(row: &Value, name: &str) -> String {
    row.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn enabled(row: &Value) -> bool {
    row.get("isEnabled")
        .and_then(Value::as_bool)
        .unwrap_or(true)
}

fn scope(row: &Value) -> Option<Scope> {
    Some(Scope {
        id: permission_id(row)?,
        value: string(row, "value"),
        admin_consent_display_name: string(row, "adminConsentDisplayName"),
        admin_only: row.get("type").and_then(Value::as_str) == Some("Admin"),
        enabled: enabled(row),
    })
}

fn app_role(row: &Value) -> Option<AppRole> {
    let member_types = row.get("allowedMemberTypes")?.as_array()?;
    let has = |name: &str| member_types.iter().any(|kind| kind == name);
    Some(AppRole {
        id: permission_id(row)?,
        value: string(row, "value"),
        display_name: string(row, "displayName"),
        description: string(row, "description"),
        for_users: has("User"),
        for_applications: has("Application"),
        enabled: enabled(row),
    })
}

fn required_resource_access(row: &Value) -> Option<RequiredResourceAccess> {
    let entries = row.get("resourceAccess")?.as_array()?;
    let of = |kind: &str| -> Option<Vec<PermissionId>> {
        entries
            .iter()
            .filter(|entry| entry.get("type").and_then(Value::as_str) == Some(kind))
            .map(permission_id)
            .collect()
    };
    Some(RequiredResourceAccess {
        resource: row.get("resourceAppId")?.as_str()?.parse().ok()?,
        scopes: of("Scope")?,
        roles: of("Role")?,
    })
}

/// A certificate: a new one with its `key`, or one that is there already by its id.
fn certificate(
    graph: &Graph<'_, '_>,
    application: &Application,
    row: &Value,
) -> Option<Certificate> {
    let id: Option<KeyId> = row
        .get("keyId")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    let Some(key) = row.get("key").and_then(Value::as_str) else {
        return application
            .certificates
            .iter()
            .find(|known| Some(known.key_id) == id)
            .cloned();
    };
    let der = STANDARD.decode(key).ok().filter(|der| !der.is_empty())?;
    let date = |name: &str| {
        row.get(name)
            .and_then(Value::as_str)
            .and_then(Timestamp::parse)
    };
    let start = date("startDateTime").unwrap_or_else(|| graph.call.now());
    Some(Certificate {
        key_id: id.unwrap_or_else(|| KeyId(graph.call.draw(Random::guid))),
        display_name: row
            .get("displayName")
            .and_then(Value::as_str)
            .map(str::to_owned),
        der,
        start,
        end: date("endDateTime").unwrap_or(start + super::super::action::add_password::LIFETIME),
    })
}

//! `/applications/{id}/federatedIdentityCredentials`: add, change, delete.

use entrasim_domain::credential::application_credential::FederatedCredential;
use entrasim_domain::directory::application::Application;
use entrasim_domain::id::KeyId;
use entrasim_domain::random::Random;
use http::StatusCode;
use serde_json::{Map, Value};

use super::super::error::GraphError;
use super::super::resource::Resource;
use super::super::schema::federated_identity_credential::FEDERATED_IDENTITY_CREDENTIAL as ENTITY;
use super::super::{Answer, Graph};
use super::credentialed::change;
use super::{body, invalid, no_content, optional_text, text, texts};

const CLASS: &str = "FederatedIdentityCredential";
/// At most so many on one registration (Microsoft Learn, "Important considerations and restrictions for federated
/// identity credentials").
const MOST: usize = 20;

fn fragment(application: &Application) -> String {
    format!(
        "applications('{}')/federatedIdentityCredentials",
        application.id
    )
}

fn missing(name: &str) -> GraphError {
    GraphError::MissingFederatedCredential(name.to_owned())
}

/// A credential by its id or its name.
fn position(application: &Application, name: &str) -> Result<usize, GraphError> {
    let is_it = |credential: &FederatedCredential| {
        credential.name == name || credential.id.to_string().eq_ignore_ascii_case(name)
    };
    let found = application.federated_credentials.iter().position(is_it);
    found.ok_or_else(|| missing(name))
}

/// `POST /applications/{id}/federatedIdentityCredentials`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    path.present()?;
    make(graph, path, &body(graph)?)
}

fn make(graph: &Graph<'_, '_>, path: &Resource<'_>, members: &Map<String, Value>) -> Answer {
    let id = KeyId(graph.call.draw(Random::guid));
    let mut credential = FederatedCredential {
        id,
        name: String::new(),
        issuer: String::new(),
        subject: String::new(),
        audience: String::new(),
        description: None,
    };
    set(&mut credential, members)?;
    let present = [
        ("name", &credential.name),
        ("issuer", &credential.issuer),
        ("subject", &credential.subject),
        ("audiences", &credential.audience),
    ];
    if let Some((member, _)) = present.into_iter().find(|(_, value)| value.is_empty()) {
        return Err(GraphError::Required {
            member,
            class: CLASS,
        });
    }
    let fragment = change(graph, path, |_, application: &mut Application| {
        let known = &application.federated_credentials;
        if known.iter().any(|known| known.name == credential.name) {
            return Err(GraphError::FederatedCredentialExists(
                credential.name.clone(),
            ));
        }
        check_subject(application, &credential)?;
        if known.len() >= MOST {
            return Err(GraphError::TooManyFederatedCredentials);
        }
        application.federated_credentials.push(credential.clone());
        Ok(fragment(application))
    })?;
    let tenant = graph.tenant()?;
    let location = format!(
        "{}/v2/{}/federatedIdentityCredentials/{id}",
        graph.call.request.origin(),
        tenant.id
    );
    let value = Value::Object(ENTITY.whole(tenant, &credential));
    let reply = graph.document(StatusCode::CREATED, &format!("{fragment}/$entity"), value);
    Ok(reply
        .header("location", &location)
        .header("x-ms-resource-unit", "1"))
}

fn check_subject(
    application: &Application,
    credential: &FederatedCredential,
) -> Result<(), GraphError> {
    let taken = application.federated_credentials.iter().any(|known| {
        known.id != credential.id
            && known.issuer == credential.issuer
            && known.subject == credential.subject
    });
    if taken {
        Err(GraphError::FederatedSubjectExists)
    } else {
        Ok(())
    }
}

/// `PATCH /applications/{id}/federatedIdentityCredentials/{id}`, by id or name; with `Prefer: create-if-missing` it is made under
/// the name in the path (Microsoft Graph reference, "Upsert federatedIdentityCredential").
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let application = path.object::<Application>(0)?;
    let mut members = body(graph)?;
    let name = path.key(1);
    if position(application, name).is_err() && graph.prefers("create-if-missing") {
        members.insert("name".to_owned(), Value::from(name));
        return make(graph, path, &members);
    }
    change(graph, path, |_, application: &mut Application| {
        let at = position(application, name)?;
        let mut credential = application
            .federated_credentials
            .get(at)
            .cloned()
            .ok_or_else(|| missing(name))?;
        let before = credential.name.clone();
        set(&mut credential, &members)?;
        if credential.name != before {
            return Err(GraphError::ImmutableName);
        }
        check_subject(application, &credential)?;
        if let Some(known) = application.federated_credentials.get_mut(at) {
            *known = credential;
        }
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /applications/{id}/federatedIdentityCredentials/{id}`, by id or name.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    path.object::<Application>(0)?;
    let name = path.key(1);
    change(graph, path, |_, application: &mut Application| {
        let at = position(application, name)?;
        application.federated_credentials.remove(at);
        Ok(())
    })?;
    Ok(no_content())
}

fn set(
    credential: &mut FederatedCredential,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    for (name, value) in members {
        match name.as_str() {
            "id" => {}
            "name" => {
                let chosen = text(value, name, CLASS, 120)?;
                // The name becomes part of URLs.
                if !chosen
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
                {
                    return Err(invalid(name, CLASS));
                }
                credential.name = chosen;
            }
            "issuer" => credential.issuer = text(value, name, CLASS, 600)?,
            "subject" => credential.subject = text(value, name, CLASS, 600)?,
            "description" => credential.description = optional_text(value, name, CLASS, 600)?,
            "audiences" => {
                let audiences = texts(value, name, CLASS)?;
                let [audience] = audiences.as_slice() else {
                    return Err(invalid(name, CLASS));
                };
                credential.audience.clone_from(audience);
            }
            "claimsMatchingExpression" if value.is_null() => {}
            "claimsMatchingExpression" => {
                return Err(GraphError::NotSimulated(
                    "graph write of federatedIdentityCredential/claimsMatchingExpression"
                        .to_owned(),
                ));
            }
            _ => {
                return Err(GraphError::UnknownMember {
                    member: name.clone(),
                    entity: ENTITY.name,
                });
            }
        }
    }
    Ok(())
}

//! `/users/{id}/authentication/externalAuthenticationMethods`: a registration with a second factor of another maker. The
//! policy has to have its configuration; nobody registers themselves here (Microsoft Learn, "Create
//! externalAuthenticationMethod").

use entrasim_domain::credential::method::{AuthenticationMethod, ExternalMethod, MethodKind};
use entrasim_domain::random::Random;
use uuid::Uuid;

use super::super::invalid;
use super::{another, change, created, members, required};
use crate::surface::graph::error::GraphError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::EXTERNAL;
use crate::surface::graph::{Answer, Graph};

/// `POST …`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = another(graph, resource)?;
    let members = members(graph, &EXTERNAL)?;
    let configuration: Uuid = required(&members, "configurationId", EXTERNAL.name)?
        .parse()
        .map_err(|_| invalid("configurationId", EXTERNAL.name))?;
    let display_name = required(&members, "displayName", EXTERNAL.name)?.to_owned();
    let (id, registered) = (graph.call.draw(Random::guid), graph.call.now());
    change(graph, user.id, |tenant, user| {
        // Both texts are assumed.
        if !tenant
            .authentication_methods
            .external
            .contains_key(&configuration)
        {
            return Err(GraphError::BadRequest(format!(
                "No external authentication method configuration with id '{configuration}' exists in the tenant."
            )));
        }
        let is_there = user.methods.iter().any(|method| {
            matches!(&method.kind, MethodKind::External(known) if known.configuration == configuration)
        });
        if is_there {
            return Err(GraphError::BadRequest(
                "The external authentication method is already registered for this user."
                    .to_owned(),
            ));
        }
        user.register(AuthenticationMethod {
            id,
            registered,
            kind: MethodKind::External(ExternalMethod {
                configuration,
                display_name,
            }),
        });
        Ok(())
    })?;
    created(graph, user.id, id, &EXTERNAL)
}

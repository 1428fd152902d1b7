//! `/users/{id}/authentication/passwordlessMicrosoftAuthenticatorMethods`: the older view of apps that sign in without a
//! password. Deleting one takes that from the app; the app stays registered.

use entrasim_domain::credential::method::MethodKind;

use super::super::no_content;
use super::{change, named_id, subject};
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::authentication_method::PASSWORDLESS;
use crate::surface::graph::{Answer, Graph};

/// `DELETE …/{id}`
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    let user = subject(graph, resource)?;
    let id = named_id(resource, user, &PASSWORDLESS)?;
    change(graph, user.id, |_, user| {
        for method in user.methods.iter_mut().filter(|method| method.id == id) {
            if let MethodKind::MicrosoftAuthenticator(app) = &mut method.kind {
                app.phone_sign_in = false;
            }
        }
        Ok(())
    })?;
    Ok(no_content())
}

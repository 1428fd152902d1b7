//! `POST /users/{id}/reprocessLicenseAssignment`

use entrasim_domain::directory::user::User;

use super::assign_license;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::{Answer, Graph};

/// What groups give is always up to date here, so that there is nothing to do.
pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, resource: &Resource<'_>) -> Answer {
    assign_license::whole(graph, resource.object::<User>(0)?.id)
}

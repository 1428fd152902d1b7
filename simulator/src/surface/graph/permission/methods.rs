//! Who looks at the authentication methods of others, and who gives them new ones.

use entrasim_domain::id::{ObjectId, RoleTemplateId};
use entrasim_domain::tenant::Tenant;

use super::reach::{AUTHENTICATION, PRIVILEGED_AUTHENTICATION, require_any, require_reach};
use super::{GLOBAL_ADMINISTRATOR, is_person};
use crate::bearer::Caller;
use crate::surface::graph::error::GraphError;

const GLOBAL_READER: RoleTemplateId =
    RoleTemplateId::from_u128(0xf2ef_992c_3afb_46b9_b7cf_a126_ee74_c451);

/// Whether the caller may look at what an account holds: Global Readers at everybody's, the others as far as they reach
/// (Microsoft Learn, "List methods": Authentication Administrators see no administrators' methods).
pub(in crate::surface::graph) fn require_reading_reach(
    caller: &Caller,
    tenant: &Tenant,
    target: ObjectId,
) -> Result<(), GraphError> {
    if is_person(caller) && tenant.roles_of(caller.object_id).contains(&GLOBAL_READER) {
        Ok(())
    } else {
        require_reach(caller, tenant, target)
    }
}

/// Whether the caller may give an account something to sign in with, beside what the operation itself asks for: the
/// permission for methods, and for people a role for them (Microsoft Learn, "Create
/// hardwareOathTokenAuthenticationMethodDevice").
pub(in crate::surface::graph) fn require_method_administrator(
    caller: &Caller,
    tenant: &Tenant,
    target: ObjectId,
) -> Result<(), GraphError> {
    require_any(caller, &["UserAuthenticationMethod.ReadWrite.All"])?;
    let roles = tenant.roles_of(caller.object_id);
    let administrators = [
        AUTHENTICATION,
        PRIVILEGED_AUTHENTICATION,
        GLOBAL_ADMINISTRATOR,
    ];
    if is_person(caller) && !administrators.iter().any(|role| roles.contains(role)) {
        return Err(GraphError::Denied);
    }
    require_reach(caller, tenant, target)
}

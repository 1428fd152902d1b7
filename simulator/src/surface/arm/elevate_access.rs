//! `POST /providers/Microsoft.Authorization/elevateAccess`: a Global Administrator becomes User Access Administrator of
//! everything. 200 without a body (MicrosoftDocs/entra-docs, how-to-unlock-users-for-mandatory-multifactor-authentication).

use std::sync::Arc;

use entrasim_domain::azure::role::{PrincipalType, RoleAssignment};
use entrasim_domain::directory::role::GLOBAL_ADMINISTRATOR;
use entrasim_domain::random::Random;
use http::{Method, StatusCode};
use uuid::Uuid;

use super::Answer;
use super::context::{Arm, log};
use super::error::ArmError;
use super::gate::Change;
use crate::wire::Reply;

const ACTION: &str = "Microsoft.Authorization/elevateAccess/action";
/// User Access Administrator.
const ROLE: Uuid = Uuid::from_u128(0x18d7_d88d_d35e_4fb5_a5c3_7773_c20a_72d9);

pub(super) fn answer(arm: &Arm<'_, '_>) -> Answer {
    let method = &arm.call.request.method;
    if *method != Method::POST {
        return Err(ArmError::MethodNotAllowed(method.to_string()));
    }
    let caller = arm.caller.object_id;
    if !arm.tenant.roles_of(caller).contains(&GLOBAL_ADMINISTRATOR) {
        return Err(ArmError::AuthorizationFailed {
            client: arm.client_name(),
            object_id: caller,
            action: ACTION.to_owned(),
            scope: "/".to_owned(),
        });
    }
    // It writes a role assignment, so it is taken for a change; whether the mandate asks here is not documented.
    let audits = arm.multifactor(&[Change::write(ACTION, "/", None)])?;
    arm.write(|tenant| {
        for audit in audits {
            log(tenant, audit);
        }
        let table = &mut tenant.azure.role_assignments;
        let is_elevated = table
            .values()
            .any(|known| known.principal == caller && known.role == ROLE && known.scope == "/");
        if !is_elevated {
            let name = arm.call.draw(Random::guid);
            let elevated = RoleAssignment {
                name,
                role: ROLE,
                principal: caller,
                principal_type: PrincipalType::User,
                scope: "/".to_owned(),
                description: None,
                condition: None,
                created: arm.call.now(),
                created_by: Some(caller),
            };
            table.insert(name, Arc::new(elevated));
        }
        log(tenant, arm.event(ACTION, "/", StatusCode::OK));
        Ok(())
    })?;
    Ok(Reply::empty(StatusCode::OK))
}

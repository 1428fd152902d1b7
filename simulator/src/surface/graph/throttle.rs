//! Throttling: before a request, whether it is let in; after it, what it cost (Microsoft Graph throttling guidance).

use entrasim_domain::tenant::throttle::Throttled;

use super::error::GraphError;
use crate::bearer::Caller;
use crate::call::Call;
use crate::wire::Reply;

/// Refuses a request of an app that has to wait.
pub(super) fn check(call: &Call<'_>, caller: &Caller) -> Result<(), GraphError> {
    let is_on = call.tenant().is_some_and(|tenant| tenant.throttle.is_on());
    let Some(cell) = call.cell().filter(|_| is_on) else {
        return Ok(());
    };
    let now = call.now();
    // A refusal is counted too: the change is kept either way.
    let refused = cell.write(|tenant| {
        Ok::<Option<Throttled>, core::convert::Infallible>(
            tenant.throttle.admit(caller.app_id, now).err(),
        )
    });
    match refused {
        Ok(Some(Throttled { retry_after })) => Err(GraphError::Throttled {
            retry_after,
            scope: format!(
                "Tenant_Application/ReadWrite/{}/{}",
                caller.app_id,
                cell.id()
            ),
        }),
        _ => Ok(()),
    }
}

/// Counts what a request cost, and warns the app from four fifths of its limit on.
pub(super) fn charge(call: &Call<'_>, caller: &Caller, reply: Reply) -> Reply {
    let limited = call
        .tenant()
        .is_some_and(|tenant| tenant.throttle.units.is_some());
    let Some(cell) = call.cell().filter(|_| limited) else {
        return reply;
    };
    let units = reply.headers.get("x-ms-resource-unit");
    let units = units.and_then(|units| units.to_str().ok()?.parse().ok());
    let now = call.now();
    let used = cell.write(|tenant| {
        let used = tenant
            .throttle
            .charge(caller.app_id, units.unwrap_or(1), now);
        Ok::<Option<f64>, core::convert::Infallible>(used)
    });
    match used {
        Ok(Some(used)) if used >= 0.8 => {
            let shown = format!("{:.1}", used.min(1.8));
            reply.header("x-ms-throttle-limit-percentage", &shown)
        }
        _ => reply,
    }
}

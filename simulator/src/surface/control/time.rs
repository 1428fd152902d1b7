//! The clock of a tenant, and the dates of the phases.

use core::time::Duration;

use entrasim_domain::enforcement::Enforcement;
use entrasim_domain::enforcement::phase::{Phase, PhaseName};
use entrasim_domain::time::Timestamp;
use http::{Method, StatusCode};

use super::model::{Advance, EnforcementPatch, PhasePatch};
use super::{ControlCall, ControlError, Handler, Route, ok, openapi};
use crate::handout::{ClockView, EnforcementView};
use crate::wire::Reply;

pub(super) fn routes() -> Vec<Route> {
    let route =
        |method, path, summary, request, response: Option<openapi::Schema>, handler: Handler| {
            Route {
                method,
                path,
                summary,
                request,
                response: (StatusCode::OK, response),
                handler,
            }
        };
    let clock: Option<openapi::Schema> = Some(openapi::of::<ClockView>);
    let enforcement: Option<openapi::Schema> = Some(openapi::of::<EnforcementView>);
    vec![
        route(
            Method::GET,
            "/tenants/{tenant}/clock",
            "The tenant's clock",
            None,
            clock,
            get_clock,
        ),
        route(
            Method::PUT,
            "/tenants/{tenant}/clock",
            "Set it, standing still or running",
            clock,
            clock,
            put_clock,
        ),
        route(
            Method::POST,
            "/tenants/{tenant}/clock/advance",
            "Move it forward",
            Some(openapi::of::<Advance>),
            clock,
            advance,
        ),
        route(
            Method::GET,
            "/tenants/{tenant}/enforcement",
            "When the phases bind the tenant",
            None,
            enforcement,
            get_enforcement,
        ),
        route(
            Method::PATCH,
            "/tenants/{tenant}/enforcement",
            "Start or postpone a phase",
            Some(openapi::of::<EnforcementPatch>),
            enforcement,
            patch_enforcement,
        ),
    ]
}

fn get_clock(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&ClockView::of(
        call.tenant()?.read().clock,
        call.request.arrived,
    )))
}

fn put_clock(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let wish: ClockView = call.body()?;
    let clock = wish
        .to_clock(call.request.arrived)
        .map_err(ControlError::bad_request)?;
    call.tenant()?.write(|tenant| {
        tenant.clock = clock;
        Ok::<(), ControlError>(())
    })?;
    get_clock(call)
}

fn advance(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let wish: Advance = call.body()?;
    call.tenant()?.write(|tenant| {
        tenant.clock = tenant.clock.advanced(Duration::from_secs(wish.seconds));
        Ok::<(), ControlError>(())
    })?;
    get_clock(call)
}

fn get_enforcement(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    Ok(ok(&EnforcementView::of(&call.tenant()?.read().enforcement)))
}

fn patch_enforcement(call: &ControlCall<'_>) -> Result<Reply, ControlError> {
    let patch: EnforcementPatch = call.body()?;
    call.tenant()?
        .write(|tenant| apply_enforcement(&mut tenant.enforcement, &patch))?;
    get_enforcement(call)
}

/// Applies a merge patch. A postponement beyond what Microsoft offers is refused.
pub(super) fn apply_enforcement(
    enforcement: &mut Enforcement,
    patch: &EnforcementPatch,
) -> Result<(), ControlError> {
    apply_phase(
        &mut enforcement.phase1,
        PhaseName::Phase1,
        patch.phase1.as_ref(),
    )?;
    apply_phase(
        &mut enforcement.phase2,
        PhaseName::Phase2,
        patch.phase2.as_ref(),
    )
}

fn apply_phase(
    phase: &mut Phase,
    name: PhaseName,
    patch: Option<&PhasePatch>,
) -> Result<(), ControlError> {
    let Some(patch) = patch else { return Ok(()) };
    if let Some(starts) = &patch.starts {
        phase.starts = instant(starts.as_deref())?;
    }
    if let Some(until) = &patch.postponed_until {
        phase.postponed_until = instant(until.as_deref())?;
        if let Some(until) = phase.postponed_until {
            // The administration pages check the date against today too; here the owner may rewrite the past.
            name.check_postponement(until, Timestamp::MIN)
                .map_err(|error| ControlError::bad_request(error.to_string()))?;
        }
    }
    Ok(())
}

fn instant(text: Option<&str>) -> Result<Option<Timestamp>, ControlError> {
    match text {
        None => Ok(None),
        Some(text) => Timestamp::parse(text)
            .map(Some)
            .ok_or_else(|| ControlError::bad_request(format!("`{text}` is no RFC 3339 instant"))),
    }
}

//! One request on its way through a surface: the request, the simulator, and what is learned on the way.

use core::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

use entrasim_domain::audit::{Actor, Initiator, Occasion};
use entrasim_domain::enforcement::Decision;
use entrasim_domain::id::ObjectId;
use entrasim_domain::random::Random;
use entrasim_domain::sign_in::record::SignInRecord;
use entrasim_domain::store::TenantCell;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::time::Timestamp;
use http::StatusCode;
use uuid::Uuid;

use crate::app::App;
use crate::wire::{Form, Reply, Request};

/// The context that every handler takes.
pub struct Call<'a> {
    pub app: &'a App,
    pub request: &'a Request,
    tenant: OnceCell<Bound>,
    random: OnceCell<RefCell<Random>>,
    id: OnceCell<Uuid>,
    correlation: OnceCell<Uuid>,
    decision: RefCell<Option<Arc<Decision>>>,
    code: RefCell<Option<String>>,
    private_query: Cell<bool>,
    signed_in: Cell<bool>,
}

struct Bound {
    cell: Arc<TenantCell>,
    state: Arc<Tenant>,
    now: Timestamp,
}

impl<'a> Call<'a> {
    pub fn new(app: &'a App, request: &'a Request) -> Self {
        Self {
            app,
            request,
            tenant: OnceCell::new(),
            random: OnceCell::new(),
            id: OnceCell::new(),
            correlation: OnceCell::new(),
            decision: RefCell::new(None),
            code: RefCell::new(None),
            private_query: Cell::new(false),
            signed_in: Cell::new(false),
        }
    }

    /// Ties the request to a tenant: from here on its snapshot, clock and randomness are used. The first one stays.
    pub fn bind(&self, cell: Arc<TenantCell>) -> &Tenant {
        let bound = self.tenant.get_or_init(|| {
            let state = cell.read();
            let now = state.now(self.request.arrived);
            Bound { cell, state, now }
        });
        &bound.state
    }

    /// The tenant's state as it was when the request was tied to it.
    pub fn tenant(&self) -> Option<&Tenant> {
        self.tenant.get().map(|bound| &*bound.state)
    }

    /// Where to write.
    pub fn cell(&self) -> Option<&TenantCell> {
        self.tenant.get().map(|bound| &*bound.cell)
    }

    /// The instant of the request: by the tenant's clock once it is known.
    pub fn now(&self) -> Timestamp {
        self.tenant
            .get()
            .map_or(self.request.arrived, |bound| bound.now)
    }

    /// Whether what a client dated has begun. Clients date by their own clock (the Azure CLI names the start of the secrets it
    /// makes), which a moved tenant clock does not move: either is enough.
    pub fn has_begun(&self, start: Timestamp) -> bool {
        start <= self.now() || start <= self.request.arrived
    }

    /// Draws from the randomness of this request.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut Random) -> T) -> T {
        let random = self.random.get_or_init(|| {
            RefCell::new(match self.tenant.get() {
                Some(bound) => bound.cell.random(),
                None => self.app.random(),
            })
        });
        draw(&mut random.borrow_mut())
    }

    /// The request's id, as the answer bears it. Its last byte is one of four, as in every recorded answer.
    pub fn id(&self) -> Uuid {
        *self.id.get_or_init(|| {
            let mut bytes = *self.draw(Random::guid).as_bytes();
            bytes[15] &= 3;
            Uuid::from_bytes(bytes)
        })
    }

    /// The client's own id for the request if it sent a GUID, as a header or in the query; else that of the sign-in
    /// which the request belongs to, or one of ours. One request has one.
    pub fn correlation_id(&self) -> Uuid {
        let sent = || {
            let header = self.request.header("client-request-id");
            let query = Form::parse(self.request.query.as_bytes());
            header
                .or_else(|| query.get("client-request-id"))
                .and_then(|text| Uuid::parse_str(text.trim()).ok())
        };
        *self
            .correlation
            .get_or_init(|| sent().unwrap_or_else(|| self.draw(Random::guid)))
    }

    /// What this request changes is changed now, by this person or app, from here; `None` is the service itself.
    pub fn occasion(&self, actor: Option<ObjectId>) -> Occasion {
        let tenant = self.tenant();
        let actor = actor.and_then(|id| Actor::of(tenant?, id));
        let sent = self.request.header("client-request-id");
        let sent = sent.and_then(|text| Uuid::parse_str(text.trim()).ok());
        Occasion {
            at: self.now(),
            initiator: Arc::new(Initiator {
                actor: actor.unwrap_or(Actor::Service("Microsoft Entra ID")),
                ip: tenant.map(|tenant| tenant.location.ip),
                agent: self.request.header("user-agent").map(str::to_owned),
            }),
            correlation_id: sent.unwrap_or_else(|| self.id()),
            consent: false,
        }
    }

    /// Changes the tenant, if there is one, by what no log of changes tells.
    pub fn change(&self, change: impl FnOnce(&mut Tenant)) {
        if let Some(cell) = self.cell() {
            let _ = cell.write(|tenant| {
                change(tenant);
                Ok::<(), core::convert::Infallible>(())
            });
        }
    }

    /// Changes the tenant, if there is one, and enters into the audit log what that did.
    pub fn change_on(&self, occasion: &Occasion, change: impl FnOnce(&mut Tenant)) {
        if let Some(cell) = self.cell() {
            let _ = cell.write_on(occasion, |tenant| {
                change(tenant);
                Ok::<(), core::convert::Infallible>(())
            });
        }
    }

    /// The request goes on with what had this id, unless it names another itself.
    pub fn adopt_correlation(&self, id: Uuid) {
        if self.request.header("client-request-id").is_none() {
            let _ = self.correlation.set(id);
        }
    }

    /// Keeps the decision for the journal and hands it back.
    pub fn record_decision(&self, decision: Decision) -> Arc<Decision> {
        let decision = Arc::new(decision);
        *self.decision.borrow_mut() = Some(Arc::clone(&decision));
        decision
    }

    /// The decision of this request, if there was one.
    pub fn decision(&self) -> Option<Arc<Decision>> {
        self.decision.borrow().clone()
    }

    /// Adds a row to the sign-in log of the tenant. A request has one row.
    pub fn log_sign_in(&self, record: SignInRecord) {
        if let Some(cell) = self.cell()
            && !self.signed_in.replace(true)
        {
            let _ = cell.write(|tenant| {
                tenant.sign_in.log(record);
                Ok::<(), core::convert::Infallible>(())
            });
        }
    }

    /// Keeps the error code for the journal.
    pub fn record_code(&self, code: impl Into<String>) {
        *self.code.borrow_mut() = Some(code.into());
    }

    /// The query of this request is not for the journal.
    pub fn keep_query_private(&self) {
        self.private_query.set(true);
    }

    /// The answer for something that the real service has and the simulator has not: 501 by name.
    pub fn unimplemented(&self, name: &str) -> Reply {
        tracing::warn!(name, "not simulated");
        self.app.count_unimplemented(name);
        self.record_code("NotSimulated");
        let message = format!(
            "entrasim does not simulate this yet: {name}. The real service has it; this answer is the simulator's own."
        );
        let body = serde_json::json!({"error": {"code": "NotSimulated", "message": message}});
        Reply::json(StatusCode::NOT_IMPLEMENTED, &body).header("x-entrasim-not-simulated", name)
    }

    /// The journal's row for this request.
    pub fn entry(&self, surface: &'static str, reply: &Reply) -> crate::journal::Entry {
        let request = self.request;
        let mut url = format!("{}{}", request.origin(), request.path);
        if !request.query.is_empty() && !self.private_query.get() {
            url.push('?');
            url.push_str(&request.query);
        }
        crate::journal::Entry {
            request_id: self.id(),
            tenant: self.tenant.get().map(|bound| bound.cell.id()),
            at: self.now(),
            surface,
            method: request.method.to_string(),
            url,
            status: reply.status.as_u16(),
            code: self.code.borrow().clone(),
            decision: self.decision.borrow().clone(),
            kept: None,
        }
    }
}

//! Operations under `/auditLogs`: method, template, handler, the directory action that people need.

use super::super::read::sign_in;
use super::super::write::sign_in_risk;
use super::{GET, Operation, POST, READ, call, op};

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    op(GET, "/auditLogs/directoryAudits", READ).needs("auditLogs/allProperties/read"),
    op(GET, "/auditLogs/directoryAudits/{id}", READ).needs("auditLogs/allProperties/read"),
    op(GET, "/auditLogs/signIns", call(sign_in::list)).needs("signInReports/allProperties/read"),
    op(
        POST,
        "/auditLogs/signIns/confirmCompromised",
        call(sign_in_risk::compromised),
    )
    .needs("identityProtection/allProperties/update"),
    op(
        POST,
        "/auditLogs/signIns/confirmSafe",
        call(sign_in_risk::safe),
    )
    .needs("identityProtection/allProperties/update"),
    op(POST, "/auditLogs/signIns/dismiss", call(sign_in_risk::safe))
        .needs("identityProtection/allProperties/update"),
    op(GET, "/auditLogs/signIns/{id}", call(sign_in::one))
        .needs("signInReports/allProperties/read"),
];

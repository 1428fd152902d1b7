//! Operations under `/auditLogs`: method, template, handler, the directory action that people need.

use super::super::read::sign_in;
use super::{GET, Operation, POST, READ, UNSIMULATED, call, op};

pub(in crate::surface::graph) const ROWS: &[Operation] = &[
    op(GET, "/auditLogs/directoryAudits", READ).needs("auditLogs/allProperties/read"),
    op(GET, "/auditLogs/directoryAudits/{id}", READ).needs("auditLogs/allProperties/read"),
    op(GET, "/auditLogs/signIns", call(sign_in::list)).needs("signInReports/allProperties/read"),
    op(POST, "/auditLogs/signIns/confirmCompromised", UNSIMULATED)
        .needs("identityProtection/allProperties/update"),
    op(POST, "/auditLogs/signIns/confirmSafe", UNSIMULATED)
        .needs("identityProtection/allProperties/update"),
    op(POST, "/auditLogs/signIns/dismiss", UNSIMULATED)
        .needs("identityProtection/allProperties/update"),
    op(GET, "/auditLogs/signIns/{id}", call(sign_in::one))
        .needs("signInReports/allProperties/read"),
];

//! `POST /domains/{id}/verify`: looks for the record in the domain's zone file. There are no zone files here: the record is there,
//! unless the tenant's knob `domain_records_missing` says otherwise.

use entrasim_domain::directory::domain::Domain;
use http::StatusCode;
use serde_json::{Value, json};

use crate::surface::graph::error::domain::DomainError;
use crate::surface::graph::resource::Resource;
use crate::surface::graph::schema::domain::DOMAIN;
use crate::surface::graph::schema::id_first;
use crate::surface::graph::write::domain::current;
use crate::surface::graph::{Answer, Graph};

pub(in crate::surface::graph) fn answer(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let name = &path.object::<Domain>(0)?.name;
    if graph.call.app.store.by_domain(name).is_some() {
        let own = graph.tenant()?.domain_index(name).is_some();
        return Err(if own {
            DomainError::AlreadyVerified(name.clone())
        } else {
            DomainError::Taken(name.clone())
        }
        .into());
    }
    let domain = graph.write(|tenant| {
        if tenant.knobs.domain_records_missing {
            return Err(DomainError::RecordMissing(name.clone()).into());
        }
        let mut domain = current(tenant, name)?;
        domain.verified = true;
        tenant.put_domain(domain.clone());
        Ok(domain)
    })?;
    let mut shown = DOMAIN.whole_in(graph.tenant()?, &domain, graph.query.version);
    // Null but here (Microsoft Graph reference, `domain`); the word is assumed.
    shown.insert(
        "availabilityStatus".to_owned(),
        json!("AvailableImmediately"),
    );
    let value = Value::Object(id_first(shown));
    let reply = graph.document(StatusCode::OK, "domains/$entity", value);
    Ok(reply.header("x-ms-resource-unit", "1"))
}

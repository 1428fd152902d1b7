//! Domains: add, change, delete. A new domain is not verified, unless a verified one above it answers for it, or it is one of
//! Microsoft's own (`….onmicrosoft.com`).

use entrasim_domain::directory::domain::{Domain, SERVICES};
use entrasim_domain::tenant::Tenant;
use serde_json::Value;

use super::super::error::GraphError;
use super::super::error::domain::DomainError;
use super::super::resource::Resource;
use super::super::schema::domain::DOMAIN;
use super::super::schema::id_first;
use super::super::{Answer, Graph};
use super::{body, boolean, invalid, keep, no_content, required, texts};

const CLASS: &str = "Domain";

/// `POST /domains`
pub(in crate::surface::graph) fn create(graph: &Graph<'_, '_>, _: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let name = required(&members, "id", CLASS)?;
    let name = name.as_str().unwrap_or_default().to_lowercase();
    if !is_name(&name) {
        return Err(invalid("id", CLASS));
    }
    let others = graph.call.app.store.by_domain(&name);
    if others.is_some_and(|other| Some(other.id()) != graph.tenant().ok().map(|own| own.id)) {
        return Err(DomainError::Taken(name).into());
    }
    let domain = graph.write(|tenant| {
        if tenant.domains.get(&name).is_some() {
            return Err(DomainError::Exists(name.clone()).into());
        }
        let root = tenant.domains.root_of(&name);
        let microsofts = name.ends_with(".onmicrosoft.com");
        let mut domain = Domain::new(&name, root.is_some() || microsofts);
        domain.below_root = root.is_some();
        for (member, value) in members.iter().filter(|(member, _)| *member != "id") {
            set(tenant, &mut domain, member, value)?;
        }
        tenant.put_domain(domain.clone());
        Ok(domain)
    })?;
    let shown = DOMAIN.whole_in(graph.tenant()?, &domain, graph.query.version);
    graph.created(&DOMAIN, id_first(shown))
}

/// `PATCH /domains/{id}`
pub(in crate::surface::graph) fn update(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let members = body(graph)?;
    let name = &path.object::<Domain>(0)?.name;
    graph.write(|tenant| {
        let mut domain = current(tenant, name)?;
        for (member, value) in &members {
            set(tenant, &mut domain, member, value)?;
        }
        let default = members
            .iter()
            .any(|(member, value)| member.eq_ignore_ascii_case("isDefault") && value == true);
        tenant.put_domain(domain);
        if default {
            tenant.set_default_domain(name);
        }
        Ok(())
    })?;
    Ok(no_content())
}

/// `DELETE /domains/{id}`: only what nothing uses.
pub(in crate::surface::graph) fn delete(graph: &Graph<'_, '_>, path: &Resource<'_>) -> Answer {
    let name = &path.object::<Domain>(0)?.name;
    graph.write(|tenant| {
        if !tenant.domain_references(name, None).is_empty() {
            return Err(DomainError::Referenced(name.clone()).into());
        }
        remove(tenant, name)
    })?;
    Ok(no_content())
}

/// Takes a domain away that is neither the initial nor the default one.
pub(in crate::surface::graph) fn remove(tenant: &mut Tenant, name: &str) -> Result<(), GraphError> {
    if tenant.remove_domain(name) {
        Ok(())
    } else {
        Err(DomainError::Needed(name.to_owned()).into())
    }
}

/// A domain as it is when it is changed.
pub(in crate::surface::graph) fn current(
    tenant: &Tenant,
    name: &str,
) -> Result<Domain, GraphError> {
    let domain = tenant.domains.get(name);
    let domain = domain.ok_or_else(|| GraphError::Missing(name.to_owned()))?;
    Ok(Domain::clone(domain))
}

fn set(tenant: &Tenant, domain: &mut Domain, name: &str, value: &Value) -> Result<(), GraphError> {
    match name.to_ascii_lowercase().as_str() {
        "isdefault" => {
            let wanted = boolean(value, "isDefault", CLASS)?;
            let is = tenant.domains.default() == domain.name;
            if wanted && !domain.verified {
                return Err(DomainError::Unverified(domain.name.clone()).into());
            }
            if wanted && domain.federation.is_some() {
                return Err(DomainError::Federated(domain.name.clone()).into());
            }
            // Another one becomes it; none stops being it.
            if !wanted && is {
                return Err(invalid("isDefault", CLASS));
            }
        }
        "supportedservices" => {
            let services = texts(value, name, CLASS)?;
            let known = services.iter().map(|service| {
                let mut all = SERVICES.iter();
                let found = all.find(|known| known.eq_ignore_ascii_case(service));
                found.map(|known| (*known).to_owned())
            });
            let known: Option<Vec<String>> = known.collect();
            let known = known.ok_or_else(|| invalid("supportedServices", CLASS))?;
            if !domain.verified && !known.is_empty() {
                return Err(DomainError::Unverified(domain.name.clone()).into());
            }
            domain.serve(known);
        }
        _ => keep(&DOMAIN, tenant, domain, name, value)?,
    }
    Ok(())
}

/// A name with two labels at least.
fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(label)
}

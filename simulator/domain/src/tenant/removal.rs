//! Taking directory objects away, with everything that points to them.

use std::sync::Arc;

use imbl::OrdMap;

use crate::azure::role::covers;
use crate::directory::application::Application;
use crate::directory::service_principal::{ServicePrincipal, ServicePrincipalKind};
use crate::directory::user::User;
use crate::id::ObjectId;
use crate::tenant::Tenant;

impl Tenant {
    pub fn remove_user(&mut self, id: ObjectId) -> Option<Arc<User>> {
        let user = self.users.remove(id)?;
        self.remove_references(id);
        Some(user)
    }

    /// A registration's service principal in its home tenant goes with it.
    pub fn remove_application(&mut self, id: ObjectId) -> Option<Arc<Application>> {
        let application = self.applications.remove(&id)?;
        self.applications_by_app.remove(&application.app_id);
        if let Some(principal) = self
            .service_principals_by_app
            .get(&application.app_id)
            .copied()
        {
            self.remove_service_principal(principal);
        }
        Some(application)
    }

    pub fn remove_service_principal(&mut self, id: ObjectId) -> Option<Arc<ServicePrincipal>> {
        let principal = self.service_principals.remove(&id)?;
        self.service_principals_by_app.remove(&principal.app_id);
        self.remove_references(id);
        Some(principal)
    }

    /// Takes away an Azure resource or resource group with all below it, and the identities that those bear.
    pub fn remove_azure_tree(&mut self, id: &str) {
        self.azure.remove_tree(id);
        let identities: Vec<ObjectId> = self
            .service_principals
            .values()
            .filter(|principal| match &principal.kind {
                ServicePrincipalKind::ManagedIdentity { resource_id, .. } => {
                    covers(id, resource_id)
                }
                ServicePrincipalKind::Application => false,
            })
            .map(|principal| principal.id)
            .collect();
        for identity in identities {
            self.remove_service_principal(identity);
        }
    }

    fn remove_references(&mut self, id: ObjectId) {
        let groups = self.groups.clone();
        for group in groups.values() {
            if group.members.contains(&id) || group.owners.contains(&id) {
                let mut group = Clone::clone(&**group);
                group.members.remove(&id);
                group.owners.remove(&id);
                self.groups.insert(group.id, Arc::new(group));
            }
        }
        let applications = self.applications.clone();
        for application in applications.values() {
            if application.owners.contains(&id) {
                let mut application = Application::clone(application);
                application.owners.retain(|owner| *owner != id);
                self.put_application(application);
            }
        }
        keep(&mut self.role_assignments, |row| row.principal != id);
        keep(&mut self.app_role_assignments, |row| {
            row.principal != id && row.resource != id
        });
        keep(&mut self.delegated_grants, |row| {
            row.client != id && row.resource != id && row.principal != Some(id)
        });
    }
}

fn keep<K: Ord + Clone, V>(rows: &mut OrdMap<K, Arc<V>>, keep: impl Fn(&V) -> bool) {
    let going: Vec<K> = rows
        .iter()
        .filter(|(_, row)| !keep(row))
        .map(|(key, _)| key.clone())
        .collect();
    for key in going {
        rows.remove(&key);
    }
}

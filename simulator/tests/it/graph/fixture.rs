//! What stands in for the placeholders of published paths: objects of the seeded tenant.

use entrasim_domain::id::ObjectId;

use crate::testing::Bench;

/// No object has it.
pub(crate) const NOBODY: &str = "00000000-0000-0000-0000-0000000000aa";

/// Ids of the seeded tenant by what they are of.
pub(crate) struct Fixture {
    pub(crate) user: String,
    pub(crate) group: String,
    pub(crate) application: String,
    pub(crate) app: String,
    pub(crate) service_principal: String,
    pub(crate) tenant: String,
    pub(crate) domain: String,
    /// Global Administrator.
    pub(crate) role_template: String,
}

impl Fixture {
    pub(crate) fn of(bench: &Bench) -> Self {
        let tenant = bench.tenant.read();
        let text = |id: ObjectId| id.to_string();
        let application = tenant
            .applications
            .values()
            .find(|app| app.display_name == "deploy")
            .unwrap();
        let mut principals = tenant.service_principals.values();
        let principal = principals
            .find(|principal| principal.app_id == application.app_id)
            .unwrap();
        Self {
            user: text(tenant.users.by_local_part("admin", 0).unwrap().id),
            group: text(tenant.groups.values().next().unwrap().id),
            application: text(application.id),
            app: application.app_id.to_string(),
            service_principal: text(principal.id),
            tenant: tenant.id.to_string(),
            domain: tenant.initial_domain().to_owned(),
            role_template: "62e90394-69f5-4237-9190-012177145e10".to_owned(),
        }
    }

    /// A published path with ids where it names them.
    pub(crate) fn path(&self, path: &str) -> String {
        let mut filled = String::new();
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            filled.push_str(before);
            filled.push_str(self.named(name));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn named(&self, name: &str) -> &str {
        match name {
            "user-id" | "directoryObject-id" => &self.user,
            "group-id" => &self.group,
            "application-id" => &self.application,
            "appId" => &self.app,
            "servicePrincipal-id" => &self.service_principal,
            "organization-id" => &self.tenant,
            "domain-id" => &self.domain,
            "roleTemplateId" | "unifiedRoleDefinition-id" | "directoryRoleTemplate-id" => {
                &self.role_template
            }
            _ => NOBODY,
        }
    }
}

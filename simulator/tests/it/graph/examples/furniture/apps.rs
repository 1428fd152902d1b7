//! Registrations, service principals, and what they were granted.

use serde_json::json;

use super::{Furnished, text};

impl Furnished {
    pub(super) fn apps(&mut self) {
        let role = json!({"id": "6a1a9a9e-2a1a-4c2e-9f0e-0d1e8d1b7c11", "allowedMemberTypes": ["User", "Application"],
            "displayName": "Reader", "description": "Reads", "value": "Reader", "isEnabled": true});
        let other = json!({"id": "6a1a9a9e-2a1a-4c2e-9f0e-0d1e8d1b7c33", "type": "User", "value": "Files.Write", "isEnabled": true,
            "adminConsentDisplayName": "Write", "adminConsentDescription": "Writes"});
        let scope = json!({"id": "6a1a9a9e-2a1a-4c2e-9f0e-0d1e8d1b7c22", "type": "User", "value": "Files.Read", "isEnabled": true,
            "adminConsentDisplayName": "Read", "adminConsentDescription": "Reads"});
        let body = json!({"displayName": "Web", "appRoles": [role], "api": {"oauth2PermissionScopes": [scope, other]}});
        let app = self.make("applications", "/applications", &body);
        self.ids.insert("role", text(&role, "id"));
        self.ids.insert("scope", text(&scope, "id"));
        self.ids.insert("app", text(&app, "appId"));
        let application = self.id("applications").to_owned();
        let (user, admin) = (self.id("user").to_owned(), self.fixture.user.clone());
        let principal = json!({"appId": self.id("app")});
        self.make("servicePrincipals", "/servicePrincipals", &principal);
        let principal = self.id("servicePrincipals").to_owned();
        for (set, id) in [
            ("applications", &application),
            ("servicePrincipals", &principal),
        ] {
            for owner in [&user, &admin] {
                self.link("POST", &format!("/{set}/{id}/owners/$ref"), owner);
            }
            let secret = self.send("POST", &format!("/{set}/{id}/addPassword"), &json!({}));
            let name = if set == "applications" {
                "key"
            } else {
                "key of principal"
            };
            self.ids.insert(name, text(&secret, "keyId"));
        }
        let federated = json!({"name": "testing", "issuer": "https://login.microsoftonline.com/x/v2.0", "subject": "s",
            "audiences": ["api://AzureADTokenExchange"]});
        let path = format!("/applications/{application}/federatedIdentityCredentials");
        self.make("federatedIdentityCredentials", &path, &federated);
        let extension = json!({"name": "rank", "dataType": "String", "targetObjects": ["User"]});
        self.make(
            "extensionProperties",
            &format!("/applications/{application}/extensionProperties"),
            &extension,
        );
        let grant = json!({"clientId": principal, "consentType": "AllPrincipals", "resourceId": self.graph(), "scope": "User.Read"});
        self.make("oauth2PermissionGrants", "/oauth2PermissionGrants", &grant);
        for (name, of, id) in [
            ("users/appRoleAssignments", "users", &user),
            (
                "groups/appRoleAssignments",
                "groups",
                &self.id("groups").to_owned(),
            ),
            (
                "servicePrincipals/appRoleAssignments",
                "servicePrincipals",
                &self.fixture.service_principal.clone(),
            ),
        ] {
            let body =
                json!({"principalId": id, "resourceId": principal, "appRoleId": text(&role, "id")});
            self.make(name, &format!("/{of}/{id}/appRoleAssignments"), &body);
        }
        let given = self.id("users/appRoleAssignments").to_owned();
        self.ids.insert("appRoleAssignedTo", given);
        let path = format!("/servicePrincipals/{principal}/delegatedPermissionClassifications");
        let class = json!({"permissionId": text(&other, "id"), "permissionName": "Files.Write", "classification": "low"});
        self.make("delegatedPermissionClassifications", &path, &class);
    }

    /// An app without roles.
    pub(super) fn plain_app(&mut self) {
        let app = self.make(
            "plain app",
            "/applications",
            &json!({"displayName": "Plain"}),
        );
        self.make(
            "plain",
            "/servicePrincipals",
            &json!({"appId": text(&app, "appId")}),
        );
    }
}

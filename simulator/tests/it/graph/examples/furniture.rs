//! What the documented examples find in the tenant: made through Graph, so that what cannot be made yet is missing as it is
//! for clients. Nothing here is for one example.

use std::collections::BTreeMap;

use entrasim_domain::directory::administrative_unit::AdministrativeUnit;
use entrasim_domain::id::ObjectId;
use entrasim_domain::tenant::changes::Note;
use entrasim_domain::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::graph::fixture::{Fixture, NOBODY};
use crate::graph::person;
use crate::support::{ARM_SCOPE, password_token};
use crate::testing::{AFTER_PHASE_2, Bench};

mod apps;

/// A tenant with one of everything, and the ids by the names that paths have for them.
pub(super) struct Furnished {
    pub(super) bench: Bench,
    ids: BTreeMap<&'static str, String>,
    pub(super) fixture: Fixture,
    /// Products and one of their plans each.
    pub(super) skus: Vec<(String, String)>,
}

impl Furnished {
    pub(super) fn new() -> Self {
        let bench = Bench::at(AFTER_PHASE_2);
        let fixture = Fixture::of(&bench);
        let mut furnished = Self {
            bench,
            ids: BTreeMap::new(),
            fixture,
            skus: Vec::new(),
        };
        furnished.people();
        furnished.groups();
        furnished.apps();
        furnished.plain_app();
        furnished.roles();
        furnished.policies();
        furnished
    }

    /// The id of one thing; nobody's if it could not be made.
    pub(super) fn id(&self, name: &str) -> &str {
        self.ids.get(name).map_or(NOBODY, String::as_str)
    }

    /// A token of the administrator's with these scopes.
    pub(super) fn bearer(&self, scopes: &str) -> String {
        let scopes = format!("Directory.AccessAsUser.All {scopes}");
        format!("Bearer {}", person(&self.bench, "admin", &scopes))
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        const SCOPES: &str = "Policy.ReadWrite.ConditionalAccess Policy.Read.All AuthenticationContext.ReadWrite.All Policy.ReadWrite.AuthenticationMethod UserAuthenticationMethod.ReadWrite.All AuditLog.Read.All RoleManagement.ReadWrite.Directory";
        // Nobody adds methods of their own.
        let own = path.starts_with(&format!("/users/{}/authentication", self.fixture.user));
        let name = if own { "breakglass1" } else { "admin" };
        let scopes = format!("Directory.AccessAsUser.All {SCOPES}");
        let bearer = format!("Bearer {}", person(&self.bench, name, &scopes));
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let url = format!("https://graph.microsoft.com/v1.0{path}");
        let reply = self.bench.send(method, &url, &headers, &body);
        serde_json::from_slice(&reply.body).unwrap_or_default()
    }

    /// Makes something and keeps a member of the answer.
    fn make(&mut self, name: &'static str, path: &str, body: &Value) -> Value {
        let made = self.send("POST", path, body);
        if let Some(id) = made["id"].as_str() {
            self.ids.insert(name, id.to_owned());
        }
        made
    }

    fn link(&self, method: &str, path: &str, id: &str) {
        let target =
            json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")});
        self.send(method, path, &target);
    }

    fn people(&mut self) {
        for (name, account) in [("user", "alice"), ("other", "bob")] {
            let id = self
                .bench
                .tenant
                .read()
                .users
                .by_local_part(account, 0)
                .unwrap()
                .id;
            self.ids.insert(name, id.to_string());
        }
        let admin = self.fixture.user.clone();
        let (user, other) = (self.id("user").to_owned(), self.id("other").to_owned());
        self.link("PUT", &format!("/users/{user}/manager/$ref"), &other);
        self.link("PUT", &format!("/users/{admin}/manager/$ref"), &other);
        self.link("POST", &format!("/users/{user}/sponsors/$ref"), &admin);
        let gone = json!({"displayName": "Gone", "mailNickname": "gone", "accountEnabled": true,
            "userPrincipalName": format!("gone@{}", self.fixture.domain),
            "passwordProfile": {"password": "xWwvJ]6NMw+bWH-d"}});
        self.make("deletedItems", "/users", &gone);
        self.send(
            "DELETE",
            &format!("/users/{}", self.id("deletedItems")),
            &Value::Null,
        );
        let bob = password_token(&self.bench, "bob", ARM_SCOPE);
        assert_eq!(bob.status, 200);
        let rows = self.send("GET", "/auditLogs/signIns", &Value::Null);
        self.keep_first("signIns", &rows, "id");
        let skus = self.send("GET", "/subscribedSkus", &Value::Null);
        self.keep_first("subscribedSkus", &skus, "id");
        for sku in skus["value"].as_array().into_iter().flatten() {
            self.skus.push((
                text(sku, "skuId"),
                text(&sku["servicePlans"][0], "servicePlanId"),
            ));
        }
        for whom in [&user, &admin] {
            self.send(
                "PATCH",
                &format!("/users/{whom}"),
                &json!({"usageLocation": "CH"}),
            );
            self.license(&format!("/users/{whom}"));
            for (set, body) in [
                ("emailMethods", json!({"emailAddress": "kim@fabrikam.com"})),
                (
                    "phoneMethods",
                    json!({"phoneNumber": "+1 2065550100", "phoneType": "office"}),
                ),
            ] {
                self.send(
                    "POST",
                    &format!("/users/{whom}/authentication/{set}"),
                    &body,
                );
            }
        }
    }

    fn keep_first(&mut self, name: &'static str, list: &Value, member: &str) {
        if let Some(id) = list["value"][0][member].as_str() {
            self.ids.insert(name, id.to_owned());
        }
    }

    /// Gives everything that was bought.
    fn license(&self, to: &str) {
        let added: Vec<Value> = self
            .skus
            .iter()
            .map(|(sku, _)| json!({"skuId": sku, "disabledPlans": []}))
            .collect();
        let body = json!({"addLicenses": added, "removeLicenses": []});
        self.send("POST", &format!("{to}/assignLicense"), &body);
    }

    pub(super) fn sku(&self, at: usize) -> (&str, &str) {
        self.skus
            .get(at)
            .map_or((NOBODY, NOBODY), |(sku, plan)| (sku, plan))
    }

    /// The first method of a kind; nobody's if the person has none.
    pub(super) fn method(&self, whose: &str, set: &str) -> String {
        let whose = if whose == "me" {
            &self.fixture.user
        } else {
            self.id("user")
        };
        let list = self.send(
            "GET",
            &format!("/users/{whose}/authentication/{set}"),
            &Value::Null,
        );
        text(&list["value"][0], "id")
    }

    fn groups(&mut self) {
        let body = json!({"displayName": "Tier", "mailEnabled": false, "mailNickname": "tier", "securityEnabled": true});
        self.make("groups", "/groups", &body);
        if self.id("groups") == NOBODY {
            self.ids.insert("groups", self.fixture.group.clone());
        }
        let group = self.id("groups").to_owned();
        let (user, admin) = (self.id("user").to_owned(), self.fixture.user.clone());
        for member in [&user, &admin] {
            self.link("POST", &format!("/groups/{group}/members/$ref"), member);
            self.link("POST", &format!("/groups/{group}/owners/$ref"), member);
        }
        self.license(&format!("/groups/{group}"));
        let nested = json!({"displayName": "Inner", "mailEnabled": false, "mailNickname": "inner", "securityEnabled": true});
        self.make("inner", "/groups", &nested);
        let inner = self.id("inner").to_owned();
        self.link("POST", &format!("/groups/{group}/members/$ref"), &inner);
    }

    pub(super) fn is_built_in(&self, role: &str) -> bool {
        let found = self.send(
            "GET",
            &format!("/roleManagement/directory/roleDefinitions/{role}"),
            &Value::Null,
        );
        found["isBuiltIn"] == true
    }

    /// Microsoft Graph's own service principal.
    fn graph(&self) -> String {
        let tenant = self.bench.tenant.read();
        let mut principals = tenant.service_principals.values();
        let graph = principals.find(|principal| {
            principal.app_id.to_string() == "00000003-0000-0000-c000-000000000000"
        });
        graph.map_or_else(|| NOBODY.to_owned(), |graph| graph.id.to_string())
    }

    fn roles(&mut self) {
        let roles = self.send("GET", "/directoryRoles", &Value::Null);
        self.keep_first("directoryRoles", &roles, "id");
        let role = self.id("directoryRoles").to_owned();
        for member in [self.id("user").to_owned(), self.fixture.user.clone()] {
            self.link(
                "POST",
                &format!("/directoryRoles/{role}/members/$ref"),
                &member,
            );
        }
        let definition = json!({"displayName": "Support", "description": "Helps", "isEnabled": true,
            "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/applications/basic/read"]}]});
        self.make(
            "roleDefinitions",
            "/roleManagement/directory/roleDefinitions",
            &definition,
        );
        let assignment = json!({"principalId": self.id("user"), "roleDefinitionId": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
            "directoryScopeId": "/"});
        self.make(
            "roleAssignments",
            "/roleManagement/directory/roleAssignments",
            &assignment,
        );
        self.ids
            .insert("directoryRoleTemplates", self.fixture.role_template.clone());
        // Units cannot be made through Graph.
        let id = Uuid::from_u128(0x5d10_7bba);
        let tenant = self.bench.tenant.read();
        let now = tenant.now(Timestamp::UNIX_EPOCH);
        let unit = AdministrativeUnit::new(ObjectId(id), "Unit".to_owned(), now);
        let made = self
            .bench
            .tenant
            .write(|tenant| tenant.put_administrative_unit(unit, &Note::new(now, ObjectId(id))));
        made.unwrap();
        self.ids.insert("administrativeUnits", id.to_string());
    }

    fn policies(&mut self) {
        let location = json!({"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "HQ", "isTrusted": false,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "12.34.221.11/22"}]});
        self.make(
            "namedLocations",
            "/identity/conditionalAccess/namedLocations",
            &location,
        );
        let country = json!({"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Far",
            "countriesAndRegions": ["US"], "includeUnknownCountriesAndRegions": true});
        self.make(
            "countries",
            "/identity/conditionalAccess/namedLocations",
            &country,
        );
        let policy = json!({"displayName": "All", "state": "disabled",
            "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]}, "users": {"includeUsers": ["All"]}},
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}});
        self.make("policies", "/identity/conditionalAccess/policies", &policy);
        let strength = json!({"displayName": "Strong", "allowedCombinations": ["fido2"]});
        self.make(
            "authenticationStrengthPolicies",
            "/policies/authenticationStrengthPolicies",
            &strength,
        );
        let context = json!({"id": "c2", "displayName": "Contoso medium", "description": "x", "isAvailable": true});
        self.make(
            "authenticationContextClassReferences",
            "/identity/conditionalAccess/authenticationContextClassReferences",
            &context,
        );
        let domain = json!({"id": "new.contoso.com"});
        self.make("domains", "/domains", &domain);
        for (name, id) in [
            ("verified", "verified.contoso.com"),
            ("federated", "federated.contoso.com"),
        ] {
            self.make(name, "/domains", &json!({"id": id}));
            self.send("POST", &format!("/domains/{id}/verify"), &Value::Null);
        }
        let federation = json!({"@odata.type": "#microsoft.graph.internalDomainFederation", "displayName": "Partner",
            "issuerUri": "http://partner.example/adfs/services/trust", "passiveSignInUri": "https://sts.partner.example/adfs/ls",
            "activeSignInUri": "https://sts.partner.example/adfs/services/trust/2005/usernamemixed",
            "metadataExchangeUri": "https://sts.partner.example/adfs/services/trust/mex",
            "signOutUri": "https://sts.partner.example/adfs/ls", "preferredAuthenticationProtocol": "wsFed",
            "signingCertificate": "MIIE3jCCAsagAwIBAgIQQcyDaZz3MI"});
        self.make(
            "federationConfiguration",
            "/domains/federated.contoso.com/federationConfiguration",
            &federation,
        );
    }
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or(NOBODY).to_owned()
}

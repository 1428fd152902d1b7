//! Reading a directory in.

use std::sync::Arc;

use entrasim_domain::directory::application::{Application, SignInAudience};
use entrasim_domain::directory::domain::Domain;
use entrasim_domain::directory::group::{Group, GroupKind};
use entrasim_domain::directory::membership_rule::MembershipRule;
use entrasim_domain::directory::permission_grant::DelegatedGrant;
use entrasim_domain::directory::role::{DirectoryRoleAssignment, RoleScope};
use entrasim_domain::directory::service_principal::ServicePrincipal;
use entrasim_domain::directory::user::{Mail, Password, User, UserType};
use entrasim_domain::id::{AppId, ObjectId, TenantId};
use entrasim_domain::random::Random;
use entrasim_domain::tenant::Tenant;
use entrasim_domain::tenant::changes::Note;
use entrasim_domain::tenant::error::DirectoryError;
use entrasim_domain::tenant::relations::Relation;
use entrasim_domain::time::Timestamp;
use serde_json::Value;

use self::kept::{OF_GROUPS, OF_USERS, keep};
use super::Imported;
use super::fields::Fields;

mod kept;

/// Reads a directory into a tenant. `random` makes the ids that are missing.
pub(crate) fn import(
    tenant: &mut Tenant,
    document: &Value,
    random: &mut Random,
    system: Timestamp,
) -> Result<Imported, String> {
    let mut reader = Reader {
        note: Note::by_service(tenant.now(system)),
        tenant,
        random,
        imported: Imported::default(),
        links: Vec::new(),
    };
    let members = document
        .as_object()
        .ok_or("a directory is an object with `users`, `groups`, …")?;
    let known: [(&'static str, Take<'_>); 6] = [
        ("users", Reader::user),
        ("groups", Reader::group),
        ("applications", Reader::application),
        ("servicePrincipals", Reader::service_principal),
        ("oauth2PermissionGrants", Reader::grant),
        ("roleAssignments", Reader::role_assignment),
    ];
    let mut names = members.keys().filter(|name| !name.starts_with('@'));
    if let Some(name) = names.find(|name| known.iter().all(|(known, _)| known != name)) {
        let known: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "`{name}` is no collection; known: {}",
            known.join(", ")
        ));
    }
    for (collection, take) in known {
        reader.collection(collection, members.get(collection), take)?;
    }
    reader.link()?;
    Ok(reader.imported)
}

type Take<'t> = fn(&mut Reader<'t>, &mut Fields<'_>) -> Result<(), String>;

struct Reader<'t> {
    tenant: &'t mut Tenant,
    random: &'t mut Random,
    note: Note,
    imported: Imported,
    /// Made once all objects are there.
    links: Vec<(Relation, ObjectId, ObjectId)>,
}

impl<'t> Reader<'t> {
    fn collection(
        &mut self,
        name: &'static str,
        value: Option<&Value>,
        take: Take<'t>,
    ) -> Result<(), String> {
        let Some(value) = value else {
            return Ok(());
        };
        let rows = value
            .as_array()
            .or_else(|| value.get("value")?.as_array())
            .ok_or_else(|| {
                format!("`{name}` is neither a list nor an object with a list `value`")
            })?;
        for row in rows {
            let mut fields = Fields::of(name, row)?;
            take(self, &mut fields)?;
            self.imported.ignored.extend(fields.ignored());
        }
        self.imported.objects.insert(name.to_owned(), rows.len());
        Ok(())
    }

    fn new_id(&mut self) -> ObjectId {
        ObjectId(self.random.guid())
    }

    fn user(&mut self, fields: &mut Fields<'_>) -> Result<(), String> {
        let name = fields.required("userPrincipalName")?;
        let (local, domain) = name
            .rsplit_once('@')
            .ok_or_else(|| format!("`{name}` is no user principal name"))?;
        let id = match fields.id("id")? {
            Some(id) => id,
            None => self.new_id(),
        };
        let created = fields.date("createdDateTime").unwrap_or(self.note.at);
        let display_name = fields.text("displayName").unwrap_or(local);
        let mut user = User::new(id, local, display_name, created);
        user.domain = self.domain(domain)?;
        user.given_name = fields.shared("givenName");
        user.surname = fields.shared("surname");
        user.job_title = fields.shared("jobTitle");
        user.department = fields.shared("department");
        user.account_enabled = fields.boolean("accountEnabled").unwrap_or(true);
        if fields.text("userType") == Some("Guest") {
            user.user_type = UserType::Guest;
        }
        user.mail = match fields.text("mail") {
            None => Mail::None,
            Some(mail) if mail.eq_ignore_ascii_case(name) => Mail::PrincipalName,
            Some(mail) if mail.contains('@') => Mail::Other(mail.into()),
            Some(mail) => return Err(format!("`{mail}` is no address")),
        };
        let password = fields.value("passwordProfile");
        if let Some(value) = password.and_then(|profile| profile.get("password")?.as_str()) {
            let force = password.and_then(|profile| profile.get("forceChangePasswordNextSignIn"));
            user.password = Some(Box::new(Password {
                value: value.into(),
                set: created,
                must_change: force.and_then(Value::as_bool).unwrap_or(false),
            }));
        }
        profile(&mut user, fields);
        if let Some(manager) = fields
            .value("manager")
            .and_then(|manager| manager.get("id")?.as_str())
        {
            let manager = manager
                .parse()
                .map_err(|_| format!("the manager of `{name}` has no id"))?;
            self.links.push((Relation::Manager, id, manager));
        }
        self.tenant
            .put_user(user, &self.note)
            .map_err(|error| format!("`{name}`: {error}"))
    }

    /// The place of a domain; one that the tenant does not have yet is added as verified.
    fn domain(&mut self, domain: &str) -> Result<u16, String> {
        if let Some(at) = self.tenant.domain_index(domain) {
            return Ok(at);
        }
        self.tenant.put_domain(Domain::new(domain, true));
        let at = self.tenant.domain_index(domain);
        at.ok_or_else(|| "a tenant has fewer than 65,536 domains".to_owned())
    }

    fn group(&mut self, fields: &mut Fields<'_>) -> Result<(), String> {
        let name = fields.required("displayName")?.to_owned();
        let id = match fields.id("id")? {
            Some(id) => id,
            None => self.new_id(),
        };
        let created = fields.date("createdDateTime").unwrap_or(self.note.at);
        let alias = fields
            .owned("mailNickname")
            .unwrap_or_else(|| name.replace(' ', ""));
        let mut group = Group::new(id, name.clone(), alias, created);
        group.renewed = fields.date("renewedDateTime").unwrap_or(created);
        group.description = fields.owned("description");
        let types = fields.texts("groupTypes");
        if types.iter().any(|name| name == "Unified") {
            group.kind = GroupKind::Unified;
        }
        group.mail_enabled = fields.boolean("mailEnabled").unwrap_or(false);
        group.security_enabled = fields.boolean("securityEnabled").unwrap_or(true);
        keep(&mut group.kept, OF_GROUPS, fields);
        group.assignable_to_role = fields.boolean("isAssignableToRole").unwrap_or(false);
        group.unique_name = fields.owned("uniqueName");
        let state = fields.text("membershipRuleProcessingState");
        if let Some(text) = fields.text("membershipRule") {
            let rule = MembershipRule::parse(text);
            let mut rule = rule.map_err(|error| format!("the rule of `{name}`: {error}"))?;
            rule.processing = state != Some("Paused");
            group.membership_rule = Some(Arc::new(rule));
        }
        let members = fields.links("members")?;
        if group.membership_rule.is_none() {
            let links = members
                .into_iter()
                .map(|member| (Relation::Member, id, member));
            self.links.extend(links);
        }
        let owners = fields.links("owners")?.into_iter();
        self.links
            .extend(owners.map(|owner| (Relation::Owner, id, owner)));
        let done = self.tenant.put_group(group, &self.note);
        done.map_err(|error| format!("`{name}`: {error}"))
    }

    fn application(&mut self, fields: &mut Fields<'_>) -> Result<(), String> {
        let name = fields.required("displayName")?.to_owned();
        let id = match fields.id("id")? {
            Some(id) => id,
            None => self.new_id(),
        };
        let app_id = match fields.id("appId")? {
            Some(id) => id,
            None => AppId(self.random.guid()),
        };
        let created = fields.date("createdDateTime").unwrap_or(self.note.at);
        // What is no part of the document stays as it is: secrets are in no export.
        let known = self.tenant.applications.get(&id);
        let mut app = known.map_or_else(
            || Application::new(id, app_id, name.clone(), created),
            |known| Application::clone(known),
        );
        app.display_name.clone_from(&name);
        app.identifier_uris = fields.texts("identifierUris");
        app.sign_in_audience = match fields.text("signInAudience") {
            Some("AzureADMultipleOrgs") => SignInAudience::AzureADMultipleOrgs,
            Some("AzureADandPersonalMicrosoftAccount") => {
                SignInAudience::AzureADandPersonalMicrosoftAccount
            }
            _ => SignInAudience::AzureADMyOrg,
        };
        app.allow_public_client = fields.boolean("isFallbackPublicClient").unwrap_or(false);
        for (platform, uris) in [
            ("web", &mut app.web_redirect_uris),
            ("spa", &mut app.spa_redirect_uris),
            ("publicClient", &mut app.public_client_redirect_uris),
        ] {
            let listed = fields
                .value(platform)
                .and_then(|value| value.get("redirectUris")?.as_array());
            let texts = listed.into_iter().flatten().filter_map(Value::as_str);
            *uris = texts.map(str::to_owned).collect();
        }
        let owners = fields.links("owners")?.into_iter();
        self.links
            .extend(owners.map(|owner| (Relation::Owner, id, owner)));
        let done = self.tenant.put_application(app, &self.note);
        done.map_err(|error| format!("`{name}`: {error}"))
    }

    fn service_principal(&mut self, fields: &mut Fields<'_>) -> Result<(), String> {
        let app_id: AppId = fields
            .id("appId")?
            .ok_or("a service principal has no `appId`")?;
        // A first-party app is in every tenant, under an id of its own.
        let there = self
            .tenant
            .service_principal(app_id)
            .map(|principal| principal.id);
        let id = match (fields.id("id")?, there) {
            (_, Some(there)) => there,
            (Some(id), None) => id,
            (None, None) => self.new_id(),
        };
        let own = self.tenant.id;
        let owner: Option<TenantId> = fields.id("appOwnerOrganizationId")?;
        let display_name = fields.owned("displayName");
        let created = fields.date("createdDateTime").unwrap_or(self.note.at);
        let known = self.tenant.service_principals.get(&id);
        let mut principal = known.map_or_else(
            || {
                ServicePrincipal::new(
                    id,
                    app_id,
                    app_id.to_string(),
                    owner.unwrap_or(own),
                    created,
                )
            },
            |known| ServicePrincipal::clone(known),
        );
        if let Some(name) = display_name {
            principal.display_name = name;
        }
        principal.account_enabled = fields.boolean("accountEnabled").unwrap_or(true);
        principal.assignment_required =
            fields.boolean("appRoleAssignmentRequired").unwrap_or(false);
        principal.tags = fields.texts("tags");
        let done = self.tenant.put_service_principal(principal, &self.note);
        done.map_err(|error| format!("`{app_id}`: {error}"))
    }

    fn grant(&mut self, fields: &mut Fields<'_>) -> Result<(), String> {
        let required =
            |id: Option<ObjectId>, name| id.ok_or_else(|| format!("a grant has no `{name}`"));
        let client = required(fields.id("clientId")?, "clientId")?;
        let resource = required(fields.id("resourceId")?, "resourceId")?;
        let principal: Option<ObjectId> = fields.id("principalId")?;
        let everybody = fields.text("consentType") == Some("AllPrincipals");
        let scopes = fields.text("scope").unwrap_or_default();
        let id = fields
            .owned("id")
            .unwrap_or_else(|| self.new_id().0.simple().to_string());
        let grant = DelegatedGrant::new(
            id,
            client,
            resource,
            principal.filter(|_| !everybody),
            scopes.split_whitespace().map(str::to_owned).collect(),
        );
        let done = self.tenant.put_grant(grant, &self.note);
        done.map_err(|error| error.to_string())
    }

    fn role_assignment(&mut self, fields: &mut Fields<'_>) -> Result<(), String> {
        let principal = fields.id("principalId")?;
        let role = fields.id("roleDefinitionId")?;
        let scope = fields.text("directoryScopeId").unwrap_or("/");
        // Ids of assignments are no GUIDs in the real service; they are made anew.
        fields.text("id");
        let assignment = DirectoryRoleAssignment {
            id: self.random.guid(),
            principal: principal.ok_or("a role assignment has no `principalId`")?,
            role: role.ok_or("a role assignment has no `roleDefinitionId`")?,
            scope: RoleScope::parse(scope).ok_or_else(|| format!("`{scope}` is no scope"))?,
        };
        match self.tenant.assign_role(assignment, &self.note) {
            Ok(()) | Err(DirectoryError::AlreadyLinked(_)) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn link(&mut self) -> Result<(), String> {
        for (relation, from, to) in core::mem::take(&mut self.links) {
            match self.tenant.link(relation, from, to, &self.note) {
                Ok(()) | Err(DirectoryError::AlreadyLinked(_)) => {}
                Err(error) => {
                    return Err(format!("{from} {} {to}: {error}", relation.navigation()));
                }
            }
        }
        Ok(())
    }
}

/// The rarer properties of a user.
fn profile(user: &mut User, fields: &mut Fields<'_>) {
    let alias: Option<Arc<str>> = fields.shared("mailNickname");
    let alias = alias.filter(|alias| **alias != *user.local_part);
    let profile = user.profile_mut();
    profile.mail_nickname = alias;
    profile.employee_id = fields.shared("employeeId");
    profile.immutable_id = fields.shared("onPremisesImmutableId");
    keep(&mut profile.kept, OF_USERS, fields);
}

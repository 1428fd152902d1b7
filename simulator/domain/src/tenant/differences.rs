//! Which properties differ between two states of an object, by their names in Graph.

use crate::directory::administrative_unit::AdministrativeUnit;
use crate::directory::application::Application;
use crate::directory::device::Device;
use crate::directory::group::Group;
use crate::directory::service_principal::ServicePrincipal;
use crate::directory::user::{Mail, User};

/// An object whose changes the log keeps.
pub(crate) trait Differences {
    /// The properties that `self` has otherwise than `before`.
    fn differences(&self, before: &Self) -> Vec<&'static str>;
}

/// `names!(new, before, "displayName" => display_name, …)`
macro_rules! names {
    ($new:expr, $before:expr, $($name:literal => $($field:ident).+),+ $(,)?) => {{
        let (new, before) = ($new, $before);
        let rows = [$(($name, new.$($field).+ != before.$($field).+)),+];
        rows.into_iter().filter(|row| row.1).map(|row| row.0)
    }};
}

impl Differences for User {
    fn differences(&self, before: &Self) -> Vec<&'static str> {
        let own = names!(self, before,
            "accountEnabled" => account_enabled,
            "department" => department,
            "displayName" => display_name,
            "givenName" => given_name,
            "jobTitle" => job_title,
            "mail" => mail,
            "lastPasswordChangeDateTime" => password,
            "signInSessionsValidFromDateTime" => sessions,
            "surname" => surname,
            "userPrincipalName" => local_part,
            "userPrincipalName" => domain,
            "userType" => user_type,
        );
        let (new, old) = (self.profile(), before.profile());
        let more = names!(new, old,
            "assignedLicenses" => licences,
            "employeeId" => employee_id,
            "mailNickname" => mail_nickname,
            "onPremisesImmutableId" => immutable_id,
            // Their names are not known here; the reader asks for all of them.
            "extensions" => extensions,
        );
        let kept = new.kept.differences(&old.kept);
        let mut all: Vec<&'static str> = own.chain(more).chain(kept).collect();
        // The address and the alias may follow from the name.
        if all.contains(&"userPrincipalName") {
            all.extend((self.mail == Mail::PrincipalName).then_some("mail"));
            all.extend((new.mail_nickname.is_none()).then_some("mailNickname"));
        }
        all.dedup();
        all
    }
}

impl Differences for Group {
    fn differences(&self, before: &Self) -> Vec<&'static str> {
        names!(self, before,
            "assignedLicenses" => licences,
            "description" => description,
            "displayName" => display_name,
            "groupTypes" => kind,
            "groupTypes" => membership_rule,
            "mailEnabled" => mail_enabled,
            "mail" => mail_enabled,
            "mail" => mail_nickname,
            "mailNickname" => mail_nickname,
            "membershipRule" => membership_rule,
            "membershipRuleProcessingState" => membership_rule,
            "renewedDateTime" => renewed,
            "securityEnabled" => security_enabled,
            "uniqueName" => unique_name,
        )
        .chain(self.kept.differences(&before.kept))
        .collect()
    }
}

impl Differences for Application {
    fn differences(&self, before: &Self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = names!(self, before,
            "api" => access_token_version,
            "api" => scopes,
            "api" => accept_mapped_claims,
            "api" => known_clients,
            "api" => pre_authorized,
            "appRoles" => app_roles,
            "displayName" => display_name,
            "identifierUris" => identifier_uris,
            "isFallbackPublicClient" => allow_public_client,
            "keyCredentials" => certificates,
            "passwordCredentials" => secrets,
            "publicClient" => public_client_redirect_uris,
            "requiredResourceAccess" => required_resource_access,
            "signInAudience" => sign_in_audience,
            "spa" => spa_redirect_uris,
            "web" => web_redirect_uris,
            "web" => logout_uri,
            "uniqueName" => unique_name,
            "web" => implicit_grant,
            "web" => home_page,
        )
        .chain(self.kept.differences(&before.kept))
        .collect();
        names.dedup();
        names
    }
}

impl Differences for ServicePrincipal {
    fn differences(&self, before: &Self) -> Vec<&'static str> {
        names!(self, before,
            "accountEnabled" => account_enabled,
            "appRoleAssignmentRequired" => assignment_required,
            "displayName" => display_name,
            "tags" => tags,
            "alternativeNames" => alternative_names,
            "keyCredentials" => certificates,
            "passwordCredentials" => secrets,
            "servicePrincipalNames" => names,
        )
        .chain(self.kept.differences(&before.kept))
        .collect()
    }
}

impl Differences for Device {
    fn differences(&self, before: &Self) -> Vec<&'static str> {
        names!(self, before,
            "accountEnabled" => account_enabled,
            "displayName" => display_name,
            "isCompliant" => is_compliant,
            "isManaged" => is_managed,
            "manufacturer" => manufacturer,
            "model" => model,
            "operatingSystem" => operating_system,
            "operatingSystemVersion" => operating_system_version,
            "profileType" => profile_type,
            "trustType" => trust_type,
        )
        .chain(self.kept.differences(&before.kept))
        .collect()
    }
}

impl Differences for AdministrativeUnit {
    fn differences(&self, before: &Self) -> Vec<&'static str> {
        names!(self, before,
            "description" => description,
            "displayName" => display_name,
        )
        .chain(self.kept.differences(&before.kept))
        .collect()
    }
}

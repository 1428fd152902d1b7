//! What few users of a big directory have: kept apart, so that the others do not pay for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::kept::Kept;
use super::licence::Licence;
use crate::time::Timestamp;

/// The rarer properties of a user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The mail alias, where it differs from the local part of the principal name.
    pub mail_nickname: Option<Arc<str>>,
    pub office_location: Option<Arc<str>>,
    pub mobile_phone: Option<Arc<str>>,
    pub preferred_language: Option<Arc<str>>,
    pub business_phones: Vec<String>,
    pub fax_number: Option<String>,
    pub street_address: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
    pub company_name: Option<String>,
    pub usage_location: Option<String>,
    pub preferred_data_location: Option<String>,
    pub age_group: Option<String>,
    pub consent_provided_for_minor: Option<String>,
    pub employee_id: Option<Arc<str>>,
    pub employee_type: Option<String>,
    pub employee_hire_date: Option<Timestamp>,
    pub employee_leave: Option<Timestamp>,
    /// `employeeOrgData`: cost centre and division.
    pub cost_center: Option<String>,
    pub division: Option<String>,
    pub other_mails: Vec<String>,
    pub im_addresses: Vec<String>,
    pub proxy_addresses: Vec<String>,
    pub identities: Vec<Identity>,
    /// `DisablePasswordExpiration`, `DisableStrongPassword`.
    pub password_policies: Option<String>,
    pub show_in_address_list: Option<bool>,
    pub is_resource_account: Option<bool>,
    /// `Invitation`, `EmailVerified`, `SelfServiceSignUp`.
    pub creation_type: Option<String>,
    /// `PendingAcceptance`, `Accepted`, and since when.
    pub external_user_state: Option<(String, Timestamp)>,
    pub on_premises: OnPremises,
    /// `onPremisesExtensionAttributes`: `extensionAttribute1` to `15`.
    pub extension_attributes: [Option<Arc<str>>; 15],
    /// Values of extension properties by their full names, `extension_{appId}_{name}`.
    pub extensions: BTreeMap<String, Value>,
    pub licences: Vec<Licence>,
    /// What nothing here acts on.
    pub kept: Kept,
    /// `signInActivity`
    pub last_sign_in: Option<Timestamp>,
    pub last_non_interactive_sign_in: Option<Timestamp>,
    pub last_successful_sign_in: Option<Timestamp>,
}

/// A name to sign in with (`objectIdentity`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// `userPrincipalName`, `emailAddress`, `userName`, `federated`.
    pub sign_in_type: String,
    pub issuer: Option<String>,
    pub issuer_assigned_id: Option<String>,
}

/// What directory synchronisation brought.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OnPremises {
    pub immutable_id: Option<Arc<str>>,
    pub sync_enabled: Option<bool>,
    pub last_sync: Option<Timestamp>,
    pub domain_name: Option<String>,
    pub distinguished_name: Option<String>,
    pub sam_account_name: Option<String>,
    pub security_identifier: Option<String>,
    pub user_principal_name: Option<String>,
}

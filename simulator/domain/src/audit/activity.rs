//! The activities of the audit log by name, service and category (Microsoft Learn, "Microsoft Entra audit log categories and
//! activities"; the operation types are those of public recordings, or assumed from them).

/// One activity.
#[derive(Debug, Eq, PartialEq)]
pub struct Activity {
    /// `activityDisplayName`
    pub name: &'static str,
    /// `loggedByService`
    pub service: &'static str,
    pub category: &'static str,
    /// `operationType`
    pub operation: &'static str,
}

macro_rules! activities {
    ($($service:literal { $($category:literal { $($(#[$note:meta])* $constant:ident = $name:literal, $operation:literal;)+ })+ })+) => {
        $($($($(#[$note])* pub static $constant: Activity = Activity {
            name: $name, service: $service, category: $category, operation: $operation,
        };)+)+)+

        /// All of them.
        pub static ALL: &[&Activity] = &[$($($(&$constant),+),+),+];
    };
}

activities! {
    "Core Directory" {
        "UserManagement" {
            ADD_USER = "Add user", "Add";
            UPDATE_USER = "Update user", "Update";
            DELETE_USER = "Delete user", "Delete";
            RESTORE_USER = "Restore user", "Update";
            HARD_DELETE_USER = "Hard Delete user", "Delete";
            ENABLE_ACCOUNT = "Enable account", "Update";
            DISABLE_ACCOUNT = "Disable account", "Update";
            RESET_PASSWORD = "Reset user password", "Update";
            CHANGE_PASSWORD = "Change user password", "Update";
            CHANGE_LICENSE = "Change user license", "Update";
            REVOKE_TOKENS = "Update StsRefreshTokenValidFrom Timestamp", "Update";
            SET_MANAGER = "Set user manager", "Assign";
            REMOVE_MANAGER = "Remove user manager", "Unassign";
            /// The reference names none for sponsors; assumed.
            ADD_SPONSOR = "Add sponsor to user", "Assign";
            /// The same.
            REMOVE_SPONSOR = "Remove sponsor from user", "Unassign";
            ADD_APP_ROLE_TO_USER = "Add app role assignment grant to user", "Assign";
            REMOVE_APP_ROLE_FROM_USER = "Remove app role assignment from user", "Unassign";
        }
        "GroupManagement" {
            ADD_GROUP = "Add group", "Add";
            UPDATE_GROUP = "Update group", "Update";
            DELETE_GROUP = "Delete group", "Delete";
            RESTORE_GROUP = "Restore group", "Update";
            HARD_DELETE_GROUP = "Hard Delete group", "Delete";
            SET_GROUP_LICENSE = "Set group license", "Update";
            ADD_MEMBER_TO_GROUP = "Add member to group", "Assign";
            REMOVE_MEMBER_FROM_GROUP = "Remove member from group", "Unassign";
            ADD_OWNER_TO_GROUP = "Add owner to group", "Assign";
            REMOVE_OWNER_FROM_GROUP = "Remove owner from group", "Unassign";
            ADD_APP_ROLE_TO_GROUP = "Add app role assignment to group", "Assign";
            REMOVE_APP_ROLE_FROM_GROUP = "Remove app role assignment from group", "Unassign";
        }
        "ApplicationManagement" {
            ADD_APPLICATION = "Add application", "Add";
            UPDATE_APPLICATION = "Update application", "Update";
            /// The real name ends with a space.
            UPDATE_APPLICATION_SECRETS = "Update application \u{2013} Certificates and secrets management ", "Update";
            DELETE_APPLICATION = "Delete application", "Delete";
            RESTORE_APPLICATION = "Restore application", "Update";
            HARD_DELETE_APPLICATION = "Hard Delete application", "Delete";
            ADD_OWNER_TO_APPLICATION = "Add owner to application", "Assign";
            REMOVE_OWNER_FROM_APPLICATION = "Remove owner from application", "Unassign";
            ADD_PRINCIPAL = "Add service principal", "Add";
            UPDATE_PRINCIPAL = "Update service principal", "Update";
            ADD_PRINCIPAL_CREDENTIALS = "Add service principal credentials", "Update";
            REMOVE_PRINCIPAL_CREDENTIALS = "Remove service principal credentials", "Update";
            REMOVE_PRINCIPAL = "Remove service principal", "Delete";
            RESTORE_PRINCIPAL = "Restore service principal", "Update";
            HARD_DELETE_PRINCIPAL = "Hard delete service principal", "Delete";
            ADD_OWNER_TO_PRINCIPAL = "Add owner to service principal", "Assign";
            REMOVE_OWNER_FROM_PRINCIPAL = "Remove owner from service principal", "Unassign";
            ADD_APP_ROLE = "Add app role assignment to service principal", "Assign";
            REMOVE_APP_ROLE = "Remove app role assignment from service principal", "Unassign";
            ADD_GRANT = "Add delegated permission grant", "Assign";
            /// The reference names none; assumed.
            UPDATE_GRANT = "Update delegated permission grant", "Update";
            REMOVE_GRANT = "Remove delegated permission grant", "Unassign";
            CONSENT = "Consent to application", "Assign";
            ADD_POLICY_TO_APPLICATION = "Add policy to application", "Assign";
            REMOVE_POLICY_FROM_APPLICATION = "Remove policy from application", "Unassign";
            ADD_POLICY_TO_PRINCIPAL = "Add policy to service principal", "Assign";
            REMOVE_POLICY_FROM_PRINCIPAL = "Remove policy from service principal", "Unassign";
        }
        "Device" {
            ADD_DEVICE = "Add device", "Add";
            UPDATE_DEVICE = "Update device", "Update";
            DELETE_DEVICE = "Delete device", "Delete";
            ADD_DEVICE_OWNER = "Add registered owner to device", "Assign";
            REMOVE_DEVICE_OWNER = "Remove registered owner from device", "Unassign";
            ADD_DEVICE_USER = "Add registered users to device", "Assign";
            REMOVE_DEVICE_USER = "Remove registered users from device", "Unassign";
        }
        "AdministrativeUnit" {
            ADD_UNIT = "Add administrative unit", "Add";
            UPDATE_UNIT = "Update administrative unit", "Update";
            DELETE_UNIT = "Delete administrative unit", "Delete";
            RESTORE_UNIT = "Restore administrative unit", "Update";
            HARD_DELETE_UNIT = "Hard Delete administrative unit", "Delete";
            ADD_MEMBER_TO_UNIT = "Add member to administrative unit", "Assign";
            REMOVE_MEMBER_FROM_UNIT = "Remove member from administrative unit", "Unassign";
        }
        "RoleManagement" {
            ADD_MEMBER_TO_ROLE = "Add member to role", "Assign";
            REMOVE_MEMBER_FROM_ROLE = "Remove member from role", "Unassign";
            ADD_SCOPED_MEMBER_TO_ROLE = "Add scoped member to role", "Assign";
            REMOVE_SCOPED_MEMBER_FROM_ROLE = "Remove scoped member from role", "Unassign";
            ADD_ROLE_FROM_TEMPLATE = "Add role from template", "Add";
            ADD_ROLE_DEFINITION = "Add role definition", "Add";
            UPDATE_ROLE_DEFINITION = "Update role definition", "Update";
            DELETE_ROLE_DEFINITION = "Delete role definition", "Delete";
        }
        "DirectoryManagement" {
            ADD_DOMAIN = "Add unverified domain", "Add";
            VERIFY_DOMAIN = "Verify domain", "Update";
            UPDATE_DOMAIN = "Update domain", "Update";
            REMOVE_UNVERIFIED_DOMAIN = "Remove unverified domain", "Delete";
            REMOVE_VERIFIED_DOMAIN = "Remove verified domain", "Delete";
            SET_DOMAIN_FEDERATION = "Set federation settings on domain", "Update";
            SET_COMPANY = "Set Company Information", "Update";
        }
        "CrossTenantAccessSettings" {
            ADD_PARTNER = "Add a partner to cross-tenant access setting", "Add";
            UPDATE_PARTNER = "Update a partner cross-tenant access setting", "Update";
            DELETE_PARTNER = "Delete partner specific cross-tenant access setting", "Delete";
            UPDATE_CROSS_TENANT_DEFAULT = "Update the company default cross-tenant access setting", "Update";
            RESET_CROSS_TENANT_DEFAULT = "Reset the cross-tenant access default setting", "Update";
        }
        "Policy" {
            ADD_TOKEN_POLICY = "Add policy", "Add";
            UPDATE_TOKEN_POLICY = "Update policy", "Update";
            DELETE_TOKEN_POLICY = "Delete policy", "Delete";
        }
        "AuthorizationPolicy" {
            UPDATE_AUTHORIZATION_POLICY = "Update authorization policy", "Update";
        }
    }
    "Identity Protection" {
        "IdentityProtection" {
            /// Both names are those that public detection rules look for.
            CONFIRM_COMPROMISED = "ConfirmCompromised", "Update";
            CONFIRM_SAFE = "ConfirmSafe", "Update";
        }
    }
    "Invited Users" {
        "UserManagement" {
            INVITE_USER = "Invite external user", "Add";
        }
    }
    "Self-service Password Management" {
        "UserManagement" {
            RESET_PASSWORD_BY_ADMIN = "Reset password (by admin)", "Update";
        }
    }
    "Authentication Methods" {
        "UserManagement" {
            ADMIN_REGISTERED = "Admin registered security info", "Add";
            ADMIN_UPDATED = "Admin updated security info", "Update";
            ADMIN_DELETED = "Admin deleted security info", "Delete";
            USER_REGISTERED = "User registered security info", "Add";
            USER_UPDATED = "User updated security info", "Update";
            USER_DELETED = "User deleted security info", "Delete";
            USER_CHANGED_DEFAULT = "User changed default security info", "Update";
            GET_PASSKEY_OPTIONS = "Get passkey creation options", "Add";
            UPDATE_PER_USER_MFA = "Update per-user multifactor authentication state", "Update";
        }
        "ApplicationManagement" {
            UPDATE_METHODS_POLICY = "Authentication Methods Policy Update", "Update";
            CREATE_STRENGTH = "Authentication Strength Policy Create", "Add";
            UPDATE_STRENGTH = "Authentication Strength Policy Update", "Update";
            DELETE_STRENGTH = "Authentication Strength Policy Delete", "Delete";
            CREATE_COMBINATION = "Authentication Strength Combination Configuration Create", "Add";
            UPDATE_COMBINATION = "Authentication Strength Combination Configuration Update", "Update";
            DELETE_COMBINATION = "Authentication Strength Combination Configuration Delete", "Delete";
            CREATE_HARDWARE_TOKEN = "Create Hardware Oath Token", "Add";
            UPDATE_HARDWARE_TOKEN = "Update Hardware Oath Token", "Update";
            ASSIGN_HARDWARE_TOKEN = "Assign Hardware Oath Token", "Assign";
            DELETE_HARDWARE_TOKEN = "Delete Hardware Oath Token", "Delete";
        }
    }
    "Conditional Access" {
        "Policy" {
            ADD_POLICY = "Add Conditional Access policy", "Add";
            UPDATE_POLICY = "Update Conditional Access policy", "Update";
            DELETE_POLICY = "Delete Conditional Access policy", "Delete";
            /// The reference names none for what was deleted; assumed, here and for locations.
            RESTORE_POLICY = "Restore Conditional Access policy", "Update";
            HARD_DELETE_POLICY = "Hard Delete Conditional Access policy", "Delete";
            RESTORE_LOCATION = "Restore named location", "Update";
            HARD_DELETE_LOCATION = "Hard Delete named location", "Delete";
            ADD_LOCATION = "Add named location", "Add";
            UPDATE_LOCATION = "Update named location", "Update";
            DELETE_LOCATION = "Delete named location", "Delete";
            ADD_CONTEXT = "Add AuthenticationContextClassReference", "Add";
            UPDATE_CONTEXT = "Update AuthenticationContextClassReference", "Update";
            DELETE_CONTEXT = "Delete AuthenticationContextClassReference", "Delete";
            UPDATE_SECURITY_DEFAULTS = "Update security defaults", "Update";
        }
    }
}

//! Documented examples that do not hold, and why.

const NOT_BY_DEFAULT: &str =
    "the documented answer shows properties that are not returned by default";
const SCHEMA_EXTENSION: &str = "a schema extension, which the tenant does not have";
const CURLY: &str = "documented with a typographic quotation mark, which is a syntax error";
const SIGN_IN: &str =
    "shows details of a sign-in that are not simulated; asked for by name they are 501";
const INHERITS: &str = "inheritsPermissionsFrom is shown when it is expanded only";
const EXTERNAL: &str =
    "an account of an external tenant: it has neither accountEnabled nor a principal name";

const NO_METHOD: &str = "nobody here has a method of this kind to begin with";
const OWN: &str = "documented for the own account, which the page of the type rules out";

/// The type is deprecated; that tenants no longer have it is assumed.
const OLD_CONFIGURATION: &str = "a configuration that the Authenticator's own has replaced";

/// Page, version (empty: both), place on the page (0: all), why.
pub(super) const EXCEPTIONS: &[(&str, &str, usize, &str)] = &[
    (
        "application-get",
        "beta",
        0,
        "shows windows, which is not simulated",
    ),
    (
        "application-post-applications",
        "beta",
        0,
        "shows windows, which is not simulated",
    ),
    (
        "authentication-post-hardwareoathmethods",
        "beta",
        0,
        "documented with a placeholder for an id",
    ),
    ("authentication-post-phonemethods", "", 0, OWN),
    (
        "authenticationcontextclassreference-update",
        "beta",
        0,
        "documented with the body of an answer",
    ),
    (
        "authorizationpolicy-get",
        "beta",
        0,
        "documented with a text where a boolean is described",
    ),
    (
        "authorizationpolicy-update",
        "beta",
        1,
        "documented with the earlier name of guestUserRoleId",
    ),
    (
        "conditionalaccesspolicy-get",
        "beta",
        0,
        "shows deviceStates, which was taken back",
    ),
    ("directory-deleteditems-get", "", 0, NOT_BY_DEFAULT),
    ("directory-deleteditems-restore", "", 0, NOT_BY_DEFAULT),
    ("directoryobject-get", "beta", 0, NOT_BY_DEFAULT),
    ("domain-list-domainnamereferences", "", 0, NOT_BY_DEFAULT),
    ("fido2authenticationmethod-delete", "", 0, NO_METHOD),
    ("group-get", "beta", 1, NOT_BY_DEFAULT),
    ("group-get", "", 2, "shows an id that is not selected"),
    ("group-list-owners", "", 0, NOT_BY_DEFAULT),
    ("group-list-transitivemembers", "", 3, NOT_BY_DEFAULT),
    ("group-list-transitivemembers", "beta", 5, NOT_BY_DEFAULT),
    (
        "group-update",
        "v1.0",
        1,
        "changes a group with a mailbox; the one here is for security",
    ),
    (
        "microsoftauthenticatorauthenticationmethodconfiguration-update",
        "",
        0,
        "documented with a placeholder for the state",
    ),
    (
        "passwordlessmicrosoftauthenticatorauthenticationmethod-delete",
        "beta",
        0,
        NO_METHOD,
    ),
    (
        "passwordlessmicrosoftauthenticatorauthenticationmethod-get",
        "beta",
        0,
        NO_METHOD,
    ),
    (
        "passwordlessmicrosoftauthenticatorauthenticationmethodconfiguration-delete",
        "",
        0,
        OLD_CONFIGURATION,
    ),
    (
        "passwordlessmicrosoftauthenticatorauthenticationmethodconfiguration-update",
        "",
        0,
        OLD_CONFIGURATION,
    ),
    (
        "rbacapplication-post-roleassignments",
        "beta",
        3,
        "the scope of an attribute set, which is not simulated",
    ),
    (
        "rbacapplication-post-roledefinitions",
        "beta",
        0,
        "documented with a text where a boolean is described",
    ),
    (
        "rbacapplication-post-roleassignments",
        "v1.0",
        3,
        "shows principalOrganizationId, which is shown in beta only",
    ),
    ("serviceprincipal-list-memberof", "", 3, CURLY),
    (
        "serviceprincipal-removepassword",
        "beta",
        0,
        "published for v1.0 only",
    ),
    ("signin-get", "beta", 0, SIGN_IN),
    ("signin-list", "", 1, SIGN_IN),
    (
        "signin-list",
        "beta",
        3,
        "ne within any() is taken for an advanced query, which logs do not know",
    ),
    ("unifiedroledefinition-get", "", 1, INHERITS),
    ("unifiedroledefinition-get", "", 2, INHERITS),
    ("user-assignlicense", "", 0, NOT_BY_DEFAULT),
    ("user-get", "beta", 5, SCHEMA_EXTENSION),
    ("user-get", "v1.0", 4, SCHEMA_EXTENSION),
    (
        "user-post-approleassignments",
        "",
        0,
        "documented with 200; the same of groups and service principals is 201, as here",
    ),
    ("user-post-users", "", 2, EXTERNAL),
    ("user-update", "beta", 5, SCHEMA_EXTENSION),
    ("user-update", "v1.0", 4, SCHEMA_EXTENSION),
    (
        "windowshelloforbusinessauthenticationmethod-get",
        "",
        0,
        NO_METHOD,
    ),
];

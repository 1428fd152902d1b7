//! The kinds of authentication method configurations: their ids, their types, and their members beside `state` and the ids of
//! the targets. Names, bounds and defaults are those of Microsoft Learn, "authenticationMethodConfiguration resource type" and
//! the pages of the kinds; bounds that stand on no page are assumed.

use entrasim_domain::policy::authentication_methods::MethodName;
use serde_json::{Value, json};

use crate::surface::graph::policy::member::Member;
use crate::surface::graph::schema::{Shape, Version};

/// One kind.
pub(in crate::surface::graph) struct ConfigurationKind {
    pub(in crate::surface::graph) id: &'static str,
    /// The type's name.
    pub(in crate::surface::graph) name: &'static str,
    /// What the domain calls it; external ones have ids instead.
    pub(in crate::surface::graph) method: Option<MethodName>,
    only: Option<Version>,
    pub(in crate::surface::graph) settings: &'static [Member],
    /// What each target says beside its id and its type.
    pub(in crate::surface::graph) target: &'static [Member],
}

impl ConfigurationKind {
    const fn new(
        id: &'static str,
        name: &'static str,
        method: MethodName,
        settings: &'static [Member],
        target: &'static [Member],
    ) -> Self {
        Self {
            id,
            name,
            method: Some(method),
            only: None,
            settings,
            target,
        }
    }

    const fn only(mut self, version: Version) -> Self {
        self.only = Some(version);
        self
    }

    pub(in crate::surface::graph) fn is_in(&self, version: Version) -> bool {
        self.only.is_none_or(|only| only == version)
    }
}

fn null() -> Value {
    Value::Null
}

fn no() -> Value {
    json!(false)
}

fn yes() -> Value {
    json!(true)
}

fn nothing() -> Value {
    json!([])
}

const fn text(name: &'static str) -> Member {
    Member::new(name, Shape::Text(256), null)
}

const fn is_registration_required() -> Member {
    Member::new("isRegistrationRequired", Shape::Boolean, no)
}

const TARGET: &[Member] = &[is_registration_required()];

const RESTRICTIONS: &[(&str, Shape)] = &[
    ("isEnforced", Shape::Boolean),
    ("enforcementType", Shape::OneOf(&["allow", "block"])),
    ("aaGuids", Shape::List(&Shape::Guid)),
];

const KEY_RESTRICTIONS: Shape = Shape::Record(RESTRICTIONS);

/// All members are required; what is left out is null.
const PASSKEY_PROFILE: Shape = Shape::Record(&[
    ("id", Shape::Guid),
    ("name", Shape::Text(256)),
    ("passkeyTypes", Shape::Text(64)),
    (
        "attestationEnforcement",
        Shape::OneOf(&["disabled", "registrationOnly"]),
    ),
    ("keyRestrictions", Shape::Object(RESTRICTIONS)),
]);

const FEATURE_TARGET: Shape = Shape::Record(&[
    (
        "targetType",
        Shape::FirstOf(&["group", "administrativeUnit", "role"]),
    ),
    ("id", Shape::Text(64)),
]);

const FEATURE: Shape = Shape::Record(&[
    ("state", Shape::FirstOf(&["default", "enabled", "disabled"])),
    ("includeTarget", FEATURE_TARGET),
    ("excludeTarget", FEATURE_TARGET),
]);

/// A feature of Authenticator that Microsoft manages, for everybody.
fn managed() -> Value {
    json!({
        "state": "default",
        "includeTarget": {"targetType": "group", "id": "all_users"},
        "excludeTarget": {"targetType": "group", "id": "00000000-0000-0000-0000-000000000000"},
    })
}

const MODES: &[&str] = &["x509CertificateSingleFactor", "x509CertificateMultiFactor"];
const LEVELS: &[&str] = &["low", "high"];

const CERTIFICATE_RULE: Shape = Shape::Record(&[
    (
        "x509CertificateRuleType",
        Shape::OneOf(&["issuerSubject", "policyOID", "issuerSubjectAndPolicyOID"]),
    ),
    ("identifier", Shape::Text(1024)),
    ("issuerSubjectIdentifier", Shape::Text(1024)),
    ("policyOidIdentifier", Shape::Text(256)),
    ("x509CertificateAuthenticationMode", Shape::OneOf(MODES)),
    (
        "x509CertificateRequiredAffinityLevel",
        Shape::FirstOf(LEVELS),
    ),
]);

const BINDING: Shape = Shape::Record(&[
    ("x509CertificateField", Shape::Text(64)),
    ("userProperty", Shape::Text(64)),
    ("priority", Shape::Integer(1..=100)),
    ("trustAffinityLevel", Shape::FirstOf(LEVELS)),
]);

const AUTHORITY_SCOPE: Shape = Shape::Record(&[
    ("subjectKeyIdentifier", Shape::Text(256)),
    ("publicKeyInfrastructureIdentifier", Shape::Text(256)),
    (
        "includeTargets",
        Shape::List(&Shape::Record(&[
            ("id", Shape::Text(64)),
            ("targetType", Shape::FirstOf(&["group", "user"])),
        ])),
    ),
]);

fn bindings() -> Value {
    let binding = |field: &str, priority: u8| {
        json!({
            "x509CertificateField": field, "userProperty": "userPrincipalName",
            "priority": priority, "trustAffinityLevel": "low",
        })
    };
    json!([binding("PrincipalName", 1), binding("RFC822Name", 2)])
}

pub(in crate::surface::graph) const CONFIGURATION_KINDS: &[ConfigurationKind] = &[
    ConfigurationKind::new(
        "Fido2",
        "fido2AuthenticationMethodConfiguration",
        MethodName::Fido2,
        &[
            Member::new("isSelfServiceRegistrationAllowed", Shape::Boolean, yes),
            Member::new("isAttestationEnforced", Shape::Boolean, || json!(false)),
            Member::new(
                "keyRestrictions",
                KEY_RESTRICTIONS,
                || json!({"isEnforced": false, "enforcementType": "block", "aaGuids": []}),
            ),
            Member::new("defaultPasskeyProfile", Shape::Guid, null),
            Member::new("passkeyProfiles", Shape::List(&PASSKEY_PROFILE), nothing),
        ],
        &[
            is_registration_required(),
            Member::new("allowedPasskeyProfiles", Shape::List(&Shape::Guid), nothing),
        ],
    ),
    ConfigurationKind::new(
        "MicrosoftAuthenticator",
        "microsoftAuthenticatorAuthenticationMethodConfiguration",
        MethodName::MicrosoftAuthenticator,
        &[
            Member::new("isSoftwareOathEnabled", Shape::Boolean, no),
            Member::new(
                "featureSettings",
                Shape::Record(&[
                    ("displayAppInformationRequiredState", FEATURE),
                    ("displayLocationInformationRequiredState", FEATURE),
                    ("companionAppAllowedState", FEATURE),
                    ("numberMatchingRequiredState", FEATURE),
                ]),
                || {
                    json!({
                        "displayAppInformationRequiredState": managed(),
                        "displayLocationInformationRequiredState": managed(),
                        "companionAppAllowedState": managed(),
                        "numberMatchingRequiredState": managed(),
                    })
                },
            )
            .beta_members(&["companionAppAllowedState", "numberMatchingRequiredState"]),
        ],
        &[
            is_registration_required(),
            Member::new(
                "authenticationMode",
                Shape::OneOf(&["any", "push", "deviceBasedPush"]),
                || json!("any"),
            ),
        ],
    ),
    ConfigurationKind::new(
        "Sms",
        "smsAuthenticationMethodConfiguration",
        MethodName::Sms,
        &[],
        &[
            is_registration_required(),
            Member::new("isUsableForSignIn", Shape::Boolean, no),
        ],
    ),
    ConfigurationKind::new(
        "TemporaryAccessPass",
        "temporaryAccessPassAuthenticationMethodConfiguration",
        MethodName::TemporaryAccessPass,
        &[
            Member::new(
                "defaultLifetimeInMinutes",
                Shape::Integer(10..=43_200),
                || json!(60),
            ),
            Member::new("defaultLength", Shape::Integer(8..=48), || json!(8)),
            Member::new(
                "minimumLifetimeInMinutes",
                Shape::Integer(10..=43_200),
                || json!(60),
            ),
            Member::new(
                "maximumLifetimeInMinutes",
                Shape::Integer(10..=43_200),
                || json!(480),
            ),
            Member::new("isUsableOnce", Shape::Boolean, no),
        ],
        TARGET,
    ),
    ConfigurationKind::new(
        "HardwareOath",
        "hardwareOathAuthenticationMethodConfiguration",
        MethodName::HardwareOath,
        &[],
        TARGET,
    )
    .only(Version::Beta),
    ConfigurationKind::new(
        "SoftwareOath",
        "softwareOathAuthenticationMethodConfiguration",
        MethodName::SoftwareOath,
        &[],
        TARGET,
    ),
    ConfigurationKind::new(
        "Voice",
        "voiceAuthenticationMethodConfiguration",
        MethodName::Voice,
        &[
            Member::new("isOfficePhoneAllowed", Shape::Boolean, no),
            text("callerIdNumber").only(Version::Beta),
        ],
        TARGET,
    ),
    ConfigurationKind::new(
        "Email",
        "emailAuthenticationMethodConfiguration",
        MethodName::Email,
        &[Member::new(
            "allowExternalIdToUseEmailOtp",
            Shape::OneOf(&["default", "enabled", "disabled"]),
            || json!("default"),
        )],
        TARGET,
    ),
    ConfigurationKind::new(
        "X509Certificate",
        "x509CertificateAuthenticationMethodConfiguration",
        MethodName::X509Certificate,
        &[
            Member::new("certificateUserBindings", Shape::List(&BINDING), bindings),
            Member::new(
                "authenticationModeConfiguration",
                Shape::Record(&[
                    (
                        "x509CertificateAuthenticationDefaultMode",
                        Shape::FirstOf(MODES),
                    ),
                    (
                        "x509CertificateDefaultRequiredAffinityLevel",
                        Shape::FirstOf(LEVELS),
                    ),
                    ("rules", Shape::List(&CERTIFICATE_RULE)),
                ]),
                || {
                    json!({
                        "x509CertificateAuthenticationDefaultMode": "x509CertificateSingleFactor",
                        "x509CertificateDefaultRequiredAffinityLevel": "low",
                        "rules": [],
                    })
                },
            ),
            Member::new(
                "issuerHintsConfiguration",
                Shape::Record(&[("state", Shape::FirstOf(&["disabled", "enabled"]))]),
                || json!({"state": "disabled"}),
            ),
            Member::new(
                "crlValidationConfiguration",
                Shape::Record(&[
                    ("state", Shape::FirstOf(&["disabled", "enabled"])),
                    (
                        "exemptedCertificateAuthoritiesSubjectKeyIdentifiers",
                        Shape::List(&Shape::Text(256)),
                    ),
                ]),
                || json!({"state": "disabled", "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": []}),
            )
            .only(Version::V1),
            Member::new(
                "certificateAuthorityScopes",
                Shape::List(&AUTHORITY_SCOPE),
                nothing,
            ),
            Member::new("requireCertificateSidAlignment", Shape::Boolean, no).only(Version::Beta),
        ],
        TARGET,
    ),
    ConfigurationKind::new(
        "QRCodePin",
        "qrCodePinAuthenticationMethodConfiguration",
        MethodName::QrCodePin,
        &[
            Member::new(
                "standardQRCodeLifetimeInDays",
                Shape::Integer(1..=395),
                || json!(365),
            ),
            Member::new("pinLength", Shape::Integer(8..=20), || json!(8)),
        ],
        TARGET,
    ),
    ConfigurationKind::new(
        "VerifiableCredentials",
        "verifiableCredentialsAuthenticationMethodConfiguration",
        MethodName::VerifiableCredentials,
        &[Member::new(
            "identityVerificationEventsConfiguration",
            Shape::Record(&[("isEnabled", Shape::Boolean)]),
            null,
        )
        .only(Version::Beta)],
        &[
            is_registration_required(),
            Member::new("verifiedIdProfiles", Shape::List(&Shape::Guid), nothing),
        ],
    ),
];

/// A second factor of another maker.
pub(in crate::surface::graph) const EXTERNAL: ConfigurationKind = ConfigurationKind {
    id: "",
    name: "externalAuthenticationMethodConfiguration",
    method: None,
    only: None,
    settings: &[
        text("displayName"),
        Member::new("appId", Shape::Guid, null),
        Member::new(
            "openIdConnectSetting",
            Shape::Record(&[
                ("clientId", Shape::Text(256)),
                ("discoveryUrl", Shape::Text(2048)),
            ]),
            null,
        ),
    ],
    target: TARGET,
};

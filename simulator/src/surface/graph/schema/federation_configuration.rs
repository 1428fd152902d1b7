//! The `internalDomainFederation` entity type: contained in a domain. Nothing here acts on it: people of a federated domain sign in
//! at the simulator, not at the provider that is named.

use std::borrow::Cow;

use entrasim_domain::directory::domain::Federation;

use super::{Access, EntityType, Navigation, Projected, Property, Row, Shape};

type P = Property<Federation>;

pub(in crate::surface::graph) static FEDERATION_CONFIGURATION: EntityType<Federation> =
    EntityType {
        name: "internalDomainFederation",
        set: "federationConfiguration",
        class: "InternalDomainFederation",
        properties: PROPERTIES,
        navigations: &[],
        missing: &[
            "defaultInteractiveAuthenticationMethod",
            "openIdConnectDiscoveryEndpoint",
            "passwordChangeUri",
            "systemBrowserEnabledOn",
        ],
        rows: |_, _| Box::new(core::iter::empty()),
        size: None,
        id: |_| None,
        get: |_, _| None,
    };

const URI: Shape = Shape::Text(1024);
/// Base64 of a certificate; the service looks at it later.
const CERTIFICATE: Shape = Shape::Text(8192);

const PROPERTIES: &[P] = &[
    P::text("@odata.type", |_, _| {
        Some(Cow::Borrowed("#microsoft.graph.internalDomainFederation"))
    })
    .access(Access::ReadOnly),
    P::text("id", |_, federation| {
        Some(Cow::Owned(federation.id.to_string()))
    })
    .access(Access::ReadOnly),
    P::kept("displayName", Shape::Text(256)),
    P::kept("issuerUri", URI),
    P::kept("metadataExchangeUri", URI),
    P::kept("signingCertificate", CERTIFICATE),
    P::kept("passiveSignInUri", URI),
    P::kept(
        "preferredAuthenticationProtocol",
        Shape::OneOf(&["wsFed", "saml"]),
    ),
    P::kept("activeSignInUri", URI),
    P::kept("signOutUri", URI),
    P::kept(
        "promptLoginBehavior",
        Shape::OneOf(&[
            "translateToFreshPasswordAuthentication",
            "nativeSupport",
            "disabled",
        ]),
    ),
    P::kept("isSignedAuthenticationRequestRequired", Shape::Boolean),
    P::kept("nextSigningCertificate", CERTIFICATE),
    P::kept("passwordResetUri", URI),
    P::complex("signingCertificateUpdateStatus", |_, _| {
        serde_json::Value::Null
    })
    .access(Access::ReadOnly),
    P::kept(
        "federatedIdpMfaBehavior",
        Shape::OneOf(&[
            "acceptIfMfaDoneByFederatedIdp",
            "enforceMfaByFederatedIdp",
            "rejectMfaByFederatedIdp",
        ]),
    ),
];

pub(super) const FEDERATION_CONFIGURATIONS: Navigation = Navigation::many(
    "federationConfiguration",
    &FEDERATION_CONFIGURATION,
    |_, of, _| match of {
        Row::Domain(domain) => {
            let federation = domain.federation.as_deref();
            Box::new(federation.map(Projected::row).into_iter())
        }
        _ => Box::new(core::iter::empty()),
    },
)
.contained()
.unexpandable();

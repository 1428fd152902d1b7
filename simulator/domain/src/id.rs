//! Identifiers. Each kind is a type of its own, so that no bare GUID crosses a function.

use core::fmt;
use core::str::FromStr;

use uuid::Uuid;

macro_rules! guids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub Uuid);

        impl $name {
            pub const fn from_u128(value: u128) -> Self {
                Self(Uuid::from_u128(value))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            /// Only the hyphenated form is an identifier on the wire.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let id = Uuid::parse_str(text)?;
                if text.len() == 36 { Ok(Self(id)) } else { Uuid::parse_str("").map(Self) }
            }
        }
    )+};
}

guids! {
    /// A tenant (directory), the `tid` claim.
    TenantId,
    /// Any directory object: user, group, application registration, service principal. The `oid` claim.
    ObjectId,
    /// An application's client id, the `appid` or `azp` claim.
    AppId,
    /// A directory role's template id, which is also its definition id; the `wids` claim.
    RoleTemplateId,
    /// A permission: a delegated scope or an app role.
    PermissionId,
    /// A product that is licensed, the `skuId`.
    SkuId,
    /// A service plan of such a product.
    PlanId,
    /// An Azure subscription.
    SubscriptionId,
    /// A secret's or certificate's key id.
    KeyId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_an_identifier() {
        assert!(
            "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
                .parse::<AppId>()
                .is_ok()
        );
        assert!(
            "04B07795-8DDB-461A-BBEE-02F9E1BF7B46"
                .parse::<AppId>()
                .is_ok()
        );
        assert!("04b077958ddb461abbee02f9e1bf7b46".parse::<AppId>().is_err());
        assert!(
            "{04b07795-8ddb-461a-bbee-02f9e1bf7b46}"
                .parse::<AppId>()
                .is_err()
        );
        assert!("common".parse::<AppId>().is_err());
    }
}

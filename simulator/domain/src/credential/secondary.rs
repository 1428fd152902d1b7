//! The second factor that a user is asked for first, and the registered method behind it.

use super::method::{AuthenticationMethod, MethodKind, PhoneKind};

/// `userDefaultAuthenticationMethod`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SecondFactor {
    Push,
    Oath,
    VoiceMobile,
    VoiceAlternateMobile,
    VoiceOffice,
    Sms,
}

/// What a user wants to be asked for (`signInPreferences`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SignInPreferences {
    pub second_factor: Option<SecondFactor>,
    /// The system picks the strongest method; `None` is what the policy says.
    pub system_preferred: Option<bool>,
}

impl SecondFactor {
    pub const ALL: [Self; 6] = [
        Self::Push,
        Self::Oath,
        Self::VoiceMobile,
        Self::VoiceAlternateMobile,
        Self::VoiceOffice,
        Self::Sms,
    ];

    /// As Graph writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Oath => "oath",
            Self::VoiceMobile => "voiceMobile",
            Self::VoiceAlternateMobile => "voiceAlternateMobile",
            Self::VoiceOffice => "voiceOffice",
            Self::Sms => "sms",
        }
    }

    /// Whether a method can be shown in this way.
    pub fn is_of(self, kind: &MethodKind) -> bool {
        match kind {
            MethodKind::MicrosoftAuthenticator(app) => match self {
                Self::Push => true,
                Self::Oath => app.oath.is_some(),
                _ => false,
            },
            MethodKind::SoftwareOath(_) => self == Self::Oath,
            MethodKind::HardwareOath(token) => self == Self::Oath && token.oath.is_some(),
            MethodKind::Phone(phone) => match phone.kind {
                PhoneKind::Mobile => matches!(self, Self::Sms | Self::VoiceMobile),
                PhoneKind::AlternateMobile => self == Self::VoiceAlternateMobile,
                PhoneKind::Office => self == Self::VoiceOffice,
            },
            _ => false,
        }
    }

    /// What a method is shown as if nobody chose.
    fn first_of(kind: &MethodKind) -> Option<Self> {
        [
            Self::Push,
            Self::Oath,
            Self::Sms,
            Self::VoiceAlternateMobile,
            Self::VoiceOffice,
        ]
        .into_iter()
        .find(|factor| factor.is_of(kind))
    }
}

impl SignInPreferences {
    /// The default second factor and its method: what the user chose, or else what was registered first (assumed: a
    /// registration sets it).
    pub fn default_of<'m>(
        &self,
        methods: &'m [AuthenticationMethod],
    ) -> Option<(SecondFactor, &'m AuthenticationMethod)> {
        let chosen = self.second_factor.and_then(|factor| {
            let mut all = methods.iter();
            Some((factor, all.find(|method| factor.is_of(&method.kind))?))
        });
        chosen.or_else(|| {
            methods
                .iter()
                .find_map(|method| Some((SecondFactor::first_of(&method.kind)?, method)))
        })
    }

    /// Whether a method is the default one while others could take its place: then it cannot be deleted.
    pub fn protects(
        &self,
        methods: &[AuthenticationMethod],
        method: &AuthenticationMethod,
    ) -> bool {
        let is_default = self
            .default_of(methods)
            .is_some_and(|(_, default)| default.id == method.id);
        let mut others = methods.iter().filter(|other| other.id != method.id);
        is_default && others.any(|other| SecondFactor::first_of(&other.kind).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::method::Phone;
    use crate::credential::one_time_code::Oath;
    use crate::time::Timestamp;

    fn method(kind: MethodKind, id: u128) -> AuthenticationMethod {
        AuthenticationMethod {
            id: uuid::Uuid::from_u128(id),
            registered: Timestamp::UNIX_EPOCH,
            kind,
        }
    }

    #[test]
    fn the_first_registration_is_the_default_until_another_is_chosen() {
        let phone = MethodKind::Phone(Phone {
            number: "+1 5555551234".to_owned(),
            kind: PhoneKind::Mobile,
            sms_sign_in: false,
        });
        let methods = [
            method(
                MethodKind::Email {
                    address: String::new(),
                },
                1,
            ),
            method(phone, 2),
            method(MethodKind::SoftwareOath(Oath::new([1].as_slice())), 3),
        ];
        let mut preferences = SignInPreferences::default();
        let of = |preferences: &SignInPreferences| {
            preferences
                .default_of(&methods)
                .map(|(factor, method)| (factor, method.id.as_u128()))
        };
        assert_eq!(of(&preferences), Some((SecondFactor::Sms, 2)));
        assert!(preferences.protects(&methods, &methods[1]));
        assert!(!preferences.protects(&methods, &methods[0]));
        assert!(
            !preferences.protects(&methods[..2], &methods[1]),
            "the only one"
        );
        preferences.second_factor = Some(SecondFactor::Oath);
        assert_eq!(of(&preferences), Some((SecondFactor::Oath, 3)));
        preferences.second_factor = Some(SecondFactor::Push);
        assert_eq!(of(&preferences), Some((SecondFactor::Sms, 2)), "it is gone");
    }
}

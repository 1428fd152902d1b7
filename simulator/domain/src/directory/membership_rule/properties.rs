//! The properties that rules read (Microsoft Learn, "Manage rules for dynamic membership groups", supported properties).

use super::{Device, Held, Names, User};
use crate::directory::user::UserType;

pub(super) const USER_PROPERTIES: &[&str] = &[
    "accountenabled",
    "city",
    "companyname",
    "country",
    "department",
    "dirsyncenabled",
    "displayname",
    "employeeid",
    "facsimiletelephonenumber",
    "givenname",
    "jobtitle",
    "mail",
    "mailnickname",
    "mobile",
    "objectid",
    "onpremisesdistinguishedname",
    "onpremisessecurityidentifier",
    "othermails",
    "passwordpolicies",
    "physicaldeliveryofficename",
    "postalcode",
    "preferredlanguage",
    "proxyaddresses",
    "sipproxyaddress",
    "state",
    "streetaddress",
    "surname",
    "telephonenumber",
    "usagelocation",
    "userprincipalname",
    "usertype",
];

pub(super) const DEVICE_PROPERTIES: &[&str] = &[
    "accountenabled",
    "devicemanufacturer",
    "devicemodel",
    "deviceid",
    "deviceostype",
    "deviceosversion",
    "devicetrusttype",
    "displayname",
    "objectid",
    "profiletype",
];

fn text<T: AsRef<str>>(value: Option<T>) -> Held {
    value.map_or(Held::Null, |value| Held::Text(value.as_ref().to_owned()))
}

pub(super) fn of_user(user: &User, names: &Names<'_>, name: &str) -> Held {
    let profile = user.profile();
    if let Some((_, kept)) = KEPT.iter().find(|(known, _)| *known == name) {
        return text(profile.kept.text(kept));
    }
    match name {
        "accountenabled" => Held::Boolean(user.account_enabled),
        "department" => text(user.department.as_ref()),
        "dirsyncenabled" => profile
            .kept
            .get("onPremisesSyncEnabled")
            .map_or(Held::Null, Held::from),
        "displayname" => text(Some(&user.display_name)),
        "employeeid" => text(profile.employee_id.as_ref()),
        "givenname" => text(user.given_name.as_ref()),
        "jobtitle" => text(user.job_title.as_ref()),
        "mail" => text(names.mail),
        "mailnickname" => text(Some(user.mail_nickname())),
        "objectid" => Held::Text(user.id.to_string()),
        "othermails" => many(user, "otherMails"),
        "proxyaddresses" => many(user, "proxyAddresses"),
        "surname" => text(user.surname.as_ref()),
        "telephonenumber" => text(profile.kept.texts("businessPhones").next()),
        "userprincipalname" => text(Some(names.principal_name)),
        "usertype" => Held::Text(match user.user_type {
            UserType::Member => "Member".to_owned(),
            UserType::Guest => "Guest".to_owned(),
        }),
        name => extension(user, name),
    }
}

/// Texts that rules call otherwise than Graph, and those that only the case tells apart.
const KEPT: &[(&str, &str)] = &[
    ("city", "city"),
    ("companyname", "companyName"),
    ("country", "country"),
    ("facsimiletelephonenumber", "faxNumber"),
    ("mobile", "mobilePhone"),
    ("onpremisesdistinguishedname", "onPremisesDistinguishedName"),
    (
        "onpremisessecurityidentifier",
        "onPremisesSecurityIdentifier",
    ),
    ("passwordpolicies", "passwordPolicies"),
    ("physicaldeliveryofficename", "officeLocation"),
    ("postalcode", "postalCode"),
    ("preferredlanguage", "preferredLanguage"),
    ("state", "state"),
    ("streetaddress", "streetAddress"),
    ("usagelocation", "usageLocation"),
];

fn many(user: &User, name: &str) -> Held {
    let texts = user.profile().kept.texts(name);
    Held::Many(texts.map(str::to_owned).collect())
}

fn extension(user: &User, name: &str) -> Held {
    let profile = user.profile();
    if let Some(number) = name.strip_prefix("extensionattribute") {
        let number = number.parse().ok();
        return text(number.and_then(|number| profile.extension_attribute(number)));
    }
    let mut extensions = profile.extensions.iter();
    let found = extensions.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or(Held::Null, |(_, value)| value.into())
}

pub(super) fn of_device(device: &Device, name: &str) -> Held {
    match name {
        "accountenabled" => Held::Boolean(device.account_enabled),
        "devicemanufacturer" => text(device.manufacturer.as_ref()),
        "devicemodel" => text(device.model.as_ref()),
        "deviceid" => Held::Text(device.device_id.to_string()),
        "deviceostype" => text(Some(&device.operating_system)),
        "deviceosversion" => text(Some(&device.operating_system_version)),
        "devicetrusttype" => text(device.trust_type.as_ref()),
        "displayname" => text(Some(&device.display_name)),
        "objectid" => Held::Text(device.id.to_string()),
        "profiletype" => text(device.profile_type.as_ref()),
        name => {
            let number = name.strip_prefix("extensionattribute");
            let number = number.and_then(|number| number.parse().ok());
            text(number.and_then(|number| device.extension_attribute(number)))
        }
    }
}

use serde_json::json;

use super::*;
use crate::id::ObjectId;
use crate::time::Timestamp;

fn fits(rule: &str) -> bool {
    let id = ObjectId::from_u128(1);
    let mut user = User::new(id, "ann", "Ann Lee", Timestamp::UNIX_EPOCH);
    user.department = Some("Sales".into());
    let kept = &mut user.profile_mut().kept;
    kept.set("otherMails", json!(["ann@home.example"]));
    kept.set(
        "onPremisesExtensionAttributes",
        json!({"extensionAttribute2": "blue"}),
    );
    let names = Names {
        principal_name: "ann@contoso.com",
        mail: None,
    };
    let rule = MembershipRule::parse(rule);
    rule.expect("the test writes a rule")
        .fits_user(&user, &names)
}

#[test]
fn each_operator_compares_without_regard_to_case() {
    for (rule, expected) in [
        (r#"user.department -eq "sales""#, true),
        (r#"user.department -ne "Sales""#, false),
        (r#"(user.displayName -startsWith "ann")"#, true),
        (r#"user.displayName -notStartsWith "bob""#, true),
        (r#"user.displayName -endsWith "LEE""#, true),
        (r#"user.displayName -contains "n l""#, true),
        (r#"user.displayName -notContains "n l""#, false),
        (r#"user.department -in ["HR", "Sales"]"#, true),
        (r#"user.department -notIn ["HR","Sales"]"#, false),
        ("user.mail -eq null", true),
        ("user.mail -ne $null", false),
        ("user.accountEnabled -eq true", true),
        (r#"user.accountEnabled -ne "False""#, true),
        (r#"user.otherMails -any (_ -startsWith "ann@")"#, true),
        (r#"user.otherMails -all (_ -contains "work")"#, false),
        (r#"user.extensionAttribute2 -eq "Blue""#, true),
        (r#"user.userPrincipalName -endsWith "@contoso.com""#, true),
    ] {
        assert_eq!(fits(rule), expected, "{rule}");
    }
}

#[test]
fn not_binds_before_and_and_that_before_or() {
    assert!(fits(
        r#"user.department -eq "HR" -and user.department -eq "IT" -or user.department -eq "Sales""#
    ));
    assert!(fits(
        r#"-not (user.department -eq "HR") -and user.department -eq "Sales""#
    ));
    assert!(!fits(
        r#"-not (user.department -eq "HR" -or user.department -eq "Sales")"#
    ));
    assert!(fits(r#"not user.department -eq "HR""#));
}

#[test]
fn what_is_no_rule_is_refused_and_what_is_not_simulated_is_named() {
    for rule in [
        "",
        "user.department",
        r#"user.department -eq "Sales"#,
        "department -eq \"x\"",
        "user.shoeSize -eq 4",
        "(user.mail -eq null",
        "user.mail -eq null)",
    ] {
        assert!(
            !matches!(
                MembershipRule::parse(rule),
                Ok(_) | Err(RuleError::NotSimulated(_))
            ),
            "{rule}"
        );
    }
    for rule in [
        r#"user.department -match "^S""#,
        r#"user.memberof -any (group.objectId -in ["x"])"#,
    ] {
        assert!(matches!(
            MembershipRule::parse(rule),
            Err(RuleError::NotSimulated(_))
        ));
    }
}

#[test]
fn an_app_s_rule_about_devices_is_about_no_user() {
    let rule = MembershipRule::parse(r#"device.deviceOSType -eq "Windows""#).unwrap();
    assert_eq!(rule.kind(), Kind::Device);
    let id = ObjectId::from_u128(2);
    let mut device = Device::new(
        id,
        uuid::Uuid::nil(),
        "pc".to_owned(),
        Timestamp::UNIX_EPOCH,
    );
    device.operating_system = "Windows".to_owned();
    assert!(rule.fits_device(&device));
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(text: String) {
        let _ = MembershipRule::parse(&text);
    }
}

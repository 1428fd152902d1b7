use super::*;

fn options(number: u64) -> SeedOptions {
    SeedOptions {
        number,
        display_name: "Contoso".to_owned(),
        users: 50,
        clock: Clock::Manual { now: CREATED },
        enforcement: Enforcement::default(),
        security_defaults: false,
        deploy_certificate: vec![1, 2, 3],
        workload_issuer: "https://workload.entrasim.example".to_owned(),
        workload_issuer_keys: "{}".to_owned(),
    }
}

#[test]
fn the_same_seed_makes_the_same_tenant() {
    let (one, two) = (contoso(&options(3)), contoso(&options(3)));
    assert_eq!(format!("{one:?}"), format!("{two:?}"));
    assert_ne!(one.id, contoso(&options(4)).id);
}

#[test]
fn the_named_accounts_are_there_with_passwords() {
    let tenant = contoso(&options(0));
    assert_eq!(tenant.initial_domain(), "contoso.onmicrosoft.com");
    for name in ACCOUNTS.iter().filter(|name| **name != "guest") {
        let user = tenant
            .user_by_principal_name(&format!("{name}@Contoso.onmicrosoft.com"))
            .unwrap();
        assert!(user.password.is_some(), "{name}");
    }
    assert!(
        tenant
            .user_by_sign_in_name("PAT@fabrikam.example")
            .is_some()
    );
    assert_eq!(tenant.users.len(), 58);
}

#[test]
fn app_deploy_holds_every_permission_it_was_given() {
    let tenant = contoso(&options(0));
    assert_eq!(tenant.app_role_assignments.len(), DEPLOY_PERMISSIONS.len());
}

#[test]
fn a_fork_has_the_same_people_under_another_domain() {
    let tenant = contoso(&options(0));
    let fork = tenant.fork(tenant_id(9), initial_domain(9), 9);
    let name = format!("alice@{}", initial_domain(9));
    assert_eq!(
        tenant.principal_name(fork.user_by_principal_name(&name).unwrap()),
        "alice@contoso.onmicrosoft.com"
    );
    assert!(
        fork.user_by_principal_name("alice@contoso.onmicrosoft.com")
            .is_none()
    );
}

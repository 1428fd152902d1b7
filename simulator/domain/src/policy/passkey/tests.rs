use super::*;

const EVERYBODY: &[ObjectId] = &[];

fn id(number: u128) -> ObjectId {
    ObjectId(Uuid::from_u128(number))
}

fn traits(synced: bool, proved: bool) -> PasskeyTraits {
    PasskeyTraits {
        model: Some(Uuid::from_u128(7)),
        synced,
        unproved: (!proved).then(|| "no statement".to_owned()),
    }
}

fn profile(number: u128, rules: PasskeyRules) -> PasskeyProfile {
    PasskeyProfile {
        id: Uuid::from_u128(number),
        name: format!("Profile {number}"),
        rules,
    }
}

fn rules(attestation_enforced: bool, device_bound: bool, synced: bool) -> PasskeyRules {
    PasskeyRules {
        attestation_enforced,
        device_bound,
        synced,
        models: KeyRestrictions::default(),
    }
}

/// Administrators prove their model, everybody else may sync.
fn policy() -> PasskeyPolicy {
    PasskeyPolicy {
        profiles: vec![
            profile(1, rules(false, false, true)),
            profile(2, rules(true, true, false)),
        ],
        default_profile: Some(DEFAULT_PROFILE),
        assigned: vec![
            (Some(id(50)), vec![Uuid::from_u128(1)]),
            (Some(id(51)), vec![Uuid::from_u128(2)]),
        ],
        ..PasskeyPolicy::default()
    }
}

#[test]
fn rules_look_at_kind_model_and_proof() {
    type Expected = Result<(), fn(&Unfit) -> bool>;
    let attested: fn(&Unfit) -> bool = |unfit| matches!(unfit, Unfit::NotAttested(_));
    let without: fn(&Unfit) -> bool = |unfit| *unfit == Unfit::SyncedAndAttested;
    let synced: fn(&Unfit) -> bool = |unfit| *unfit == Unfit::Synced;
    let bound: fn(&Unfit) -> bool = |unfit| *unfit == Unfit::DeviceBound;
    let table: &[(PasskeyRules, bool, bool, Expected, bool)] = &[
        // rules, synced, proved: registration, use
        (rules(false, true, true), false, false, Ok(()), true),
        (rules(false, true, true), true, false, Ok(()), true),
        (rules(true, true, true), false, true, Ok(()), true),
        // A registration without proof is refused, what is registered stays good.
        (rules(true, true, true), false, false, Err(attested), true),
        (rules(true, true, true), true, true, Err(without), true),
        (rules(false, true, false), true, false, Err(synced), false),
        (rules(false, false, true), false, false, Err(bound), false),
        (rules(false, false, true), true, false, Ok(()), true),
    ];
    for (row, (rules, is_synced, proved, registration, usable)) in table.iter().enumerate() {
        let traits = traits(*is_synced, *proved);
        match (rules.permit_registration(&traits), registration) {
            (Ok(()), Ok(())) => {}
            (Err(unfit), Err(expected)) => assert!(expected(&unfit), "row {row}: {unfit}"),
            (found, _) => panic!("row {row}: {found:?}"),
        }
        assert_eq!(rules.permit_use(&traits).is_ok(), *usable, "row {row}");
    }
}

#[test]
fn one_profile_of_those_in_scope_has_to_fit() {
    let policy = policy();
    let synced = traits(true, false);
    let proved = traits(false, true);
    let unproved = traits(false, false);
    assert!(policy.permit_registration(&synced, &[id(50)]).is_ok());
    assert!(policy.permit_registration(&proved, &[id(51)]).is_ok());
    let both = [id(50), id(51)];
    for traits in [&synced, &proved] {
        assert!(policy.permit_registration(traits, &both).is_ok());
        assert!(policy.permits_use(traits, &both));
    }
    let refused = policy.permit_registration(&unproved, &both).unwrap_err();
    let names: Vec<_> = refused.iter().map(|(name, _)| name.as_deref()).collect();
    assert_eq!(names, [Some("Profile 1"), Some("Profile 2")]);
    assert_eq!(refused[0].1, Unfit::DeviceBound);
    assert!(matches!(refused[1].1, Unfit::NotAttested(_)));
    assert!(!policy.permits_use(&synced, &[id(51)]));
    // What is not proved any more is of no interest later.
    assert!(policy.permits_use(&unproved, &[id(51)]));
}

#[test]
fn who_is_in_no_target_with_profiles_has_the_default_one() {
    let mut policy = policy();
    policy.assigned = vec![(None, Vec::new())];
    assert!(
        policy
            .permit_registration(&traits(true, false), EVERYBODY)
            .is_ok()
    );
    assert!(
        policy
            .permit_registration(&traits(false, true), EVERYBODY)
            .is_err()
    );
}

#[test]
fn without_profiles_the_rules_of_the_tenant_count() {
    let mut policy = PasskeyPolicy::default();
    assert!(
        policy
            .permit_registration(&traits(true, false), EVERYBODY)
            .is_ok()
    );
    policy.tenant_wide.attestation_enforced = true;
    let refused = policy.permit_registration(&traits(false, false), EVERYBODY);
    let refused = refused.unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].0, None);
    // With profiles they do not.
    policy.profiles = vec![profile(1, PasskeyRules::default())];
    policy.default_profile = Some(DEFAULT_PROFILE);
    assert!(
        policy
            .permit_registration(&traits(false, false), EVERYBODY)
            .is_ok()
    );
}

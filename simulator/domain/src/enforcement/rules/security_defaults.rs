//! Security defaults: administrators always, everybody for Azure management.

use super::per_user_mfa::multifactor_interruption;
use super::{Evidence, Rule, not_applicable, passed, user_of_an_app};
use crate::catalogue::AZURE_RESOURCE_MANAGER;
use crate::enforcement::decision::Verdict;
use crate::enforcement::facts::{Facts, Policies, Stage, UserFacts};
use crate::enforcement::phase::PhaseName;
use crate::id::RoleTemplateId;
use crate::time::Timestamp;

const SOURCE: &str = "MicrosoftDocs/entra-docs fundamentals/security-defaults.md";

pub(super) const AZURE_MANAGEMENT: Rule = Rule {
    id: "security-defaults.azure-management",
    stage: Stage::SignIn,
    title: "Security defaults: everybody passes multifactor authentication for Azure management",
    effect: "interrupt",
    code: "AADSTS50076 or AADSTS50079",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Pass multifactor authentication, or use a workload identity instead of a user account.",
    evaluate: azure_management,
};

pub(super) const ADMINISTRATORS: Rule = Rule {
    id: "security-defaults.administrators",
    stage: Stage::SignIn,
    title: "Security defaults: administrators pass multifactor authentication at every sign-in",
    effect: "interrupt",
    code: "AADSTS50076 or AADSTS50079",
    source: SOURCE,
    evidence: Evidence::Confirmed,
    fix: "Pass multifactor authentication.",
    evaluate: administrators,
};

/// The roles that the page lists.
const ADMINISTRATOR_ROLES: [RoleTemplateId; 15] = [
    RoleTemplateId::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10), // Global Administrator
    RoleTemplateId::from_u128(0x9b89_5d92_2cd3_44c7_9d02_a6ac_2d5e_a5c3), // Application Administrator
    RoleTemplateId::from_u128(0xc4e3_9bd9_1100_46d3_8c65_fb16_0da0_071f), // Authentication Administrator
    RoleTemplateId::from_u128(0x0526_716b_113d_4c15_b2c8_68e3_c22b_9f80), // Authentication Policy Administrator
    RoleTemplateId::from_u128(0xb0f5_4661_2d74_4c50_afa3_1ec8_03f1_2efe), // Billing Administrator
    RoleTemplateId::from_u128(0x158c_047a_c907_4556_b7ef_4465_51a6_b5f7), // Cloud Application Administrator
    RoleTemplateId::from_u128(0xb1be_1c3e_b65d_4f19_8427_f6fa_0d97_feb9), // Conditional Access Administrator
    RoleTemplateId::from_u128(0x2923_2cdf_9323_42fd_ade2_1d09_7af3_e4de), // Exchange Administrator
    RoleTemplateId::from_u128(0x7298_27e3_9c14_49f7_bb1b_9608_f156_bbb8), // Helpdesk Administrator
    RoleTemplateId::from_u128(0x9667_07d0_3269_4727_9be2_8c3a_10f1_9b9d), // Password Administrator
    RoleTemplateId::from_u128(0x7be4_4c8a_adaf_4e2a_84d6_ab26_49e0_8a13), // Privileged Authentication Administrator
    RoleTemplateId::from_u128(0xe861_1ab8_c189_46e8_94e1_6021_3ab1_f814), // Privileged Role Administrator
    RoleTemplateId::from_u128(0x194a_e4cb_b126_40b2_bd5b_6091_b380_977d), // Security Administrator
    RoleTemplateId::from_u128(0xf28a_1f50_f6e7_4571_818b_6a12_f2af_6b6c), // SharePoint Administrator
    RoleTemplateId::from_u128(0xfe93_0be7_5e62_47db_91af_98c3_a49a_38b1), // User Administrator
];

fn azure_management(facts: &Facts, policies: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    let portal = PhaseName::Phase1.facts().clients.contains(&facts.client);
    ask(
        facts,
        policies,
        |_| facts.resource == AZURE_RESOURCE_MANAGER || portal,
        "Azure management",
    )
}

fn administrators(facts: &Facts, policies: &Policies<'_>, _: Timestamp) -> (Verdict, String) {
    let is_administrator = |user: &UserFacts| {
        user.roles
            .iter()
            .any(|role| ADMINISTRATOR_ROLES.contains(role))
    };
    ask(facts, policies, is_administrator, "an administrator")
}

fn ask(
    facts: &Facts,
    policies: &Policies<'_>,
    concerns: impl Fn(&UserFacts) -> bool,
    what: &str,
) -> (Verdict, String) {
    let user = match user_of_an_app(facts) {
        Ok(user) => user,
        Err(said) => return said,
    };
    if !policies.security_defaults {
        return not_applicable("Security defaults are off.");
    }
    if !concerns(user) {
        return not_applicable(format!("The sign-in does not concern {what}."));
    }
    if facts.authentication.is_multifactor() {
        return passed("The session has passed multifactor authentication.");
    }
    (
        Verdict::Fired(multifactor_interruption(user)),
        format!("Security defaults are on, the sign-in concerns {what}, and one factor was shown."),
    )
}

//! `COVERAGE.md`: what of the sign-in service is simulated, and the test that witnesses it. Written from the tables here and
//! from the error catalogue; a claim whose test does not exist fails, and so does a page that is out of date.

use std::path::{Path, PathBuf};

use entrasim_domain::catalogue::sign_in_errors;

use crate::sts::catalogue::{NOT_REACHABLE, ROWS};

/// Area, what is simulated, the test that witnesses it.
const SIMULATED: &[(&str, &str, &str)] = &[
    (
        "discovery",
        "OpenID configuration v1 and v2, keys, instance discovery, user realm",
        "a_domain_in_the_path_is_answered_with_the_tenants_id",
    ),
    (
        "grants",
        "client_credentials: secret, certificate, federated token",
        "an_apps_token_has_its_roles_and_no_scope",
    ),
    (
        "grants",
        "password",
        "a_password_gives_the_azure_cli_everything_it_needs",
    ),
    (
        "grants",
        "refresh_token, with the family of client ids",
        "only_family_members_share_a_refresh_token",
    ),
    (
        "grants",
        "authorization_code with PKCE",
        "a_password_leads_to_a_code_and_the_code_to_tokens",
    ),
    (
        "grants",
        "device code, v1 and v2 spellings",
        "the_v1_spellings_work_too",
    ),
    (
        "grants",
        "on-behalf-of",
        "a_web_app_gets_consent_once_calls_its_api_and_the_api_calls_on_behalf",
    ),
    (
        "grants",
        "what follows from a sign-in: its factors, contexts, kind of app and end, through code, refresh and on-behalf-of",
        "a_temporary_access_pass_bounds_everything_whichever_factor_it_was",
    ),
    (
        "grants",
        "revocation: sessions revoked, password reset or changed, account disabled or deleted",
        "whatever_ends_sign_ins_ends_every_credential_at_that_instant",
    ),
    (
        "responses",
        "query, fragment, form_post; code, id_token, token and their hybrids",
        "hybrid_and_implicit_answers_go_where_no_log_sees_them",
    ),
    (
        "pages",
        "identifier, password, stay signed in",
        "a_password_leads_to_a_code_and_the_code_to_tokens",
    ),
    (
        "pages",
        "the fields and calls that public tools use",
        "tools_post_name_and_password_at_once",
    ),
    (
        "pages",
        "account picker, single sign-on, prompt",
        "a_session_answers_the_next_app_without_asking",
    ),
    (
        "pages",
        "choice of method, number matching, one-time codes, text messages, calls",
        "each_second_factor_puts_mfa_into_the_token",
    ),
    (
        "pages",
        "BeginAuth, EndAuth, ProcessAuth",
        "the_script_of_the_page_drives_the_same_factor_with_three_calls",
    ),
    (
        "pages",
        "Temporary Access Pass",
        "a_temporary_access_pass_is_strong_and_caps_what_follows",
    ),
    (
        "pages",
        "Authenticator without a password, GetCredentialType",
        "the_authenticator_app_signs_in_without_a_password",
    ),
    (
        "pages",
        "Authenticator without a password, by the page alone; switched on at registration, on the phone, on the control port",
        "the_request_is_on_the_phone_once_the_name_is_known_and_the_form_goes_on_when_it_is_approved",
    ),
    (
        "pages",
        "the order of the factors: a second one alone counts for nothing, nor does what another account showed",
        "what_was_shown_for_one_account_does_not_count_for_another",
    ),
    (
        "pages",
        "registration on the way: Authenticator, other apps, phone",
        "a_user_without_a_method_registers_one_on_the_way",
    ),
    (
        "pages",
        "password change",
        "a_temporary_password_is_changed_before_anything_else",
    ),
    (
        "pages",
        "consent, incremental and for everybody",
        "an_administrator_consents_for_everybody",
    ),
    (
        "pages",
        "apps of other tenants: consent makes the service principal",
        "an_app_for_every_tenant_comes_in_by_consent_and_is_there_as_itself_afterwards",
    ),
    (
        "pages",
        "device code, confirm the app",
        "a_device_waits_until_its_user_has_signed_in_and_gets_its_tokens_once",
    ),
    (
        "pages",
        "sign-out, front channel",
        "signing_out_ends_the_session_tells_the_app_and_goes_on_to_its_address_only",
    ),
    (
        "pages",
        "every page in Chromium, by keyboard, checked by axe-core",
        "consent_the_choice_of_accounts_signing_out_and_an_error_are_pages_too",
    ),
    (
        "pages",
        "a pass in Chromium, made through Graph by az rest",
        "a_temporary_access_pass_opens_the_portals_door_for_a_break_glass_account",
    ),
    (
        "Graph",
        "Temporary Access Passes of a user: create, read, delete, reach, bounds",
        "the_policys_bounds_and_the_administrators_reach_are_kept",
    ),
    (
        "pages",
        "registration campaign",
        "the_registration_campaign_can_be_put_off_three_times",
    ),
    (
        "sessions",
        "revocation, disabled accounts",
        "sessions_end_by_revocation_and_by_a_disabled_account",
    ),
    (
        "sessions",
        "continuous access evaluation at Graph and Resource Manager",
        "a_revoked_session_is_challenged_by_graph_and_resource_manager_where_the_client_handles_it",
    ),
    (
        "policies",
        "Conditional Access: conditions, controls, strengths, sessions, report-only",
        "policies_decide_as_documented",
    ),
    (
        "policies",
        "Conditional Access and named locations through Graph",
        "a_policy_written_through_graph_acts_at_the_next_sign_in",
    ),
    (
        "policies",
        "Conditional Access from Graph's JSON to the outcome, read back as written",
        "policies_written_as_graph_json_decide_as_documented_and_are_read_back_as_written",
    ),
    (
        "policies",
        "authentication strengths and their configurations through Graph",
        "a_strength_of_the_tenants_own_is_made_changed_demanded_and_deleted",
    ),
    (
        "policies",
        "authentication contexts through Graph",
        "authentication_contexts_have_ids_from_c1_to_c99_and_stay_while_they_are_used",
    ),
    (
        "policies",
        "token lifetimes: the resource's policy for access tokens, the client's for id tokens",
        "the_resources_policy_decides_of_access_tokens_and_the_clients_of_id_tokens",
    ),
    (
        "policies",
        "explaining an attempt, with every policy's result",
        "explain_decides_what_the_sign_in_decides",
    ),
    (
        "policies",
        "the mandate and the rules at sign-in, flow by flow",
        "a_password_sent_by_the_client_fails_where_a_rule_asks",
    ),
    (
        "logs",
        "sign-in log",
        "the_sign_in_log_shows_what_each_policy_did_report_only_too",
    ),
    (
        "logs",
        "attempts that fail before anything is decided",
        "every_grant_that_fails_has_a_row_of_its_own",
    ),
    (
        "managed identity",
        "machine (IMDS)",
        "the_machines_identity_writes_after_phase_2",
    ),
    (
        "managed identity",
        "App Service and its older form, Service Fabric, Cloud Shell, Arc, refusals",
        "each_host_answers_in_its_own_form_and_refuses_in_it",
    ),
    (
        "managed identity",
        "Azure Arc's challenge file",
        "azure_arc_proves_itself_with_the_content_of_a_file",
    ),
    (
        "phone",
        "prompts, text messages and codes over the control port and on a page",
        "a_phone_is_answered_over_the_control_port_and_on_its_page",
    ),
    (
        "Graph",
        "delta of users, groups, roles, applications, service principals: first round, later rounds, `$select`, minimal answers",
        "later_rounds_tell_what_changed_was_deleted_restored_and_forgotten",
    ),
    (
        "Graph",
        "delta tokens that expire after seven days and survive snapshots",
        "a_token_is_good_for_seven_days_by_the_tenants_clock_and_survives_a_snapshot",
    ),
    (
        "Graph",
        "deleted items: list, read, restore, delete for good, gone after thirty days",
        "what_is_deleted_for_good_or_for_thirty_days_is_gone",
    ),
    (
        "Graph",
        "`$batch` with dependsOn",
        "a_part_waits_for_what_it_depends_on_and_falls_with_it",
    ),
    (
        "Graph",
        "throttling: 429 with Retry-After, set over the control port",
        "an_app_that_used_its_units_waits_until_the_window_is_over",
    ),
    (
        "Graph",
        "every answer as Microsoft's OpenAPI describes it; permissions and types as published",
        "the_permissions_are_the_published_ones",
    ),
    (
        "control",
        "a directory as JSON in Graph's manner, in and out",
        "what_is_written_out_reads_in_as_the_same",
    ),
];

/// What the real service has and answers 501 by name here.
const NOT_SIMULATED: &[&str] = &[
    "signing in with a passkey (WebAuthn), `/fido/…`",
    "managing methods at My Sign-Ins (only the registration on the way is there)",
    "SAML: bearer assertions, SAML tokens, `/saml2`",
    "federated domains, certificate-based sign-in, seamless single sign-on, primary refresh tokens",
    "terms of use, custom controls, device state: policies that need them are refused or never satisfied",
    "an API of another tenant as the resource of a token: an app of another tenant is known as a client only",
    "`user_fic` and `fmi_path` (agent identities), proof of possession",
];

fn page() -> String {
    let mut text = "# What is simulated, and what witnesses it\n\nGenerated by `tests/it/coverage.rs`; do not edit. Each line names a test.\n\n| area | simulated | test |\n| --- | --- | --- |\n".to_owned();
    for (area, what, test) in SIMULATED {
        text.push_str(&format!("| {area} | {what} | `{test}` |\n"));
    }
    text.push_str("\n## Not simulated\n\n");
    for what in NOT_SIMULATED {
        text.push_str(&format!("- {what}\n"));
    }
    text.push_str(&format!(
        "\n## Errors\n\n{} of the catalogue's {} numbers are reached over the wire, each by a row of `every_row_is_reached_over_the_wire_or_says_why_not`; {} not.\n\n| AADSTS | OAuth error | reached by | evidence |\n| --- | --- | --- | --- |\n",
        ROWS.len(),
        sign_in_errors().len(),
        NOT_REACHABLE.len()
    ));
    for (number, row) in sign_in_errors() {
        let reached = ROWS
            .iter()
            .find(|known| known.number == *number)
            .map(|known| known.condition.to_owned());
        let why = NOT_REACHABLE
            .iter()
            .find(|(known, _)| known == number)
            .map(|(_, why)| format!("not reachable: {why}"));
        text.push_str(&format!(
            "| {number} | {} | {} | {} |\n",
            row.error,
            reached.or(why).unwrap_or_default(),
            row.evidence
        ));
    }
    text.push_str(&crate::graph::coverage::section().0);
    text
}

/// Every test function of the workspace, by name.
fn tests(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_coverage_page_is_current_and_every_claim_has_its_test() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in ["tests", "src", "domain/src", "../client-tests/tests"] {
        tests(&root.join(folder), &mut sources);
    }
    for (_, what, test) in SIMULATED {
        assert!(
            sources.contains(&format!("fn {test}()")),
            "{what}: there is no test {test}"
        );
    }
    let file = root.join("COVERAGE.md");
    let current = page();
    if std::fs::read_to_string(&file).unwrap_or_default() != current {
        std::fs::write(&file, current).unwrap();
        unreachable!("COVERAGE.md was out of date and has been written anew; commit it");
    }
}

/// The numbers that are written down in the token service, as errors and as what its pages show.
fn numbers_in(folder: &Path, found: &mut Vec<u32>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            numbers_in(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for marker in [
            "StsError::new(",
            "Self::new(",
            "record_code(\"AADSTS",
            "\"sErrorCode\", json!(\"",
            "\"sErrorCode\".to_owned(), json!(\"",
            "\"sErrorCode\".to_owned(), serde_json::json!(\"",
        ] {
            found.extend(text.split(marker).skip(1).filter_map(|rest| {
                let digits: String = rest
                    .chars()
                    .take_while(|c| c.is_ascii_digit() || *c == '_')
                    .filter(|c| *c != '_')
                    .collect();
                digits.parse::<u32>().ok()
            }));
        }
    }
}

#[test]
fn every_number_that_a_page_or_an_answer_can_show_has_a_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    numbers_in(&root.join("src/surface/sts"), &mut found);
    assert!(
        found.contains(&50_140) && found.contains(&50_203),
        "{found:?}"
    );
    found.retain(|number| !sign_in_errors().contains_key(number));
    assert!(found.is_empty(), "without a row: {found:?}");
}

//! What one request costs without the network: decision, token, gate, directory page.

use criterion::{Criterion, criterion_group, criterion_main};
use entrasim::testing::{AFTER_PHASE_2, Bench};

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

fn paths(criterion: &mut Criterion) {
    let bench = Bench::at(AFTER_PHASE_2);
    let tenant = bench.tenant.read();
    let password = |name: &str| {
        let user = tenant
            .users
            .by_local_part(name, 0)
            .expect("the seed has it");
        let secret = user
            .password
            .as_ref()
            .expect("the seed gives one")
            .value
            .to_string();
        (tenant.principal_name(user), secret)
    };
    let url = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        tenant.id
    );
    let (name, secret) = password("svc-deploy");
    let fields = [
        ("client_id", CLI),
        ("grant_type", "password"),
        ("username", name.as_str()),
        ("password", secret.as_str()),
        ("scope", "https://management.core.windows.net//.default"),
    ];
    criterion.bench_function("token by password", |b| {
        b.iter(|| bench.post_form(&url, &fields));
    });
    let body: serde_json::Value = serde_json::from_slice(&bench.post_form(&url, &fields).body)
        .expect("a token answer is JSON");
    let bearer = format!(
        "Bearer {}",
        body["access_token"].as_str().unwrap_or_default()
    );
    let subscription = tenant
        .azure
        .subscriptions
        .keys()
        .next()
        .expect("the seed has one");
    let group = format!(
        "https://management.azure.com/subscriptions/{subscription}/resourcegroups/x?api-version=2024-11-01"
    );
    criterion.bench_function("write refused by the gate", |b| {
        b.iter(|| {
            bench.send(
                "PUT",
                &group,
                &[("authorization", &bearer)],
                r#"{"location":"westeurope"}"#,
            )
        });
    });
    let discovery =
        "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration";
    criterion.bench_function("discovery document", |b| {
        b.iter(|| bench.send("GET", discovery, &[], ""));
    });
}

criterion_group!(benches, paths);
criterion_main!(benches);

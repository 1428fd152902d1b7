use serde_json::{Value, json};

use super::client::App;
use crate::control::ask;
use crate::support::{json as body, text};

fn set(app: &App, settings: &Value) {
    let path = format!("/tenants/{}/throttling", app.bench.tenant.id());
    assert_eq!(ask(&app.bench, "PUT", &path, settings).status, 200);
}

#[test]
fn the_next_requests_are_told_to_come_back_later() {
    let app = App::new();
    set(&app, &json!({"refuse_next": 2, "retry_after": 7}));
    for _ in 0..2 {
        let refused = app.send("GET", "/users", &[], "");
        assert_eq!(
            (refused.status.as_u16(), &refused.headers["retry-after"]),
            (429, &"7".parse().unwrap())
        );
        let error = &body(&refused)["error"];
        assert_eq!(text(error, "code"), "TooManyRequests");
        assert_eq!(text(&error["innerError"], "status"), "429");
        let scope = refused.headers["x-ms-throttle-scope"].to_str().unwrap();
        assert!(
            scope.starts_with("Tenant_Application/ReadWrite/"),
            "{scope}"
        );
    }
    assert_eq!(app.send("GET", "/users", &[], "").status, 200);
}

#[test]
fn an_app_that_used_its_units_waits_until_the_window_is_over() {
    let mut app = App::new();
    set(&app, &json!({"units": 5}));
    let mut last = app.send("GET", "/users", &[], "");
    let mut served = 0;
    while last.status == 200 {
        served += 1;
        if let Some(used) = last.headers.get("x-ms-throttle-limit-percentage") {
            assert!(used.to_str().unwrap().parse::<f64>().unwrap() >= 0.8);
        }
        assert!(served < 10, "the limit binds");
        last = app.send("GET", "/users", &[], "");
    }
    assert_eq!(
        (last.status.as_u16(), &last.headers["retry-after"]),
        (429, &"10".parse().unwrap())
    );
    app.bench.set_clock("2025-10-02T12:00:10Z");
    app.renew();
    assert_eq!(app.send("GET", "/users", &[], "").status, 200);
}

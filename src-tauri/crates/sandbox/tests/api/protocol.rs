use serde_json::json;

use crate::support::{Api, BASIC, NOBODY, company_path};

const HOST: (&str, &str) = ("host", "127.0.0.1:8787");

#[tokio::test]
async fn every_answer_has_the_headers() {
    let api = Api::new().await;
    for (method, target) in
        [("GET", "/companies"), ("GET", "/nowhere"), ("PUT", "/companies"), ("GET", "/companies/x")]
    {
        let reply = api.call(method, target, "").await;
        assert_eq!(reply.header("content-type"), "application/json; charset=utf-8");
        let limit: u64 = reply.header("x-rate-limit-limit").parse().unwrap();
        assert!(limit > 1_000 && limit.is_multiple_of(1_000), "1,000 a linked company, and 1,000: {limit}");
        assert_eq!(reply.header("x-rate-limit-reset"), "Tue, 24 Nov 2026 00:00:00 GMT");
        assert_eq!(reply.header("x-correlation-id").len(), 32);
    }
}

#[tokio::test]
async fn the_remaining_quota_counts_down_and_starts_anew_at_midnight() {
    let api = Api::new().await;
    let remaining =
        async || api.get("/profile").await.header("x-rate-limit-remaining").parse::<u64>().unwrap();
    let first = remaining().await;
    assert_eq!(remaining().await, first - 1);
    api.advance(jiff::SignedDuration::from_hours(15));
    assert_eq!(remaining().await, first);
}

#[tokio::test]
async fn the_limit_follows_the_linked_companies() {
    let api = Api::new().await;
    let limit = async || api.get("/profile").await.header("x-rate-limit-limit").parse::<u64>().unwrap();
    let before = limit().await;
    let company = api.new_company("Linked").await;
    assert_eq!(limit().await, before);
    let connection = api.linked(&company, "suuo").await;
    assert_eq!(limit().await, before + 1_000);
    api.patch(&connection, &json!({"status": "Unlinked"})).await.expect(200);
    assert_eq!(limit().await, before);
}

#[tokio::test]
async fn a_missing_or_wrong_key_is_401_in_codats_shape() {
    let api = Api::new().await;
    for key in [
        None,
        Some("Basic d3Jvbmc="),
        Some("sandbox"),
        Some("Bearer c2FuZGJveA=="),
        Some("Basic ???"),
        Some("Basic "),
        Some("Basic"),
    ] {
        let headers: Vec<_> =
            [Some(HOST), key.map(|key| ("authorization", key))].into_iter().flatten().collect();
        for target in ["/companies", "/nowhere", "/_sandbox/faults"] {
            let refused = api.send("GET", target, &headers, "").await.expect(401);
            assert_eq!(refused.error(), "Unauthorized");
            assert_eq!(refused.json()["service"], "PublicApi");
        }
    }
    api.send("GET", "/companies", &[HOST, ("authorization", "basic c2FuZGJveA==")], "").await.expect(200);
}

#[tokio::test]
async fn a_foreign_host_is_refused_whatever_else_is_right() {
    let api = Api::new().await;
    for host in ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"] {
        api.send("GET", "/companies", &[("host", host), ("authorization", BASIC)], "").await.expect(200);
    }
    for host in [
        "evil.test",
        "evil.test:8787",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost.evil.test:8787",
        "127.0.0.1:8787.evil.test",
        "",
    ] {
        let refused =
            api.send("GET", "/companies", &[("host", host), ("authorization", BASIC)], "").await.expect(403);
        refused.error();
        api.send("GET", "/invite", &[("host", host)], "").await.expect(403);
    }
    api.send("GET", "/companies", &[("authorization", BASIC)], "").await.expect(403);
    let both = [HOST, ("host", "evil.test"), ("authorization", BASIC)];
    api.send("GET", "/companies", &both, "").await.expect(403);
    api.send("GET", "http://evil.test/companies", &[HOST, ("authorization", BASIC)], "").await.expect(403);
    api.send("GET", "http://127.0.0.1:8787/companies", &[("authorization", BASIC)], "").await.expect(200);
}

#[tokio::test]
async fn unknown_paths_are_404_and_wrong_methods_405() {
    let api = Api::new().await;
    for path in ["/nowhere", "/companies/a/b/c/d/e", "/webhooks/a/b", "/_sandbox/nothing", "//companies//"] {
        api.get(path).await.expect(404).error();
    }
    let company = company_path(&api.company("Ochre Studio").await);
    for (method, path, allow) in [
        ("PUT", "/companies".to_owned(), "GET, POST"),
        ("POST", company.clone(), "GET, PUT, PATCH, DELETE"),
        ("OPTIONS", company.clone(), "GET, PUT, PATCH, DELETE"),
        ("GET", format!("{company}/data/all"), "POST"),
        ("POST", "/integrations".to_owned(), "GET"),
        ("PUT", "/invite".to_owned(), "GET, POST"),
        ("GET", format!("/_sandbox/companies/{NOBODY}/vanish"), "POST"),
    ] {
        let refused = api.call(method, &path, "").await.expect(405);
        refused.error();
        assert_eq!(refused.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_or_too_long_are_refused() {
    let api = Api::new().await;
    for body in ["{", "[1]", "\"x\"", "17", "{\"name\":}", "\u{feff}{}"] {
        let refused = api.call("POST", "/companies", body.to_owned()).await.expect(400);
        assert_eq!(refused.error(), "Error processing request - not valid.", "{body}");
    }
    api.call("POST", "/companies", vec![0xff, 0xfe]).await.expect(400);
    api.call("POST", "/companies", vec![b' '; sandbox::BODY_LIMIT + 1]).await.expect(413).error();
    api.call("POST", "/companies", format!("{{\"name\":\"{}\"}}", "x".repeat(sandbox::BODY_LIMIT - 20)))
        .await
        .expect(200);
}

//! Real proxies, certificates and servers between the app and Codat.

mod servers;

use std::{net::SocketAddr, path::PathBuf, sync::atomic::Ordering};

use app::{Code, Options};
use serde_json::{Value, json};

use crate::{
    test_app::{TestApp, change, start_in},
    workspaces::{KEY, add, codat, found_in, test_app_for},
};
use servers::{Authority, always, encrypted, over_ipv6, proxy};

/// An address that is reachable only through a proxy.
const FAR: &str = "https://codat.test";
const PASSWORD: &str = "a-password-that-must-not-be-found-anywhere";

async fn desk_at(base: &str) -> TestApp {
    TestApp::with(Options { codat_base: Some(base.to_owned()), ..Options::default() }).await
}

/// Settings with a proxy that requires a user name.
fn through(proxy: SocketAddr, ca_file: Option<&PathBuf>) -> Value {
    let proxy = json!({ "kind": "manual", "address": format!("http://{proxy}"), "user": "ada" });
    json!({ "network": { "proxy": proxy, "caFile": ca_file } })
}

fn with_password(mut settings: Value, password: &str) -> Value {
    settings["password"] = json!(password);
    settings["sessionOnly"] = json!(true);
    settings
}

fn directly(ca_file: Option<&PathBuf>) -> Value {
    json!({ "network": { "proxy": { "kind": "none" }, "caFile": ca_file } })
}

/// The result of the connection test.
async fn tested(test_app: &TestApp, settings: Value) -> (bool, String) {
    let found = test_app.call("testConnection", settings).await.unwrap();
    (found["reached"].as_bool().unwrap(), found["message"].as_str().unwrap().to_owned())
}

fn keep(test_app: &TestApp, authority: &Authority) -> PathBuf {
    let path = test_app.folder.path().join("ca.pem");
    std::fs::write(&path, &authority.pem).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_go_through_a_proxy_with_its_password_which_is_kept_nowhere_else() {
    let (codat, authority) = (codat().await, Authority::new("Example Corp Root"));
    let server = encrypted(authority.certify("codat.test", |_| {}), codat.address()).await;
    let (proxy, tunnels) = proxy("ada", PASSWORD, server).await;
    let test_app = desk_at(FAR).await;
    let ca_file = keep(&test_app, &authority);

    let settings = through(proxy, Some(&ca_file));
    let (reached, message) = tested(&test_app, settings.clone()).await;
    assert!(!reached && message.contains("asks for a user name and password (407)"), "{message}");
    test_app.call("setNetwork", settings.clone()).await.unwrap();
    let refused = test_app.call("addWorkspace", add(KEY)).await.unwrap_err();
    assert_eq!(refused.code, Code::Offline);
    assert!(refused.message.contains("asks for a user name and password (407)"), "{refused}");
    let (reached, _) = tested(&test_app, with_password(settings.clone(), "wrong")).await;
    assert!(!reached && tunnels.load(Ordering::Acquire) == 0);

    let (reached, message) = tested(&test_app, with_password(settings.clone(), PASSWORD)).await;
    assert!(reached && message.contains(&format!("codat.test answered through http://{proxy}")), "{message}");
    let view = test_app.call("setNetwork", with_password(settings.clone(), PASSWORD)).await.unwrap();
    assert_eq!(view["passwordSaved"], true);
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    test_app
        .eventually("its companies", async |test_app: &TestApp| {
            (test_app.rows("").await.len() > 70).then_some(())
        })
        .await;
    assert!(tunnels.load(Ordering::Acquire) > 0);

    let answers = [test_app.call("network", json!({})).await, test_app.call("session", json!({})).await];
    assert!(answers.iter().all(|answer| !answer.as_ref().unwrap().to_string().contains(PASSWORD)));
    assert!(!found_in(test_app.folder.path(), PASSWORD), "the password is in the data folder");
    let _ = test_app.call("setNetwork", with_password(settings, "")).await;
    assert_eq!(test_app.call("network", json!({})).await.unwrap()["passwordSaved"], false);
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_settings_apply_to_an_open_workspace_at_once_and_outlive_the_app() {
    let (codat, authority) = (codat().await, Authority::new("Example Corp Root"));
    let server = encrypted(authority.certify("codat.test", |_| {}), codat.address()).await;
    let (proxy, _) = proxy("ada", PASSWORD, server).await;
    let test_app = desk_at(FAR).await;
    let ca_file = keep(&test_app, &authority);
    let settings = with_password(through(proxy, Some(&ca_file)), PASSWORD);
    test_app.call("setNetwork", settings.clone()).await.unwrap();
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    let health =
        async |test_app: &TestApp| test_app.call("session", json!({})).await.unwrap()["health"].clone();
    test_app
        .eventually("a sweep", async |test_app: &TestApp| health(test_app).await["lastSweep"].as_i64())
        .await;

    let mut closed = settings.clone();
    closed["network"]["proxy"]["address"] = json!("http://127.0.0.1:1");
    test_app.call("setNetwork", closed).await.unwrap();
    let message = test_app
        .eventually("the reason", async |test_app: &TestApp| {
            health(test_app).await["message"].as_str().map(str::to_owned)
        })
        .await;
    assert!(message.starts_with("We can’t reach the proxy."), "{message}");
    assert!(!message.contains('\n'), "technical text is for the details: {message}");

    test_app.call("setNetwork", settings).await.unwrap();
    test_app
        .eventually("health", async |test_app: &TestApp| {
            (health(test_app).await["state"] == "current").then_some(())
        })
        .await;
    let test_app = test_app.restarted().await;
    let kept = test_app.call("network", json!({})).await.unwrap();
    assert_eq!(kept["network"]["proxy"]["address"], format!("http://{proxy}"));
    assert_eq!(kept["network"]["caFile"], json!(ca_file));
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_whose_ca_file_is_gone_says_so_and_runs_again_without_it() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    let ca_file = keep(&test_app, &Authority::new("Example Corp Root"));
    test_app.call("setNetwork", directly(Some(&ca_file))).await.unwrap();
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    std::fs::remove_file(&ca_file).unwrap();
    let test_app = test_app.restarted().await;
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["notices"][0]["code"], "caFileInvalid", "{session}");
    test_app.call("setNetwork", directly(None)).await.unwrap();
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_ne!(session["notices"][0]["code"], "caFileInvalid", "{session}");
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_of_an_own_authority_is_trusted_with_its_file_alone() {
    let (codat, authority) = (codat().await, Authority::new("Example Corp Root"));
    let server = encrypted(authority.certify("localhost", |_| {}), codat.address()).await;
    let test_app = desk_at(&format!("https://localhost:{}", server.port())).await;
    let (reached, message) = tested(&test_app, directly(None)).await;
    assert!(!reached && message.contains("signed by “Example Corp Root”"), "{message}");
    assert!(message.contains("CA file"), "{message}");
    let refused = test_app.call("addWorkspace", add(KEY)).await.unwrap_err();
    assert!(refused.message.contains("“Example Corp Root”"), "in every other place too: {refused}");

    let ca_file = keep(&test_app, &authority);
    let (reached, message) = tested(&test_app, directly(Some(&ca_file))).await;
    assert!(reached, "{message}");
    test_app.call("setNetwork", directly(Some(&ca_file))).await.unwrap();
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_time_or_name_is_explained() {
    let (codat, authority) = (codat().await, Authority::new("Example Corp Root"));
    let expired =
        authority.certify("localhost", |params| params.not_after = rcgen::date_time_ymd(2020, 2, 3));
    let early = authority.certify("localhost", |params| params.not_before = rcgen::date_time_ymd(3000, 2, 3));
    let misnamed = authority.certify("router.corp", |_| {});
    for (tls, wrong, to_do) in [
        (expired, "expired on 2020-02-03", "clock"),
        (early, "isn’t valid before 3000-02-03", "clock"),
        (misnamed, "another name: router.corp, not localhost", "sign in"),
    ] {
        let server = encrypted(tls, codat.address()).await;
        let test_app = desk_at(&format!("https://localhost:{}", server.port())).await;
        let (reached, message) = tested(&test_app, directly(Some(&keep(&test_app, &authority)))).await;
        assert!(!reached && message.contains(wrong) && message.contains(to_do), "{message}");
    }
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_ipv6_alone_is_reached() {
    let codat = codat().await;
    let server = over_ipv6(codat.address()).await;
    let test_app = desk_at(&format!("http://{server}")).await;
    let (reached, message) = tested(&test_app, directly(None)).await;
    assert!(reached, "{message}");
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_and_a_sign_in_page_is_not_codat() {
    let (elsewhere, connections) = always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    let redirect =
        format!("HTTP/1.1 302 Found\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\n\r\n");
    let page =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n<html>Sign in</html>    ";
    for answer in [redirect, page.to_owned()] {
        let (portal, _) = always(answer).await;
        let test_app = desk_at(&format!("http://{portal}")).await;
        let (reached, message) = tested(&test_app, directly(None)).await;
        assert!(!reached && message.contains("sign-in page"), "{message}");
        assert_eq!(test_app.call("addWorkspace", add(KEY)).await.unwrap_err().code, Code::Unreadable);
    }
    assert_eq!(connections.load(Ordering::Acquire), 0, "the key went elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_nowhere_and_a_closed_port_are_told_apart() {
    let test_app = desk_at("https://codat.invalid").await;
    let (reached, message) = tested(&test_app, directly(None)).await;
    assert!(!reached && message.contains("find the server by its name"), "{message}");
    let test_app = desk_at("http://127.0.0.1:1").await;
    let (reached, message) = tested(&test_app, directly(None)).await;
    assert!(!reached && message.contains("refused the connection"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_right_are_refused_with_their_field_and_nothing_is_changed() {
    let test_app = TestApp::start().await;
    let file = |name: &str, text: &str| {
        let path = test_app.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let wrong_proxy =
        json!({ "network": { "proxy": { "kind": "manual", "address": "proxy:8080", "user": "" } } });
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (settings, code) in [
        (wrong_proxy, Code::ProxyInvalid),
        (directly(Some(&"ca.pem".into())), Code::CaFileInvalid),
        (directly(Some(&test_app.folder.path().join("missing.pem"))), Code::CaFileInvalid),
        (directly(Some(&test_app.folder.path().to_owned())), Code::CaFileInvalid),
        (directly(Some(&file("empty.pem", ""))), Code::CaFileInvalid),
        (directly(Some(&file("damaged.pem", damaged))), Code::CaFileInvalid),
    ] {
        for command in ["setNetwork", "testConnection"] {
            let error = test_app.call(command, settings.clone()).await.unwrap_err();
            assert_eq!(error.code, code, "{settings}: {error}");
        }
    }
    let kept = test_app.call("network", json!({})).await.unwrap();
    assert_eq!(kept["network"], json!({ "proxy": { "kind": "system" }, "caFile": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_workspace_is_checked_again_when_it_opens() {
    let codat = codat().await;
    let test_app = test_app_for(&codat).await;
    test_app.call("addWorkspace", add(KEY)).await.unwrap();
    test_app.app.stop().await;
    drop(test_app.app);
    let unsafe_address = "UPDATE workspaces SET base_url = 'http://codat.example' WHERE kind = 'codat'";
    change(&test_app.folder.path().join("portal.db"), unsafe_address).await;
    let (app, _) = start_in(test_app.folder.path(), Options::default()).await.unwrap();
    let session = app.call("session", json!({})).await.unwrap();
    assert_eq!(session["notices"][0]["code"], "addressInvalid", "{session}");
    assert!(
        session["notices"][0]["message"].as_str().unwrap().contains("“http://codat.example”"),
        "{session}"
    );
    app.stop().await;
    codat.stop().await;
}

//! Link in a browser, as a person without a script goes through it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Api, NOBODY, Reply, company_path, options, text};

const HOST: (&str, &str) = ("host", "127.0.0.1:8787");

/// Somebody with a browser, and no key.
struct Browser<'a> {
    api: &'a Api,
    cookie: Option<String>,
}

impl<'a> Browser<'a> {
    fn new(api: &'a Api) -> Self {
        Self { api, cookie: None }
    }

    async fn get(&self, target: &str) -> Reply {
        let target = target.strip_prefix("http://127.0.0.1:8787").unwrap_or(target);
        let mut headers = vec![HOST];
        headers.extend(self.cookie.as_deref().map(|it| ("cookie", it)));
        self.api.send("GET", target, &headers, "").await
    }

    async fn post(&mut self, target: &str, fields: &str) -> Reply {
        let mut headers = vec![
            HOST,
            ("origin", "http://127.0.0.1:8787"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        headers.extend(self.cookie.as_deref().map(|it| ("cookie", it)));
        let reply = self.api.send("POST", target, &headers, fields.to_owned()).await;
        if let Some(cookie) = reply.headers.get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        reply
    }

    /// Sends the form of a page that posts to an address that begins so, with further fields.
    async fn submit(&mut self, page: &Reply, action: &str, fields: &str) -> Reply {
        let html = page.text();
        let form = html
            .split("<form")
            .find(|form| form.contains("method=\"post\"") && attribute(form, "action").starts_with(action))
            .unwrap_or_else(|| panic!("no form to {action}: {html}"));
        let target = attribute(form, "action").replace("&amp;", "&");
        let hidden = form.split("<input").skip(1).filter(|input| input.contains("type=\"hidden\""));
        let hidden: Vec<String> = hidden
            .map(|input| format!("{}={}", attribute(input, "name"), attribute(input, "value")))
            .collect();
        self.post(&target, &format!("{}&{fields}", hidden.join("&"))).await
    }

    /// Goes where a form's answer sends it.
    async fn follow(&self, reply: Reply) -> (String, Reply) {
        let target = reply.expect(303).header("location").to_owned();
        let page = self.get(&target).await;
        (target, page)
    }

    /// From the choice of a platform to the page that asks for the authorization.
    async fn pick(&mut self, company: &str, category: &str, key: &str) -> (String, Reply) {
        let list = self.get(&format!("{company}/choose/{category}")).await.expect(200);
        let picked = self.submit(&list, company, &format!("platform={key}")).await;
        let (start, consent) = self.follow(picked).await;
        let agreed = self.submit(&consent.expect(200), &start, "answer=agree").await;
        self.follow(agreed).await
    }

    /// The answer of the stand-in for the provider.
    async fn authorize(&mut self, page: &Reply, fields: &str) -> (String, Reply) {
        let answered = self.submit(page, "/companies/", fields).await;
        self.follow(answered).await
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let start =
        tag.find(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name} in {tag}")) + name.len() + 3;
    tag[start..].split('"').next().unwrap().to_owned()
}

/// A new company, as the path of its pages and that of the API.
async fn company(api: &Api) -> (String, String) {
    let path = api.new_company("Q&A, O'Brien").await;
    (path.replace("/companies/", "/company/"), path)
}

async fn connections(api: &Api, path: &str) -> Vec<Value> {
    api.get(path).await.expect(200).json()["dataConnections"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_link_url_opens_a_page_without_a_key_and_names_are_escaped() {
    let api = Api::new().await;
    let browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let shown = browser.get(&link).await.expect(200);
    assert_eq!(shown.header("content-type"), "text/html; charset=utf-8");
    assert!(shown.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!shown.header("content-security-policy").contains("unsafe"));
    assert_eq!(shown.header("x-frame-options"), "DENY", "§5.1: not in a frame");
    assert!(shown.text().contains("Connect Q&amp;A, O'Brien"), "{}", shown.text());
    for unknown in [
        format!("/company/{NOBODY}"),
        "/company/%3Cscript%3E".to_owned(),
        format!("{link}/nowhere"),
        format!("{link}/choose/nothing"),
        format!("{path}/connections/{NOBODY}/start"),
    ] {
        let missing = browser.get(&unknown).await.expect(404);
        assert_eq!(missing.header("content-type"), "text/html; charset=utf-8");
        assert!(!missing.text().contains("script"));
    }
}

#[tokio::test]
async fn a_customer_connects_books_and_their_first_reads_begin() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let categories = browser.get(&link).await.expect(200).text();
    for name in ["Accounting software", "Bank accounts", "Shops and payments", "Business documents"] {
        assert!(categories.contains(name), "{name}");
    }

    let (at, authorize) = browser.pick(&link, "accounting", "gbol").await;
    assert!(at.contains("/authorize"), "{at}");
    let made = connections(&api, &path).await;
    assert_eq!((made.len(), &made[0]["status"]), (1, &json!("PendingAuth")), "made when it is picked");
    assert!(authorize.text().contains("stands in for Xero"));

    let (at, done) = browser.authorize(&authorize.expect(200), "outcome=allow").await;
    assert!(at.ends_with("/done?link.status=200"), "{at}");
    assert!(done.expect(200).text().contains("Xero is connected"));
    assert_eq!(connections(&api, &path).await[0]["status"], "Linked");
    let reads = api.get(&format!("{path}/data/history?pageSize=100")).await.expect(200).json();
    assert!(reads["totalResults"].as_u64().unwrap() > 10, "the first reads are queued: {reads}");
    let again = browser.get(&link).await.text();
    assert!(
        again.contains("Xero") && again.contains("finish?link.status=200"),
        "it may finish, or add another"
    );
}

#[tokio::test]
async fn the_list_has_what_is_enabled_with_sandboxes_first_and_is_searched() {
    let api = Api::new().await;
    let browser = Browser::new(&api);
    let (link, _) = company(&api).await;
    let keys = |page: Reply| -> Vec<String> {
        page.text().split("name=\"platform\" value=\"").skip(1).map(|it| it[..4].to_owned()).collect()
    };
    let all = keys(browser.get(&format!("{link}/choose/accounting")).await.expect(200));
    assert_eq!(all[..3], ["mqjo", "ndsk", "gbol"]);
    assert!(!all.contains(&"wvzu".to_owned()), "retired ones are not offered");
    let found = keys(browser.get(&format!("{link}/choose/accounting?link.search=SAGE")).await);
    assert_eq!(found, ["knfz", "tgff", "hbql", "jcrp"]);
    let none = browser.get(&format!("{link}/choose/accounting?link.search=%3Cb%3E")).await.expect(200).text();
    assert!(none.contains("&lt;b&gt;") && !none.contains("<b>"));
    let hidden = browser.get(&format!("{link}/choose/accounting?link.showSandboxIntegrations=false")).await;
    assert_eq!(keys(hidden)[0], "gbol", "the Link URL decides");
    let settings = json!({"showSandboxIntegrations": false});
    api.call("PUT", "/_sandbox/link", settings.to_string()).await.expect(200);
    assert_eq!(keys(browser.get(&format!("{link}/choose/banking")).await)[0], "suuo");
    let shown = browser.get(&format!("{link}/choose/banking?link.showSandboxIntegrations=true")).await;
    assert_eq!(keys(shown)[0], "qhnd");
}

#[tokio::test]
async fn consent_has_five_sections_and_cannot_be_passed_by() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, _) = company(&api).await;
    let list = browser.get(&format!("{link}/choose/banking")).await;
    let picked = browser.submit(&list, &link, "platform=suuo").await;
    let (start, consent) = browser.follow(picked).await;
    for section in ["Purpose", "Access", "Account information", "Platform data", "Retention"] {
        assert!(consent.text().contains(&format!("<h2>{section}</h2>")), "{section}");
    }
    assert!(consent.text().contains("<li>Account balances</li>"));
    let around = browser.get(&format!("{start}/authorize")).await;
    assert_eq!(browser.follow(around).await.0, start, "consent comes first");
    let token = consent.text().split("name=\"token\" value=\"").nth(1).unwrap()[..32].to_owned();
    let forced = browser.post(&format!("{start}/authorize"), &format!("token={token}&outcome=allow")).await;
    assert_eq!(forced.expect(303).header("location"), start);
}

#[tokio::test]
async fn turning_back_failing_and_the_unsupported_end_as_documented() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let (_, page) = browser.pick(&link, "accounting", "gbol").await;

    let (at, shown) = browser.authorize(&page, "outcome=cancel").await;
    assert!(at.ends_with("link.status=403") && shown.text().contains("Try again"));
    let connection = connections(&api, &path).await.remove(0);
    assert_eq!(connection["status"], "PendingAuth");
    let error = &connection["dataConnectionErrors"][0];
    assert_eq!(
        (&error["statusCode"], &error["statusText"]),
        (&json!("403"), &json!("User cancelled linking"))
    );
    assert_eq!((&error["errorMessage"], &error["status"]), (&json!("User cancelled"), &json!("Active")));

    let (at, _) = browser.authorize(&page, "outcome=unsupported").await;
    assert!(at.ends_with("link.status=501"));
    assert_eq!(connections(&api, &path).await[0], connection, "nothing changes");

    let (at, _) = browser.authorize(&page, "outcome=fail").await;
    assert!(at.ends_with("link.status=500"));
    let connection = connections(&api, &path).await.remove(0);
    assert_eq!(connection["status"], "PendingAuth");
    assert_eq!(connection["dataConnectionErrors"][1]["statusCode"], "500");

    browser.authorize(&page, "outcome=allow").await;
    let connection = connections(&api, &path).await.remove(0);
    assert_eq!(connection["status"], "Linked");
    assert_eq!(connection["dataConnectionErrors"][0]["status"], "Resolved");
    let (at, _) = browser.authorize(&page, "outcome=cancel").await;
    assert!(at.ends_with("link.status=201"), "what is linked stays so: {at}");
    assert_eq!(connections(&api, &path).await[0], connection);
    browser.get(&format!("{link}/unsupported")).await.expect(200);
}

#[tokio::test]
async fn a_second_source_of_books_is_already_connected_and_makes_no_row() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let (_, page) = browser.pick(&link, "accounting", "gbol").await;
    browser.authorize(&page, "outcome=allow").await;
    let list = browser.get(&format!("{link}/choose/accounting")).await;
    for key in ["gbol", "qhyg"] {
        let shown = browser.submit(&list, &link, &format!("platform={key}")).await.expect(200);
        assert!(
            shown.text().contains("Xero is already connected") && shown.text().contains("link.status=201")
        );
    }
    let all = connections(&api, &path).await;
    assert_eq!(all.len(), 1);
    let shown = browser.get(text(&all[0]["linkUrl"])).await.expect(200);
    assert!(shown.text().contains("Xero is already connected"), "its own Link URL says so too");

    for _ in 0..2 {
        let (_, page) = browser.pick(&link, "banking", "suuo").await;
        browser.authorize(&page, "outcome=allow&bank=harbour").await;
    }
    assert_eq!(connections(&api, &path).await.len(), 3, "banks may be many");
}

#[tokio::test]
async fn what_was_begun_is_gone_on_with_or_replaced() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let (first, _) = browser.pick(&link, "accounting", "gbol").await;
    let (second, _) = browser.pick(&link, "accounting", "gbol").await;
    assert_eq!(first, second, "one row for one attempt");
    let list = browser.get(&format!("{link}/choose/accounting")).await;
    let asked = browser.submit(&list, &link, "platform=qhyg").await.expect(200);
    assert!(asked.text().contains("You started with Xero"));
    assert_eq!(connections(&api, &path).await.len(), 1);
    let instead = browser.submit(&asked, &link, "instead=yes").await;
    browser.follow(instead).await.1.expect(200);
    let all = connections(&api, &path).await;
    assert_eq!((all.len(), &all[0]["integrationKey"]), (1, &json!("qhyg")));
}

#[tokio::test]
async fn a_deauthorized_connection_is_linked_again_by_its_own_url() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let company = api.company("Meridian Freight").await;
    let before = &company["dataConnections"][0];
    let consent = browser.get(text(&before["linkUrl"])).await.expect(200);
    let agreed = browser.submit(&consent, "/companies/", "answer=agree").await;
    let (_, page) = browser.follow(agreed).await;
    browser.authorize(&page, "outcome=allow&accountId=1&tokenId=2&tokenSecret=3").await;
    let after = connections(&api, &company_path(&company)).await.remove(0);
    assert_eq!((&after["id"], &after["status"]), (&before["id"], &json!("Linked")));
}

#[tokio::test]
async fn credentials_and_banks_are_asked_for_and_what_is_missing_is_said() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let (_, page) = browser.pick(&link, "commerce", "ltpp").await;
    let refused = browser
        .submit(&page, "/companies/", "outcome=allow&shopUrl=%22%3E%3Ci%3E&consumerSecret=hush")
        .await
        .expect(422);
    let html = refused.text();
    assert!(html.contains("role=\"alert\"") && html.contains("href=\"#consumerKey\""), "an error summary");
    assert!(html.contains("value=\"&quot;&gt;&lt;i&gt;\""), "what was typed is kept");
    assert!(!html.contains("hush"), "but a secret is not");
    let (at, _) =
        browser.authorize(&refused, "outcome=allow&shopUrl=a&consumerKey=b&consumerSecret=hush").await;
    assert!(at.ends_with("link.status=200"));
    let kept = api.get(&path).await.text() + &api.get("/_sandbox/requests").await.text();
    assert!(!kept.contains("hush"), "credentials are kept nowhere");

    let (_, page) = browser.pick(&link, "banking", "suuo").await;
    browser.submit(&page, "/companies/", "outcome=allow").await.expect(422);
    let (_, page) = browser.pick(&link, "accounting", "pqsw").await;
    assert!(page.text().contains("Install the connector"));
}

#[tokio::test]
async fn a_connector_may_send_once_and_then_loses_its_access() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    for (fields, after) in [("outcome=allow&once=yes", "Deauthorized"), ("outcome=allow", "Linked")] {
        let (link, path) = company(&api).await;
        let (_, page) = browser.pick(&link, "accounting", "pqsw").await;
        browser.authorize(&page, fields).await;
        assert_eq!(connections(&api, &path).await[0]["status"], "Linked", "until the first reads are over");
        api.post("/_sandbox/clock", &json!({"advance": "5d"})).await.expect(200);
        let connection = connections(&api, &path).await.remove(0);
        assert_eq!(connection["status"], after);
        assert!(connection["lastSync"].is_string(), "it was read: {connection}");
        if after == "Deauthorized" {
            assert_eq!(connection["dataConnectionErrors"][0]["statusCode"], "401");
        }
    }
}

#[tokio::test]
async fn a_get_changes_nothing_and_a_form_must_come_from_a_page_of_ours() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let list = browser.get(&format!("{link}/choose/banking")).await;
    browser.get(&format!("{link}/choose/banking?platform=suuo&token=1")).await.expect(200);
    browser.post(&format!("{link}/choose/banking"), "platform=suuo").await.expect(403);
    browser.post(&format!("{link}/choose/banking"), "platform=suuo&token=1").await.expect(403);
    let token = list.text().split("name=\"token\" value=\"").nth(1).unwrap()[..32].to_owned();
    let fields = format!("token={token}&platform=suuo");
    for origin in ["http://evil.test", "null", "http://127.0.0.1:8788", "https://127.0.0.1:8787"] {
        let headers = [HOST, ("origin", origin), ("content-type", "application/x-www-form-urlencoded")];
        api.send("POST", &format!("{link}/choose/banking"), &headers, fields.clone()).await.expect(403);
    }
    let plain = [HOST, ("content-type", "text/plain")];
    api.send("POST", &format!("{link}/choose/banking"), &plain, fields.clone()).await.expect(403);
    let (other, _) = company(&api).await;
    browser.post(&format!("{other}/choose/banking"), &fields).await.expect(403);
    assert!(connections(&api, &path).await.is_empty());
    browser.post(&format!("{link}/choose/banking"), &fields).await.expect(303);
    assert_eq!(connections(&api, &path).await.len(), 1);
}

#[tokio::test]
async fn an_invite_makes_the_company() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let page = browser.get("/invite").await.expect(200);
    let before = api.companies().await.len();
    for nothing in ["name=", "name=%20%20", "name=%3C%3E"] {
        let refused = browser.submit(&page, "/invite", nothing).await.expect(422);
        assert!(refused.text().contains("role=\"alert\""));
    }
    browser.post("/invite", "name=Forged").await.expect(422);
    assert_eq!(api.companies().await.len(), before);
    let made = browser.submit(&page, "/invite", "name=Olive+%26+Thyme%3C%3E").await;
    let (at, shown) = browser.follow(made).await;
    assert!(at.starts_with("/company/") && shown.expect(200).text().contains("Connect Olive &amp; Thyme"));
    let company = api.company("Olive & Thyme").await;
    assert_eq!(company["createdByUserName"], "Link");
}

#[tokio::test]
async fn an_invite_makes_no_company_that_the_plan_has_no_room_for() {
    let api =
        Api::with(sandbox::Options { plan: sandbox::Plan::Free, companies: Some(50), ..options() }).await;
    let mut browser = Browser::new(&api);
    let page = browser.get("/invite").await.expect(200);
    browser.submit(&page, "/invite", "name=One+more").await.expect(402);
    assert_eq!(api.companies().await.len(), 50);
}

#[tokio::test]
async fn one_time_urls_open_once_within_a_day() {
    let api = Api::new().await;
    let (link, path) = company(&api).await;
    api.call("PUT", "/_sandbox/link", r#"{"oneTimeUrls":true}"#).await.expect(200);
    let redirect = text(&api.get(&path).await.json()["redirect"]).to_owned();
    assert!(redirect.contains("?link.otp="), "{redirect}");
    let mut browser = Browser::new(&api);
    browser.get(&link).await.expect(403);
    browser.get(&format!("{link}/choose/banking")).await.expect(403);
    browser.get(&redirect.replace("link.otp=", "link.otp=1")).await.expect(403);

    let door = browser.get(&redirect).await.expect(200);
    browser.get(&redirect).await.expect(200);
    let entered = browser.submit(&door, &link, "").await;
    let (at, inside) = browser.follow(entered).await;
    assert!(!at.contains("otp") && inside.expect(200).text().contains("Accounting software"));
    let mut second = Browser::new(&api);
    second.get(&redirect).await.expect(403);
    second.submit(&door, &link, "").await.expect(403);
    let next = text(&api.get(&path).await.json()["redirect"]).to_owned();
    assert_ne!(next, redirect, "a new one is given");
    second.get(&next).await.expect(200);

    let (_, page) = browser.pick(&link, "banking", "suuo").await;
    let (at, _) = browser.authorize(&page, "outcome=allow&bank=harbour").await;
    assert!(at.ends_with("link.status=200"), "the pages of its connections are open too");
    let connection = connections(&api, &path).await.remove(0);
    assert!(text(&connection["linkUrl"]).contains("/start?otp="));
    second.get(text(&connection["linkUrl"])).await.expect(200);
    second.get(&text(&connection["linkUrl"]).replace("?otp=", "?link.otp=")).await.expect(403);
    Browser::new(&api).get("/invite").await.expect(403);

    api.advance(SignedDuration::from_hours(24));
    second.get(&next).await.expect(403);
    browser.get(&link).await.expect(403);
    api.call("PUT", "/_sandbox/link", "{}").await.expect(200);
    browser.get(&link).await.expect(200);
    browser.get("/invite").await.expect(200);
}

#[tokio::test]
async fn the_redirect_is_followed_with_its_placeholders() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let template = "https://app.example.com/back?c={companyId}&k={connectionId}&p={platform}&n={platformName}&t={sourceType}&s={statusCode}&e={errorMessage}&x={statusText}&co={data.company.companyName}&ref={ref}&gone={nothing}";
    api.call("PUT", "/_sandbox/link", json!({"redirectUrl": template}).to_string()).await.expect(200);
    let list = browser.get(&format!("{link}/choose/accounting?ref=a%26b")).await;
    let picked = browser.submit(&list, &link, "platform=gbol").await;
    let (start, consent) = browser.follow(picked).await;
    assert!(start.ends_with("?ref=a%26b"), "custom parameters go along: {start}");
    let cancelled = browser.submit(&consent, "/companies/", "answer=cancel").await;
    let (_, shown) = browser.follow(cancelled).await;
    let html = shown.text();
    let leave = html.split("href=\"").find(|it| it.contains("/finish?")).unwrap().split('"').next().unwrap();
    let gone = browser.get(&leave.replace("&amp;", "&")).await.expect(303);
    let connection = connections(&api, &path).await.remove(0);
    let id = path.strip_prefix("/companies/").unwrap();
    assert_eq!(
        gone.header("location"),
        format!(
            "https://app.example.com/back?c={id}&k={}&p=gbol&n=Xero&t=Accounting&s=403&e=User%20cancelled.&x=User%20cancelled%20linking&co=Q%26A%2C%20O%27Brien&ref=a%26b&gone=",
            text(&connection["id"])
        )
    );

    let set = async |settings: Value| api.call("PUT", "/_sandbox/link", settings.to_string()).await;
    set(json!({"redirectUrl": "javascript:alert(1)"})).await.expect(400);
    set(json!({"redirect": "https://x"})).await.expect(400);
    set(json!({"redirectUrl": "https://{h}/"})).await.expect(200);
    let built_in = browser.get(&format!("{link}/finish?link.status=200&h=evil.test")).await.expect(200);
    assert!(built_in.text().contains("You’re done"), "a host that is not allowed is not gone to");
    set(json!({"redirectUrl": "https://{h}/", "allowedRedirectHosts": ["good.test"]})).await.expect(200);
    let gone = browser.get(&format!("{link}/finish?h=good.test")).await.expect(303);
    assert_eq!(gone.header("location"), "https://good.test/");
    set(json!({})).await.expect(200);
    browser.get(&format!("{link}/finish")).await.expect(200);
    let mut profile = api.get("/profile").await.json();
    profile["redirectUrl"] = json!("https://mine.test/{statusCode}");
    api.call("PUT", "/profile", profile.to_string()).await.expect(200);
    let gone = browser.get(&format!("{link}/finish?link.status=500")).await.expect(303);
    assert_eq!(gone.header("location"), "https://mine.test/500", "the profile's is the default");
}

#[tokio::test]
async fn categories_are_switched_off_and_required() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, _) = company(&api).await;
    let settings = json!({
        "landingPage": true,
        "categories": {"commerce": {"enabled": false}, "accounting": {"optional": false}}
    });
    api.call("PUT", "/_sandbox/link", settings.to_string()).await.expect(200);
    assert!(browser.get(&link).await.text().contains("Get started"));
    let offered = browser.get(&format!("{link}/choose")).await.text();
    assert!(!offered.contains("Shops and payments") && offered.contains("Required"));
    browser.get(&format!("{link}/choose/commerce")).await.expect(404);
    let (_, page) = browser.pick(&link, "banking", "suuo").await;
    browser.authorize(&page, "outcome=allow&bank=harbour").await;
    assert!(!browser.get(&format!("{link}/choose")).await.text().contains("finish?"), "books are required");
    let (_, page) = browser.pick(&link, "accounting", "mqjo").await;
    browser.authorize(&page, "outcome=allow").await;
    assert!(browser.get(&format!("{link}/choose")).await.text().contains("finish?"));
}

#[tokio::test]
async fn first_reads_are_those_of_the_settings_and_are_told_when_all_have_ended() {
    let api = Api::new().await;
    let mut browser = Browser::new(&api);
    let (link, path) = company(&api).await;
    let off = json!({"settings": [{"dataType": "bills", "fetchOnFirstLink": false}]});
    api.post("/profile/syncSettings", &off).await.expect(204);
    let (_, page) = browser.pick(&link, "accounting", "gbol").await;
    browser.authorize(&page, "outcome=allow").await;
    let told = async || {
        let all = api.get("/_sandbox/happenings?pageSize=5000&from=2026-11-23T09:00:00Z").await.expect(200);
        let all = all.json()["results"].as_array().unwrap().clone();
        let id = path.trim_start_matches("/companies/").to_owned();
        all.into_iter().filter(|it| it["companyId"] == id.as_str()).collect::<Vec<Value>>()
    };
    api.advance(jiff::SignedDuration::from_millis(2_999));
    assert!(told().await.is_empty(), "no read ends within three seconds");
    api.advance(jiff::SignedDuration::from_secs(10));
    let all = told().await;
    assert_eq!(all.len(), 27 + 1, "every type but bills, and then all of them");
    let (last, reads) = all.split_last().unwrap();
    assert_eq!((&last["what"], &last["at"]), (&json!("firstReads"), &reads[26]["at"]));
    assert!(reads.iter().all(|it| it["what"] == "read" && it["dataType"] != "bills"));
    api.post(&format!("{path}/data/all"), &Value::Null).await.expect(204);
    api.advance(jiff::SignedDuration::from_secs(10));
    let again = told().await;
    assert_eq!(again.iter().filter(|it| it["what"] == "firstReads").count(), 1, "a refresh is no first link");
}

//! The server over real TCP: the responses for strangers and for the page.

#![expect(clippy::expect_used, clippy::panic, reason = "a helper that fails is a test that fails")]

use std::sync::Arc;
use std::time::Duration;

use app::App;
use axum::body::Bytes;
use axum::http::StatusCode;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use webhost::{Archive, BrowserDesktop, Commands, Pages, Refusal, Server, Token};

/// The longest wait of a test. Everything here is far faster.
const PATIENCE: Duration = Duration::from_secs(30);

/// An application with a fixed answer per command.
struct Fake {
    events: broadcast::Sender<String>,
    started: watch::Sender<bool>,
    finished: watch::Sender<u32>,
    gate: watch::Receiver<bool>,
}

fn said(value: &Value) -> Result<Box<RawValue>, Refusal> {
    let unwritten = Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, body: Value::Null };
    to_raw_value(value).map_err(|_| unwritten)
}

impl Commands for Fake {
    fn call(
        self: Arc<Self>,
        workspace: Option<String>,
        name: String,
        args: Value,
    ) -> BoxFuture<'static, Result<Box<RawValue>, Refusal>> {
        Box::pin(async move {
            match name.as_str() {
                "echo" => said(&args),
                "workspace" => said(&json!(workspace)),
                "slow" => {
                    self.started.send_replace(true);
                    let _ = self.gate.clone().wait_for(|open| *open).await;
                    self.finished.send_modify(|count| *count += 1);
                    said(&Value::Null)
                }
                "broken" => panic!("a mistake of ours"),
                _ => {
                    let body = json!({ "code": "unknownCommand", "message": "no", "detail": null });
                    Err(Refusal { status: StatusCode::NOT_FOUND, body })
                }
            }
        })
    }

    fn events(&self) -> BoxStream<'static, String> {
        let receiver = self.events.subscribe();
        stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await.ok()?, receiver)) })
            .boxed()
    }

    fn exported(self: Arc<Self>, id: String) -> BoxFuture<'static, Result<(String, Archive), Refusal>> {
        Box::pin(async move {
            if id != "made" {
                let body = json!({ "code": "notFound", "message": "no", "detail": null });
                return Err(Refusal { status: StatusCode::NOT_FOUND, body });
            }
            let pieces = stream::iter([Ok("a,b\r\n".into())]).boxed();
            Ok(("Café, bills.csv".to_owned(), Archive { bytes: Some(5), pieces }))
        })
    }

    fn download(
        self: Arc<Self>,
        _: Option<String>,
        company: String,
        date: Option<String>,
    ) -> BoxFuture<'static, Result<Archive, Refusal>> {
        Box::pin(async move {
            if company != "known" {
                let body = json!({ "code": "notFound", "message": "no", "detail": null });
                return Err(Refusal { status: StatusCode::NOT_FOUND, body });
            }
            let pieces = [Ok("PK".into()), Ok("\u{3}\u{4}".into())];
            // Without a date the download fails.
            let end = date.is_none().then(|| Err(std::io::Error::other("broke off")));
            Ok(Archive { bytes: None, pieces: stream::iter(pieces.into_iter().chain(end)).boxed() })
        })
    }

    fn upload(
        self: Arc<Self>,
        transfer: u64,
        mut pieces: BoxStream<'static, std::io::Result<Bytes>>,
    ) -> BoxFuture<'static, Result<(), Refusal>> {
        Box::pin(async move {
            let mut text = String::new();
            while let Some(piece) = pieces.next().await {
                text += &String::from_utf8_lossy(&piece.expect("a piece"));
            }
            if transfer == 7 && text == "%PDF" {
                return Ok(());
            }
            let body = json!({ "code": "fileUnusable", "message": "no", "detail": null });
            Err(Refusal { status: StatusCode::UNPROCESSABLE_ENTITY, body })
        })
    }
}

/// A running server with a page in its own folder.
struct Running {
    authority: String,
    token: String,
    events: broadcast::Sender<String>,
    started: watch::Receiver<bool>,
    finished: watch::Receiver<u32>,
    open_gate: watch::Sender<bool>,
    ending: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

impl Running {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let dist = folder.path().join("dist");
        std::fs::create_dir_all(dist.join("assets")).expect("a folder");
        std::fs::write(dist.join("index.html"), "<h1>Companies</h1>").expect("a file");
        std::fs::write(dist.join("assets/app.js"), "start()").expect("a file");
        std::fs::write(folder.path().join("secret.txt"), "not for the page").expect("a file");

        let (events, _) = broadcast::channel(8);
        let (started_sender, started) = watch::channel(false);
        let (finished_sender, finished) = watch::channel(0);
        let (open_gate, gate) = watch::channel(false);
        let fake = Arc::new(Fake {
            events: events.clone(),
            started: started_sender,
            finished: finished_sender,
            gate,
        });
        let ending = CancellationToken::new();
        let (authority, token, server) = serve(fake, Pages::Folder(dist), ending.clone()).await;
        Self { authority, token, events, started, finished, open_gate, ending, server, _folder: folder }
    }

    fn get(&self, path: &str) -> Asked<'_> {
        Asked {
            server: self,
            line: format!("GET {path}"),
            host: Some(self.authority.clone()),
            more: vec![],
            body: None,
        }
    }

    fn post(&self, path: &str, body: &str) -> Asked<'_> {
        let more = vec!["Content-Type: application/json".to_owned()];
        let line = format!("POST {path}");
        Asked { server: self, line, host: Some(self.authority.clone()), more, body: Some(body.to_owned()) }
    }

    fn put(&self, path: &str, body: &str) -> Asked<'_> {
        Asked { line: format!("PUT {path}"), ..self.post(path, body) }
    }

    fn header(&self) -> String {
        format!("X-Portal-Token: {}", self.token)
    }

    fn in_query(&self, path: &str) -> String {
        format!("{path}?token={}", self.token)
    }
}

/// Starts a server on a free port. Returns its address, its token and the server.
async fn serve(
    commands: Arc<dyn Commands>,
    pages: Pages,
    ending: CancellationToken,
) -> (String, String, JoinHandle<std::io::Result<()>>) {
    let server = Server::bind(0, Token::random().expect("randomness")).await.expect("a port");
    let address = server.address();
    let (authority, token) =
        address.strip_prefix("http://").and_then(|rest| rest.split_once("/?token=")).expect("an address");
    let (authority, token) = (authority.to_owned(), token.to_owned());
    (authority, token, tokio::spawn(server.serve(commands, pages, ending)))
}

/// A request written by hand, so that the test controls every header.
struct Asked<'a> {
    server: &'a Running,
    line: String,
    host: Option<String>,
    more: Vec<String>,
    body: Option<String>,
}

impl Asked<'_> {
    fn host(mut self, host: Option<&str>) -> Self {
        self.host = host.map(str::to_owned);
        self
    }

    fn with(mut self, header: impl Into<String>) -> Self {
        self.more.push(header.into());
        self
    }

    async fn send(self) -> TcpStream {
        let mut text = format!("{} HTTP/1.1\r\nConnection: close\r\n", self.line);
        let host = self.host.iter().map(|host| format!("Host: {host}"));
        for header in host.chain(self.more) {
            text += &format!("{header}\r\n");
        }
        if let Some(body) = &self.body {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        text += &format!("\r\n{}", self.body.unwrap_or_default());
        let mut stream = TcpStream::connect(&self.server.authority).await.expect("it listens");
        stream.write_all(text.as_bytes()).await.expect("it reads");
        stream
    }

    async fn answer(self) -> Answer {
        let mut stream = self.send().await;
        let mut text = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut text))
            .await
            .expect("an answer")
            .expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    async fn status(self) -> u16 {
        self.answer().await.status
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    fn cookie(&self) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix("set-cookie: "))
    }
}

/// Reads until the text was received. Panics if the stream ends before.
async fn read_until(stream: &mut TcpStream, text: &str) {
    let mut read = String::new();
    let mut buffer = [0; 1024];
    while !read.contains(text) {
        let length =
            tokio::time::timeout(PATIENCE, stream.read(&mut buffer)).await.expect("it comes").expect("read");
        assert!(length > 0, "the stream ended before {text:?}: {read}");
        read += &String::from_utf8_lossy(&buffer[..length]);
    }
}

#[tokio::test]
async fn without_the_token_nothing_is_answered() {
    let server = Running::start().await;
    for path in
        ["/", "/index.html", "/assets/app.js", "/events", "/nowhere", "/call/echo", "/files?company=known"]
    {
        assert_eq!(server.get(path).status().await, 403, "GET {path}");
    }
    let refused = server.post("/call/echo", "{}").answer().await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["code"], "refused", "the page can read why");
    assert_eq!(refused.cookie(), None, "a stranger gets no cookie");
}

#[tokio::test]
async fn a_wrong_token_is_no_token() {
    let server = Running::start().await;
    let wrong = "0".repeat(64);
    assert_eq!(server.get(&format!("/?token={wrong}")).status().await, 403);
    assert_eq!(server.get("/?token=").status().await, 403);
    assert_eq!(server.get(&format!("/?token={}", &server.token[..63])).status().await, 403);
    assert_eq!(server.post("/call/echo", "{}").with(format!("X-Portal-Token: {wrong}")).status().await, 403);
    assert_eq!(
        server.get("/").with(format!("Cookie: portal-1={}", server.token)).status().await,
        403,
        "another's"
    );
}

#[tokio::test]
async fn a_foreign_host_is_refused_even_with_the_token() {
    let server = Running::start().await;
    let port = server.authority.rsplit_once(':').expect("a port").1.to_owned();
    let page = server.in_query("/");
    let foreign = ["evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example"];
    for host in foreign.into_iter().chain([format!("evil.example:{port}").as_str()]) {
        assert_eq!(server.get(&page).host(Some(host)).status().await, 403, "{host}");
    }
    assert_eq!(server.get(&page).host(None).status().await, 403, "no host");
    assert_eq!(
        server.get(&page).host(Some(&format!("localhost:{port}"))).status().await,
        200,
        "our other name"
    );
}

#[tokio::test]
async fn a_foreign_origin_is_refused_even_with_the_token() {
    let server = Running::start().await;
    let ours = format!("http://{}", server.authority);
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", ""] {
        let asked = server.post("/call/echo", "{}").with(server.header()).with(format!("Origin: {origin}"));
        assert_eq!(asked.status().await, 403, "{origin:?}");
    }
    let asked = server.post("/call/echo", "{}").with(server.header()).with(format!("Origin: {ours}"));
    assert_eq!(asked.status().await, 200);
}

#[tokio::test]
async fn the_cookie_is_of_no_use_to_a_page_elsewhere() {
    let server = Running::start().await;
    let (_, port) = server.authority.rsplit_once(':').expect("a port");
    let cookie = format!("Cookie: portal-{port}={}", server.token);
    let asked = |path: &str, site: &str| {
        server.get(path).with(cookie.clone()).with(format!("Sec-Fetch-Site: {site}")).status()
    };
    for path in ["/files?company=known&date=2026-10-31", "/exports/made"] {
        for site in ["cross-site", "same-site", ""] {
            assert_eq!(asked(path, site).await, 403, "{path}, {site:?}");
        }
        for site in ["same-origin", "none"] {
            assert_eq!(asked(path, site).await, 200, "{path}, {site:?}");
        }
    }
    assert_eq!(asked("/events", "same-site").await, 403);
    assert_eq!(asked("/", "cross-site").await, 200, "a link elsewhere may open the page");
    let call = server.post("/call/echo", "{}").with(cookie.clone()).with("Sec-Fetch-Site: same-site");
    assert_eq!(call.status().await, 403);
}

#[tokio::test]
async fn two_hosts_or_two_origins_are_refused_whichever_comes_first() {
    let server = Running::start().await;
    let ours = server.authority.clone();
    let asked = || server.post("/call/echo", "{}").with(server.header());
    for second in ["evil.example".to_owned(), ours.clone()] {
        assert_ne!(asked().with(format!("Host: {second}")).status().await, 200, "two hosts");
        let origins = asked().with(format!("Origin: http://{ours}")).with(format!("Origin: http://{second}"));
        assert_eq!(origins.status().await, 403, "two origins");
    }
}

#[tokio::test]
async fn the_page_gets_a_cookie_that_opens_its_files() {
    let server = Running::start().await;
    let page = server.get(&server.in_query("/")).answer().await;
    assert_eq!((page.status, page.body.as_str()), (200, "<h1>Companies</h1>"));
    let cookie = page.cookie().expect("a cookie");
    for part in ["httponly", "samesite=strict", "path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let pair = cookie.split(';').next().expect("a pair");
    let script = server.get("/assets/app.js").with(format!("Cookie: other=1; {pair}")).answer().await;
    assert_eq!((script.status, script.body.as_str()), (200, "start()"));
    assert!(script.head.contains("content-type: text/javascript"), "{}", script.head);
}

#[tokio::test]
async fn every_answer_says_what_the_page_may_load() {
    let server = Running::start().await;
    let page = server.get(&server.in_query("/")).answer().await;
    let stranger = server.get("/").answer().await;
    for head in [page.head, stranger.head] {
        assert!(head.contains("content-security-policy: default-src 'none'; script-src 'self';"), "{head}");
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
        assert!(head.contains("referrer-policy: no-referrer"), "the token must not travel: {head}");
    }
}

#[tokio::test]
async fn places_within_the_page_are_the_page_and_nothing_leads_out() {
    let server = Running::start().await;
    let place = server.get(&server.in_query("/settings")).answer().await;
    assert_eq!((place.status, place.body.as_str()), (200, "<h1>Companies</h1>"));
    assert_eq!(server.get(&server.in_query("/missing.js")).status().await, 404);
    for path in ["/../secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt", "//etc/hostname.txt"] {
        assert_eq!(server.get(&server.in_query(path)).status().await, 404, "{path}");
    }
}

#[tokio::test]
async fn a_call_answers_with_the_result_or_the_refusal() {
    let server = Running::start().await;
    let args = json!({ "name": "Ōsaka \u{0} <b>" });
    let echoed = server.post("/call/echo", &args.to_string()).with(server.header()).answer().await;
    assert_eq!((echoed.status, echoed.json()), (200, args));

    let refused = server.post("/call/nothing", "{}").with(server.header()).answer().await;
    assert_eq!((refused.status, &refused.json()["code"]), (404, &json!("unknownCommand")));

    let garbled = server.post("/call/echo", "{").with(server.header()).answer().await;
    assert_eq!((garbled.status, &garbled.json()["code"]), (400, &json!("badArguments")));

    assert_eq!(server.get(&server.in_query("/call/echo")).status().await, 405, "an act is never a GET");
}

#[tokio::test]
async fn a_call_says_which_workspace_it_is_for() {
    let server = Running::start().await;
    let call = || server.post("/call/workspace", "{}").with(server.header());
    assert_eq!(call().answer().await.json(), Value::Null, "a page that shows none says none");
    let named = call().with("X-Portal-Workspace: one".to_owned()).answer().await;
    assert_eq!(named.json(), json!("one"));
}

#[tokio::test]
async fn a_call_that_breaks_is_told_and_the_next_one_works() {
    let server = Running::start().await;
    let broken = server.post("/call/broken", "{}").with(server.header()).answer().await;
    assert_eq!((broken.status, &broken.json()["code"]), (500, &json!("internal")));
    assert_eq!(server.post("/call/echo", "{}").with(server.header()).status().await, 200);
}

#[tokio::test]
async fn an_act_is_finished_even_when_the_page_goes_away() {
    let server = Running::start().await;
    let page = server.post("/call/slow", "{}").with(server.header()).send().await;
    let mut started = server.started.clone();
    tokio::time::timeout(PATIENCE, started.wait_for(|started| *started))
        .await
        .expect("started")
        .expect("alive");
    drop(page);
    // After another round trip the server has noticed that the page is gone.
    assert_eq!(server.post("/call/echo", "{}").with(server.header()).status().await, 200);
    server.open_gate.send(true).expect("somebody waits");
    let mut finished = server.finished.clone();
    tokio::time::timeout(PATIENCE, finished.wait_for(|count| *count == 1))
        .await
        .expect("finished")
        .expect("alive");
}

#[tokio::test]
async fn events_reach_every_page_that_listens() {
    let server = Running::start().await;
    let mut first = server.get(&server.in_query("/events")).send().await;
    let mut second = server.get("/events").with(server.header()).send().await;
    read_until(&mut first, "text/event-stream").await;
    read_until(&mut second, "text/event-stream").await;
    server.events.send(json!({ "type": "changed", "version": 7 }).to_string()).expect("two listen");
    for stream in [&mut first, &mut second] {
        read_until(stream, "data: {\"type\":\"changed\",\"version\":7}\n\n").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_last_page_leaves_no_company_is_on_screen_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let ending = CancellationToken::new();
    let options = app::Options { sandbox_companies: Some(3), ..app::Options::default() };
    let desktop = Arc::new(BrowserDesktop::new(ending.clone()));
    let app = App::start(app::Folders::under(folder.path()), desktop, options).await.expect("it starts");
    let (authority, token, server) = serve(app.clone(), Pages::BuiltIn, ending.clone()).await;
    let post = async |name: &str, body: Value| {
        let body = body.to_string();
        let text = format!(
            "POST /call/{name} HTTP/1.1\r\nConnection: close\r\nHost: {authority}\r\nX-Portal-Token: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(&authority).await.expect("it listens");
        stream.write_all(text.as_bytes()).await.expect("it reads");
        read_until(&mut stream, "200 OK").await;
    };
    let mut page = TcpStream::connect(&authority).await.expect("it listens");
    let listen = format!("GET /events?token={token} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    page.write_all(listen.as_bytes()).await.expect("it reads");
    read_until(&mut page, "listening").await;
    let company = "e0000000-0000-0000-0000-000000000001";
    post("watching", json!({ "window": "focused" })).await;
    post("onScreen", json!({ "company": company })).await;
    assert!(app.company_on_screen().await.is_some());
    drop(page);
    let gone = async { while app.company_on_screen().await.is_some() {} };
    tokio::time::timeout(PATIENCE, gone).await.expect("the app hears that the page is gone");
    post("watching", json!({ "window": "focused" })).await;
    assert_eq!(app.company_on_screen().await, None, "another page shows what it says it shows");
    ending.cancel();
    tokio::time::timeout(PATIENCE, server).await.expect("it ends").expect("joined").expect("well");
    app.stop().await;
}

#[tokio::test]
async fn listening_pages_do_not_hold_up_the_end() {
    let server = Running::start().await;
    let mut listening = server.get(&server.in_query("/events")).send().await;
    read_until(&mut listening, "listening").await;
    server.ending.cancel();
    tokio::time::timeout(PATIENCE, server.server).await.expect("it ends").expect("joined").expect("well");
}

#[tokio::test]
async fn a_taken_port_is_said_in_plain_words() {
    let server = Running::start().await;
    let port = server.authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port");
    let token = Token::random().expect("randomness");
    let error = Server::bind(port, token).await.expect_err("taken").to_string();
    assert!(error.contains(&port.to_string()) && error.contains("--port"), "{error}");
}

#[tokio::test]
async fn files_come_as_an_archive_to_save_or_as_a_refusal() {
    let server = Running::start().await;
    let saved = server.get("/files?company=known&date=2026-10-31").with(server.header()).answer().await;
    assert_eq!(saved.status, 200);
    assert!(saved.head.contains("attachment; filename=\"files-2026-10-31.zip\""), "{}", saved.head);
    assert!(saved.body.contains("PK"), "{}", saved.body);
    let whole = saved.body.ends_with("0\r\n\r\n");
    assert!(whole, "the end is said: {:?}", saved.body);
    let mut stream = server.get("/files?company=known").with(server.header()).send().await;
    let mut broken = Vec::new();
    // How the connection ends depends on the system; that the server does not end the file is our part.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut broken)).await.expect("an end");
    assert!(!broken.ends_with(b"0\r\n\r\n"), "{:?}", String::from_utf8_lossy(&broken));
    assert_eq!(server.get("/files?company=other").with(server.header()).status().await, 404);
}

#[tokio::test]
async fn an_export_comes_under_its_name_and_needs_the_token() {
    let server = Running::start().await;
    let saved = server.get("/exports/made").with(server.header()).answer().await;
    assert_eq!(saved.status, 200);
    assert!(saved.head.contains("filename*=utf-8''caf%c3%a9%2c%20bills.csv"), "{}", saved.head);
    assert!(saved.head.contains("text/csv") && saved.body.ends_with("a,b\r\n"), "{}", saved.body);
    assert_eq!(server.get("/exports/other").with(server.header()).status().await, 404);
    assert_eq!(server.get("/exports/made").status().await, 403);
}

#[tokio::test]
async fn a_file_goes_to_the_application_as_it_comes_or_is_refused_in_words() {
    let server = Running::start().await;
    let put = |path: &str| server.put(path, "%PDF").with(server.header());
    assert_eq!(put("/files/7").status().await, 200);
    let refused = put("/files/8").answer().await;
    assert_eq!((refused.status, &refused.json()["code"]), (422, &json!("fileUnusable")));
    assert_eq!(server.put("/files/7", "%PDF").status().await, 403, "not without the token");
}

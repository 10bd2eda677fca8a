//! The program is killed with SIGKILL at random moments of its work, again and again. Nothing that it said it did may
//! be lost, and nothing may be done or told twice.
//!
//! It runs 40 kills; `PORTAL_CRASH_KILLS` says another number, as `cargo xtask crash --kills N` does.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::Instant,
};

const KEY: &str = "the-key-of-the-crash-test";
/// The longest life of the program before it is killed, in milliseconds.
const LONGEST_LIFE: u64 = 2_500;
/// How long an answer is waited for that says nothing about what was done.
const BRIEFLY: Duration = Duration::from_millis(60);
/// Connections that break in one life at most. The rest of the time goes to other work.
const BREAKS: u64 = 2;

/// Random numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// The changes that the test sent to one workspace, and whether the program acknowledged them.
#[derive(Default)]
struct Asked {
    /// Names of companies, and whether the program acknowledged their creation.
    created: BTreeMap<String, bool>,
    /// By company: its notes, and whether the program acknowledged them.
    notes: BTreeMap<String, (String, bool)>,
    broken: BTreeSet<String>,
}

struct World {
    folder: TempDir,
    codat: sandbox::Sandbox,
    client: reqwest::Client,
    random: Random,
    /// The ID of the workspace at the stand-in for Codat.
    id: String,
    at_codat: Asked,
    at_sandbox: Asked,
    /// Connections of the stand-in that can break, and companies of it that can have notes.
    whole: Vec<String>,
    companies: Vec<String>,
}

/// One life of the program.
struct Life {
    child: Child,
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Life {
    async fn begin(folder: &Path, codat: &str, client: &reqwest::Client) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_webhost"));
        command.env("HOME", folder).env("XDG_RUNTIME_DIR", folder);
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("PORTAL_LOG", "warn");
        command.arg("--data-dir").arg(folder.join("data"));
        command.args(["--port", "0", "--limits", "off", "--codat-base", codat]);
        command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let (address, token) = line
            .trim()
            .trim_start_matches("Portal Desktop: ")
            .split_once("/?token=")
            .unwrap_or_else(|| panic!("it did not start: {line}"));
        let (address, token) = (address.to_owned(), token.to_owned());
        Self { child, client: client.clone(), address, token }
    }

    /// None where the program was killed before it answered.
    async fn call(&self, workspace: Option<&str>, name: &str, args: Value) -> Option<Result<Value, Value>> {
        let mut request = self.client.post(format!("{}/call/{name}", self.address));
        request = request.header("content-type", "application/json").header("x-portal-token", &self.token);
        if let Some(workspace) = workspace {
            request = request.header("x-portal-workspace", workspace);
        }
        let answer = request.body(args.to_string()).send().await.ok()?;
        let is_done = answer.status().is_success();
        let body = serde_json::from_str(&answer.text().await.ok()?).ok()?;
        Some(if is_done { Ok(body) } else { Err(body) })
    }

    /// Enters the key again, which was for one life alone.
    async fn enter_key(&self, id: &str) {
        let key = json!({ "id": id, "key": KEY, "sessionOnly": true });
        self.call(None, "replaceKey", key).await;
    }
}

impl World {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = sandbox::Options {
            port: 0,
            api_key: KEY.to_owned(),
            companies: Some(200),
            limits: sandbox::Limits::OFF,
            seed: 9,
            ..sandbox::Options::default()
        };
        let codat = sandbox::Sandbox::start(options, Arc::new(app::clock::now)).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let life = Life::begin(folder.path(), &codat.base_url(), &client).await;
        let add = json!({ "name": "Northbank", "key": KEY, "colour": "blue", "sessionOnly": true });
        let added = life.call(None, "addWorkspace", add).await.unwrap().unwrap();
        let id = added["workspace"]["id"].as_str().unwrap().to_owned();
        let mut world = Self {
            folder,
            codat,
            client,
            random: Random(7),
            id,
            at_codat: Asked::default(),
            at_sandbox: Asked::default(),
            whole: Vec::new(),
            companies: Vec::new(),
        };
        // What breaks before the first sweep is how things are, and no news.
        world.is_current(&life).await;
        let page = world.at_codat("GET", "/companies?page=1&pageSize=500", json!({})).await;
        for company in page["results"].as_array().unwrap() {
            world.companies.push(company["id"].as_str().unwrap().to_owned());
            let connections = company["dataConnections"].as_array().unwrap();
            let is_whole = |it: &&Value| {
                it["status"] == "Linked" && it["dataConnectionErrors"].as_array().is_none_or(Vec::is_empty)
            };
            let whole = connections.iter().filter(is_whole);
            world.whole.extend(whole.map(|it| it["id"].as_str().unwrap().to_owned()));
        }
        world
    }

    async fn begin(&self) -> Life {
        Life::begin(self.folder.path(), &self.codat.base_url(), &self.client).await
    }

    async fn is_current(&self, life: &Life) {
        for _ in 0..1_500 {
            let session = life.call(None, "session", json!({})).await.unwrap().unwrap();
            let workspaces = session["workspaces"].as_array().unwrap();
            if workspaces.iter().any(|it| it["id"] == self.id.as_str() && it["state"] == "current") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the workspace did not become current");
    }

    async fn at_codat(&self, method: &str, path: &str, body: Value) -> Value {
        speak(&self.client, &self.codat.base_url(), KEY, method, path, body).await
    }

    /// One life: work until the program is killed.
    async fn live(&mut self, number: u64) {
        let mut life = self.begin().await;
        let end = Instant::now() + Duration::from_millis(20 + self.random.below(LONGEST_LIFE));
        if self.random.below(4) > 0 {
            tokio::select! {
                () = life.enter_key(&self.id) => {}
                () = tokio::time::sleep_until(end) => {}
            }
        }
        let mut broken = 0;
        for step in 0.. {
            if Instant::now() >= end {
                break;
            }
            let is_at_codat = self.random.below(2) == 0;
            let workspace = if is_at_codat { self.id.clone() } else { "sandbox".to_owned() };
            match self.random.below(6) {
                0 | 1 => {
                    let name = format!("Crash {number} {step}");
                    let new = json!({ "name": name, "description": null, "tags": [] });
                    let asked = if is_at_codat { &mut self.at_codat } else { &mut self.at_sandbox };
                    asked.created.insert(name.clone(), false);
                    let answer = until(end, life.call(Some(&workspace), "createCompany", new)).await;
                    if let Some(Ok(_)) = answer {
                        asked.created.insert(name, true);
                    } else if let Some(Err(error)) = answer
                        && error["code"] != "noAnswer"
                    {
                        asked.created.remove(&name);
                    }
                }
                2 if !self.companies.is_empty() => {
                    let company = self.companies.swap_remove(0);
                    let text = format!("note {number} {step}");
                    let set = json!({ "id": company, "was": "", "text": text });
                    let answer = until(end, life.call(Some(&self.id), "setNotes", set)).await;
                    // The workspace may not be open yet.
                    if !matches!(answer, Some(Err(_))) {
                        self.at_codat.notes.insert(company, (text, answer.is_some()));
                    }
                }
                3 => {
                    let show = json!({ "id": workspace });
                    until(Instant::now() + BRIEFLY, life.call(None, "switchWorkspace", show)).await;
                }
                4 if broken < BREAKS && !self.whole.is_empty() => {
                    broken += 1;
                    let at = self.random.below(self.whole.len() as u64) as usize;
                    let connection = self.whole.swap_remove(at);
                    let path = format!("/_sandbox/connections/{connection}/deauthorize");
                    self.at_codat("POST", &path, json!({})).await;
                    self.at_codat.broken.insert(connection);
                }
                _ => {
                    let swept = life.call(Some(&workspace), "refreshNow", json!({}));
                    until(Instant::now() + BRIEFLY, swept).await;
                }
            }
        }
        life.child.kill().await.unwrap();
    }

    /// What is wrong after all lives, and the figures.
    async fn verdict(&self) -> (Vec<String>, String) {
        let mut wrong = Vec::new();
        let life = self.begin().await;
        life.enter_key(&self.id).await;
        self.is_current(&life).await;
        let own = std::fs::read_to_string(self.folder.path().join("data/sandbox.json")).unwrap();
        let own: Value = serde_json::from_str(&own).unwrap();
        let (own_address, own_key) = (own["address"].as_str().unwrap(), own["key"].as_str().unwrap());
        let codat_address = self.codat.base_url();
        for (asked, address, key) in
            [(&self.at_codat, codat_address.as_str(), KEY), (&self.at_sandbox, own_address, own_key)]
        {
            for (name, is_said) in &asked.created {
                let path =
                    format!("/companies?page=1&pageSize=100&query=name%3D{}", name.replace(' ', "%20"));
                let page = speak(&self.client, address, key, "GET", &path, json!({})).await;
                match (page["totalResults"].as_u64().unwrap(), is_said) {
                    (1, _) | (0, false) => {}
                    (0, true) => wrong.push(format!("{name} was acknowledged and does not exist")),
                    (several, _) => wrong.push(format!("{name} is there {several} times")),
                }
            }
        }
        life.call(None, "switchWorkspace", json!({ "id": self.id })).await.unwrap().unwrap();
        for (company, (text, is_said)) in &self.at_codat.notes {
            let kept = life.call(Some(&self.id), "notes", json!({ "id": company })).await.unwrap().unwrap();
            let is_lost = *is_said || kept["text"] != "";
            if kept["text"] != text.as_str() && is_lost {
                wrong.push(format!("the notes of {company} are {kept}, and {text} was sent"));
            }
        }
        let database = self.database(&format!("workspaces/{}.db", self.id));
        let mut alerts = BTreeMap::new();
        for _ in 0..600 {
            life.call(Some(&self.id), "refreshNow", json!({})).await;
            alerts = alerts_of(&database).await;
            if self.at_codat.broken.iter().all(|it| alerts.contains_key(it)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        for connection in &self.at_codat.broken {
            match alerts.get(connection) {
                Some(1) => {}
                Some(many) => wrong.push(format!("{connection} has {many} alerts")),
                None => wrong.push(format!("{connection} broke and has no alert")),
            }
        }
        let mut child = life.child;
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        assert!(child.wait().await.unwrap().success(), "it ends in good order");
        for name in [
            "portal.db",
            "workspaces/sandbox.db",
            "sandbox/sandbox.db",
            &format!("workspaces/{}.db", self.id),
        ] {
            let mut open = read(&self.database(name)).await;
            let found: Vec<String> =
                sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut open).await.unwrap();
            if found != ["ok"] {
                wrong.push(format!("{name}: {found:?}"));
            }
            if name.starts_with("workspaces") {
                let gaps: i64 =
                    sqlx::query_scalar("SELECT coalesce(max(seq) - min(seq) + 1 - count(*), 0) FROM journal")
                        .fetch_one(&mut open)
                        .await
                        .unwrap();
                if gaps != 0 {
                    wrong.push(format!("{name}: the journal lacks {gaps}"));
                }
            }
            open.close().await.unwrap();
        }
        let said = |asked: &Asked| asked.created.values().filter(|said| **said).count();
        let figures = format!(
            "created {} ({} asked), notes {}, connections broken {}, alerts {}",
            said(&self.at_codat) + said(&self.at_sandbox),
            self.at_codat.created.len() + self.at_sandbox.created.len(),
            self.at_codat.notes.values().filter(|(_, said)| *said).count(),
            self.at_codat.broken.len(),
            alerts.values().sum::<i64>(),
        );
        (wrong, figures)
    }

    fn database(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_done_twice_however_often_the_program_is_killed() {
    let kills = std::env::var("PORTAL_CRASH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let mut world = World::new().await;
    for number in 0..kills {
        world.live(number).await;
    }
    let (wrong, figures) = world.verdict().await;
    println!("{kills} kills: {figures}");
    world.codat.stop().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The answer, unless the life ends before.
async fn until<T>(end: Instant, answer: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout_at(end, answer).await.ok().flatten()
}

async fn read(database: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(database).read_only(true).connect().await.unwrap()
}

/// The number of alerts of each connection.
async fn alerts_of(database: &Path) -> BTreeMap<String, i64> {
    let mut open = read(database).await;
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT journal.connection_id, count(*) FROM alerts JOIN journal ON journal.seq = alerts.first_seq
         GROUP BY journal.connection_id",
    )
    .fetch_all(&mut open)
    .await
    .unwrap();
    open.close().await.unwrap();
    rows.into_iter().collect()
}

async fn speak(
    client: &reqwest::Client,
    address: &str,
    key: &str,
    method: &str,
    path: &str,
    body: Value,
) -> Value {
    let url = format!("{}{path}", address.trim_end_matches('/'));
    let request = client
        .request(method.parse().unwrap(), url)
        .header("authorization", format!("Basic {}", STANDARD.encode(key)))
        .header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

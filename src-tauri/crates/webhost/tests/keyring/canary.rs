//! A known API key is used in every way and with every failure. It must be stored in the keyring only.

use std::{
    collections::BTreeSet,
    io::Read as _,
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::session::{DesktopSession, KEY, Program, client, codat};

/// The password of a proxy.
const PROXY_PASSWORD: &str = "proxy/test+password~77c1:f0?=";
/// Commands that stop or remove something; the test calls them separately.
const CALLED_SEPARATELY: [&str; 5] =
    ["quit", "removeWorkspace", "signOut", "rebuildDatabase", "exportDiagnostics"];
/// How often each fault is injected per round of all commands.
const REPEATS: usize = 2;
/// Rounds of all commands with failing requests. Each starts with another fault, so that a command meets
/// several.
const ROUNDS: usize = 3;
/// The number of concurrent commands.
const AT_ONCE: usize = 8;

/// Texts that must not be found: the forms of each key in lower case.
struct KeyForms(Vec<String>);

impl KeyForms {
    fn keys(keys: &[&str]) -> Self {
        Self(keys.iter().flat_map(|key| forms(key)).map(|form| form.to_ascii_lowercase()).collect())
    }

    /// The forms that occur, ignoring case.
    fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        self.0.iter().map(String::as_str).filter(|form| text.contains(*form)).collect()
    }

    fn assert_absent(&self, place: &str, bytes: &[u8]) {
        assert_eq!(self.found_in(bytes), Vec::<&str>::new(), "in {place}");
    }

    /// Searches every file below a folder. Returns their names.
    fn assert_absent_in_files(&self, folder: &Path) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                names.extend(self.assert_absent_in_files(&path));
            } else if kind.is_file() {
                self.assert_absent(&path.display().to_string(), path.as_os_str().as_encoded_bytes());
                // A file may be deleted meanwhile, for example a write-ahead log.
                if let Ok(bytes) = std::fs::read(&path) {
                    self.assert_absent(&path.display().to_string(), &bytes);
                    names.insert(entry.file_name().to_string_lossy().into_owned());
                }
            }
        }
        names
    }

    /// Searches every file of a ZIP archive. Returns their names.
    fn assert_absent_in_archive(&self, archive: &[u8]) -> BTreeSet<String> {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
        let mut names = BTreeSet::new();
        for place in 0..archive.len() {
            let mut file = archive.by_index(place).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let name = file.name().unwrap().into_owned();
            self.assert_absent(&name, &bytes);
            names.insert(name);
        }
        names
    }
}

/// The encodings in which a key could be written.
fn forms(key: &str) -> [String; 4] {
    let percent = key.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    [
        key.to_owned(),
        BASE64_STANDARD_NO_PAD.encode(key),
        BASE64_URL_SAFE_NO_PAD.encode(key),
        percent.collect(),
    ]
}

/// A started program with its recorded answers and events.
struct RecordedProgram {
    program: Program,
    received: Arc<Mutex<String>>,
    workspace: String,
    company: String,
    connection: String,
}

impl RecordedProgram {
    /// Records the events of a started program.
    async fn new(program: Program, received: Arc<Mutex<String>>) -> Self {
        let (mut events, log) = (program.get("/events").await, received.clone());
        tokio::spawn(async move {
            while let Ok(Some(piece)) = events.chunk().await {
                log.lock().unwrap().push_str(&String::from_utf8_lossy(&piece));
            }
        });
        let [workspace, company, connection] = [const { String::new() }; 3];
        Self { program, received, workspace, company, connection }
    }

    async fn call(&self, name: &str, args: Value) -> Result<Value, Value> {
        let answer = self.program.call(name, args).await;
        self.received.lock().unwrap().push_str(&format!("\n{name}: {answer:?}"));
        answer
    }

    /// Uses the first linked company of the workspace from now on.
    async fn choose_company(&mut self, workspace: &Value) {
        self.workspace = workspace.as_str().unwrap().to_owned();
        self.is_current().await;
        let page = self.call("companies", json!(view())).await.unwrap();
        let rows = page["rows"].as_array().unwrap();
        let linked = rows.iter().find(|row| row["connections"].as_array().is_some_and(|all| !all.is_empty()));
        let company = linked.expect("a company with a connection");
        self.company = company["id"].as_str().unwrap().to_owned();
        self.connection = company["connections"][0]["id"].as_str().unwrap().to_owned();
    }

    /// The archive of *Export diagnostics*.
    async fn diagnostics(&self) -> Vec<u8> {
        let file = self.call("exportDiagnostics", json!({})).await.unwrap();
        let download = file["download"].as_str().unwrap();
        self.program
            .get(&format!("/exports/{download}"))
            .await
            .error_for_status()
            .unwrap()
            .bytes()
            .await
            .unwrap()
            .to_vec()
    }

    async fn is_current(&self) {
        self.program.session_with("a sweep", |session| session["health"]["state"] == "current").await;
    }

    /// Calls every command except those called separately. Returns the codes of the errors.
    async fn every_command(&self) -> BTreeSet<(&'static str, String)> {
        let names =
            app::COMMANDS.iter().map(|command| command.name).filter(|name| !CALLED_SEPARATELY.contains(name));
        let answers =
            stream::iter(names).map(async |name| (name, self.call(name, self.arguments(name)).await));
        let answers = answers.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        let failed = answers.into_iter().filter_map(|(name, answer)| Some((name, answer.err()?)));
        failed.map(|(name, error)| (name, error["code"].as_str().unwrap().to_owned())).collect()
    }

    /// Arguments with which a command succeeds, or sends a request to Codat.
    fn arguments(&self, name: &str) -> Value {
        let (company, connection) = (&self.company, &self.connection);
        let records = json!({
            "company": company, "dataType": "invoices", "connection": null, "account": null, "page": 1,
            "query": "", "orderBy": "", "kept": false,
        });
        let history = json!({
            "company": company, "writes": false, "dataType": "", "status": null, "from": null, "until": null,
        });
        let ends = json!({ "clock": null, "from": null, "until": null });
        let many = json!({ "companies": [company], "search": null, "except": [] });
        let sort = json!({ "column": "name", "descending": false });
        let plan = json!({
            "target": { "kind": "all" }, "dataTypes": [], "timing": { "kind": "every", "hours": 24 },
            "zone": null, "blackouts": [], "spreadMinutes": 0,
        });
        match name {
            "companies" => view(),
            "rows" => json!({ "view": view(), "version": 0, "offset": 0, "limit": 50 }),
            "activity" => json!({ "id": company, "kinds": [], "before": null }),
            "history" => json!({ "filter": history, "offset": 0, "limit": 50 }),
            "loadHistory" => json!({ "filter": history, "page": 1 }),
            "records" | "stopCopy" => records,
            "copyRecords" => json!({ "records": records, "always": true }),
            "exportCompanies" => {
                json!({ "id": "list", "selection": many, "sort": sort, "columns": ["name"], "format": "xlsx" })
            }
            "inbox" => json!({ "filter": "open", "offset": 0, "limit": 50 }),
            "markAlertsRead" => json!({ "ids": null, "read": true }),
            "snoozeAlerts" => json!({ "ids": [1], "until": null, "untilChange": true }),
            "draftEmail" => json!({ "company": company, "connection": connection }),
            "setAlertRules" => json!({ "muted": ["outage"], "view": null, "quiet": [], "reminder": "09:00" }),
            "copyCompanyLinks" => json!({ "selection": many, "sort": sort, "form": "csv" }),
            "saveView" => {
                let view =
                    json!({ "id": "view", "name": "View", "search": "", "sort": sort, "columns": null });
                json!({ "view": view, "position": null })
            }
            "exportRecords" => json!({ "id": "one", "records": records, "format": "csv" }),
            "recordJson" => json!({ "page": records, "index": 0, "id": null }),
            "statement" => json!({ "company": company, "dataType": "profitAndLoss", "span": "month" }),
            "loadStatement" => json!({ "company": company, "dataType": "profitAndLoss", "always": true }),
            "requests" => json!({ "cause": null, "failures": false, "most": 500 }),
            "scheduleForecast" => json!({ "id": null, "plan": plan }),
            "saveSchedule" => json!({ "id": null, "name": "Daily", "on": false, "plan": plan }),
            "removeSchedule" | "restoreSchedule" | "runSchedule" | "switchSchedule" => {
                json!({ "id": 1, "on": false })
            }
            "showTransfer" | "putAwayTransfer" => json!({ "id": 1 }),
            "skyline" => json!({ "edges": [0, 4_000_000_000_000_i64] }),
            "expiring" => json!({ "filter": ends, "offset": 0, "limit": 50 }),
            "copyExpiryLinks" => {
                json!({ "selection": { "connections": null, "filter": ends }, "form": "csv" })
            }
            "previewExpiryRefresh" | "refreshExpiring" => json!({ "connections": null, "filter": ends }),
            "setClock" => {
                json!({ "key": "gbol", "kind": "idle", "days": 30, "source": "", "estimate": true })
            }
            "resetClock" => json!({ "id": "gbol" }),
            "setKeepAlive" => json!({ "mode": "ask" }),
            "checkUploads" => json!({ "files": [] }),
            "unlinkConnection" | "deleteConnection" => {
                json!({ "company": company, "connection": "11111111-1111-1111-1111-111111111111" })
            }
            "renameCompany" => json!({ "id": company, "was": null, "name": "Seen" }),
            "beginUploads" | "uploadChosen" => {
                json!({ "company": company, "connection": connection, "files": [], "chosen": 1 })
            }
            "setPreferences" => json!({ "turn": { "page": "one", "at": 1 }, "chosen": {} }),
            "setTags" => json!({ "id": company, "was": [], "tags": [["seen", "yes"]] }),
            "refreshMany" | "refreshPreview" => json!({ "selection": many, "dataType": null }),
            "tagPreview" | "tagMany" => json!({ "selection": many, "add": [["seen", "yes"]], "remove": [] }),
            "bulkDeletePreview" => json!({ "selection": many }),
            "deleteMany" => json!({ "selection": many, "typedCount": "no number" }),
            "companyProgress" => json!({ "companies": [company] }),
            "runItems" => json!({ "run": 1, "states": [], "offset": 0, "limit": 50 }),
            "addWorkspace" | "replaceKey" => {
                json!({ "id": self.workspace, "name": "Again", "key": KEY, "color": "teal", "sessionOnly": false })
            }
            "updateWorkspace" => {
                json!({ "id": self.workspace, "name": "Prod", "color": "blue", "inviteUrl": null })
            }
            "setSafeMode" => json!({ "id": self.workspace, "mode": "administer" }),
            "switchWorkspace" | "retryKey" | "watchWorkspace" => {
                json!({ "id": self.workspace, "watched": true })
            }
            "previewImport" | "applyImport" => json!({ "id": 1 }),
            // Loopback addresses use no proxy; the password is one more secret.
            "setNetwork" | "testConnection" => json!({
                "network": { "proxy": { "kind": "none" }, "caFile": null }, "password": PROXY_PASSWORD,
                "sessionOnly": false,
            }),
            "sandboxCall" => json!({ "method": "GET", "path": "/_sandbox/faults" }),
            _ => json!({
                "id": company, "company": company, "connection": connection, "dataType": "invoices",
                "dataset": "11111111-1111-1111-1111-111111111111", "integration": "gbol",
                "name": "Seen", "description": null, "tags": [], "was": "", "text": "Seen", "label": "Text",
                "typedName": "not its name", "search": "", "cursor": 0, "always": true, "companies": null,
                "before": null, "date": null, "run": 1, "percent": 90, "paused": false, "here": true,
                "window": "focused", "overrides": false, "changes": [],
            }),
        }
    }
}

fn view() -> Value {
    json!({ "search": "is:linked", "sort": { "column": "name", "descending": false }, "expanded": [] })
}

/// The sandbox in Codat's place, called directly.
struct Server<'a>(&'a sandbox::Sandbox);

impl Server<'_> {
    async fn ask(&self, method: reqwest::Method, path: &str, body: &Value) -> Value {
        let request = client().request(method, format!("{}{path}", self.0.base_url()));
        let request = request.header("authorization", header()).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap().error_for_status().unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    async fn set_faults(&self, faults: &Value) {
        self.ask(reqwest::Method::POST, "/_sandbox/faults", faults).await;
    }

    async fn remove_faults(&self) {
        self.ask(reqwest::Method::DELETE, "/_sandbox/faults", &Value::Null).await;
    }
}

/// The authorization header with the key.
fn header() -> String {
    format!("Basic {}", BASE64_STANDARD.encode(KEY))
}

/// A Codat error that repeats the key in every text.
fn error(status: u16) -> Value {
    let echo = echo();
    let validation = json!({ "errors": [{ "itemId": echo, "message": echo, "validatorName": echo }] });
    let body = json!({
        "statusCode": status, "service": echo, "error": echo, "correlationId": echo, "validation": validation,
    });
    json!({ "status": status, "body": body, "times": 1 })
}

/// The body of a server or proxy that repeats the key.
fn echo() -> String {
    format!("No: {KEY}, {}", header())
}

/// A rate limit so long that requests fail instead of waiting.
fn rate_limited() -> Value {
    let mut fault = error(429);
    fault["retryAfter"] = json!(120);
    fault
}

/// One fault of each other kind, each for one request. Faults with a response repeat the key in it.
fn faults() -> Vec<Value> {
    let page = format!("<!doctype html><html><body>{}</body></html>", echo());
    let others = [
        json!({ "status": 302, "body": page, "times": 1 }),
        json!({ "status": 403, "body": page, "times": 1 }),
        json!({ "status": 500, "body": page, "times": 1 }),
        json!({ "status": 200, "body": echo(), "times": 1 }),
        json!({ "html": true, "times": 1 }),
        json!({ "malformed": true, "times": 1 }),
        json!({ "lost": true, "times": 1 }),
    ];
    [400, 401, 403, 500].map(error).into_iter().chain(others).collect()
}

#[test]
fn a_key_is_found_however_it_is_written() {
    let key_forms = KeyForms::keys(&["a+B/c?d"]);
    for text in ["a+B/c?d", "YStCL2M/ZA==", "YStCL2M_ZA", "ystcl2m/za", "a%2BB%2Fc%3Fd", "a%2bb%2fc%3fd"] {
        assert_ne!(key_forms.found_in(format!("\0 {text}\u{ff}").as_bytes()), Vec::<&str>::new(), "{text}");
    }
    assert_eq!(key_forms.found_in(b"a+B/c"), Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_nowhere_but_in_the_keyring_whatever_goes_wrong() {
    let (desktop, codat) = (DesktopSession::with_keyring().await, codat().await);
    let server = Server(&codat);
    let other = server.ask(reqwest::Method::POST, "/apiKeys", &json!({ "name": "Second" })).await;
    let other = other["apiKey"].as_str().unwrap().to_owned();
    let key_forms = KeyForms::keys(&[KEY, &other, PROXY_PASSWORD]);
    let received = Arc::new(Mutex::new(String::new()));
    let data = desktop.home.path().join("data");

    let mut program = RecordedProgram::new(desktop.start(&codat).await, received.clone()).await;
    let pasted = format!("Authorization: {}", header());
    let add = json!({ "name": "Prod", "key": pasted, "color": "blue", "sessionOnly": true });
    let added = program.call("addWorkspace", add).await.unwrap();
    assert_eq!(added["kept"], "session");
    program.choose_company(&added["workspace"]["id"]).await;
    let replace = json!({ "id": program.workspace, "key": other, "sessionOnly": false });
    assert_eq!(program.call("replaceKey", replace).await.unwrap()["kept"], "kept");
    let administer = json!({ "id": program.workspace, "mode": "administer" });
    program.call("setSafeMode", administer).await.unwrap();

    let failed = program.every_command().await;
    let bad_arguments: Vec<_> = failed.iter().filter(|(_, code)| code == "badArguments").collect();
    assert!(bad_arguments.is_empty(), "every command is reached: {bad_arguments:?}");
    for round in 0..ROUNDS {
        let mut faults = vec![faults(); REPEATS].concat();
        faults.rotate_left(round * 5);
        server.set_faults(&json!(faults)).await;
        program.every_command().await;
        server.remove_faults().await;
    }
    server.set_faults(&json!([rate_limited()])).await;
    program.every_command().await;
    server.remove_faults().await;
    let requests = program.call("requests", program.arguments("requests")).await.unwrap();
    for status in [400, 401, 403, 429, 500] {
        let is_met = |request: &Value| request["status"] == status;
        assert!(requests["entries"].as_array().unwrap().iter().any(is_met), "{status} in {requests}");
    }
    assert!(received.lock().unwrap().contains("***"), "an answer repeated the key, and it was taken out");
    let process = format!("/proc/{}", program.program.id());
    for file in ["environ", "cmdline"] {
        key_forms.assert_absent(file, &std::fs::read(format!("{process}/{file}")).unwrap());
    }
    let names = key_forms.assert_absent_in_files(&data);
    assert!(names.iter().any(|name| name.ends_with(".db-wal")), "changes that only the log has: {names:?}");
    program.program.end().await;

    report_a_panic_with_a_key(&data);
    damage(&data.join("workspaces").join(format!("{}.db", program.workspace)));
    let (workspace, company, connection) = (program.workspace, program.company, program.connection);
    let program = RecordedProgram::new(desktop.start(&codat).await, received.clone()).await;
    let program = RecordedProgram { workspace, company, connection, ..program };
    let id = json!({ "id": program.workspace });
    program.call("switchWorkspace", id.clone()).await.unwrap();
    let failed = program.every_command().await;
    assert!(failed.contains(&("history", "databaseCorrupt".to_owned())), "{failed:?}");
    key_forms.assert_absent_in_files(&data);
    program.call("rebuildDatabase", id.clone()).await.unwrap();
    program.is_current().await;

    let names = key_forms.assert_absent_in_archive(&program.diagnostics().await);
    assert!(names.iter().any(|name| name.ends_with(".told.txt")), "the report of the panic: {names:?}");
    assert_eq!(program.call("signOut", id.clone()).await.unwrap()["keyLeft"], Value::Null);
    program.every_command().await;
    key_forms.assert_absent_in_files(&data);
    assert_eq!(program.call("removeWorkspace", id).await.unwrap()["keyLeft"], Value::Null);
    program.program.end().await;

    let names = key_forms.assert_absent_in_files(desktop.home.path());
    for part in ["portal.db", "stdout-", "stderr-", "portal.2", ".told.txt"] {
        let is_there = names.iter().any(|name| name.starts_with(part) || name.ends_with(part));
        assert!(is_there, "{part} in {names:?}");
    }
    key_forms.assert_absent("an answer or event", received.lock().unwrap().as_bytes());
}

/// Writes the report of a panic whose message contains the key.
fn report_a_panic_with_a_key(data: &Path) {
    app::report_panics_to(&data.join("state/panics"));
    assert!(std::panic::catch_unwind(|| panic!("{KEY}")).is_err());
    drop(std::panic::take_hook());
}

/// Overwrites the last two thirds of a database with zeros.
fn damage(database: &Path) {
    let mut bytes = std::fs::read(database).unwrap();
    let from = bytes.len() / 3;
    bytes[from..].fill(0);
    std::fs::write(database, bytes).unwrap();
}

//! The work that the program does until it is killed, and what the test remembers of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::{
    Random,
    program::{KEY, Program},
};

/// The longest time before the program is killed, in milliseconds.
const LONGEST: u64 = 2_500;
/// How long a test waits for an answer that says nothing about what was done.
const SHORT_WAIT: Duration = Duration::from_millis(60);
/// Connections that break before one kill at most. The rest of the time goes to other work.
const BREAKS: u64 = 2;
/// Companies of one bulk refresh or schedule.
const READ_TOGETHER: usize = 3;
/// Schedules of one test. A workspace can have 100.
const SCHEDULES: usize = 60;
/// A schedule is saved within so many seconds.
const SAVED_WITHIN: i64 = 10;
/// On a full disk, files can grow by so many bytes at most before every write fails.
const ROOM: u64 = 40_000;

/// What became of a change that the test sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The program acknowledged it, or said that it was done and could not be saved.
    Acknowledged,
    /// The program refused it: it was not done.
    Refused,
    /// The program was killed first, or said that it does not know.
    Unknown,
}

impl Answer {
    fn of(answer: Option<&Result<Value, Value>>) -> Self {
        match answer {
            Some(Ok(_)) => Self::Acknowledged,
            Some(Err(error)) => match error["code"].as_str().unwrap_or_default() {
                "unrecorded" => Self::Acknowledged,
                "noAnswer" | "serverFailed" | "workspaceClosed" => Self::Unknown,
                _ => Self::Refused,
            },
            None => Self::Unknown,
        }
    }
}

/// Companies that one bulk refresh or schedule reads, and no other.
pub(crate) struct Read {
    pub(crate) companies: Vec<String>,
    /// The name of the schedule. None for a bulk refresh.
    pub(crate) schedule: Option<String>,
    pub(crate) answer: Answer,
}

pub(crate) struct World {
    folder: TempDir,
    pub(crate) codat: sandbox::Sandbox,
    client: reqwest::Client,
    random: Random,
    kills: u64,
    /// The ID of the workspace at the sandbox that stands in for Codat.
    pub(crate) id: String,
    /// Names of companies that were created in that workspace, and in the app's own sandbox.
    pub(crate) created: [BTreeMap<String, Answer>; 2],
    /// By company: its notes.
    pub(crate) notes: BTreeMap<String, (String, Answer)>,
    /// Connections that broke.
    pub(crate) broken: BTreeSet<String>,
    /// Bulk refreshes and schedules.
    pub(crate) reads: Vec<Read>,
    /// By company: reads of invoices before the test.
    pub(crate) reads_before: BTreeMap<String, u64>,
    /// Connections that can break, companies that can have notes, and companies that can be read. No company that is
    /// read has a connection that can break.
    unbroken: Vec<String>,
    without_notes: Vec<String>,
    unread: Vec<String>,
    /// Starts on a full disk, and those of them that could not start.
    pub(crate) full: [u64; 2],
}

impl World {
    /// A workspace that was read once. It has more companies if there are more kills, so that work does not run out.
    /// `seed`: of its random numbers.
    pub(crate) async fn new(kills: u64, seed: u64) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = sandbox::Options {
            port: 0,
            api_key: KEY.to_owned(),
            companies: Some(kills.saturating_mul(4).clamp(200, 3_000) as u32),
            limits: sandbox::Limits::OFF,
            seed: 9,
            ..sandbox::Options::default()
        };
        let codat = sandbox::Sandbox::start(options, Arc::new(app::clock::now)).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let program = Program::start(folder.path(), &codat.base_url(), &client, None).await.unwrap();
        let add = json!({ "name": "Northbank", "key": KEY, "color": "blue", "sessionOnly": true });
        let added = program.try_call(None, "addWorkspace", add).await.unwrap().unwrap();
        let mut world = Self {
            folder,
            codat,
            client,
            random: Random(seed),
            kills,
            id: added["workspace"]["id"].as_str().unwrap().to_owned(),
            created: Default::default(),
            notes: BTreeMap::new(),
            broken: BTreeSet::new(),
            reads: Vec::new(),
            reads_before: BTreeMap::new(),
            unbroken: Vec::new(),
            without_notes: Vec::new(),
            unread: Vec::new(),
            full: [0; 2],
        };
        let here = json!({ "here": true });
        program.try_call(Some(&world.id), "setSchedulesHere", here).await.unwrap().unwrap();
        // A connection that breaks before the first sweep causes no alert.
        world.wait_until_current(&program).await;
        program.kill().await;
        world.sort_companies().await;
        world
    }

    async fn sort_companies(&mut self) {
        for number in 1.. {
            let page =
                self.at_codat("GET", &format!("/companies?page={number}&pageSize=500"), json!({})).await;
            let companies = page["results"].as_array().unwrap();
            for company in companies {
                let id = company["id"].as_str().unwrap().to_owned();
                self.without_notes.push(id.clone());
                let connections = company["dataConnections"].as_array().unwrap();
                let is_whole = |it: &Value| {
                    it["status"] == "Linked"
                        && it["dataConnectionErrors"].as_array().is_none_or(Vec::is_empty)
                };
                let is_read = self.reads_before.len() < self.without_notes.len() / 2
                    && connections.iter().any(|it| it["sourceType"] == "Accounting")
                    && connections.iter().all(is_whole);
                if is_read {
                    self.reads_before.insert(id.clone(), self.reads_of_invoices(&id).await);
                    self.unread.push(id);
                } else {
                    let whole = connections.iter().filter(|it| is_whole(it));
                    self.unbroken.extend(whole.map(|it| it["id"].as_str().unwrap().to_owned()));
                }
            }
            if companies.len() < 500 {
                return;
            }
        }
    }

    /// Starts the program, with room on the disk.
    pub(crate) async fn start(&self) -> Program {
        Program::start(self.folder.path(), &self.codat.base_url(), &self.client, None).await.unwrap()
    }

    /// Starts the program on a disk that is as good as full.
    async fn start_on_full_disk(&mut self) -> Option<Program> {
        let names = self.databases();
        let largest =
            names.iter().filter_map(|name| std::fs::metadata(self.path(name)).ok()).map(|it| it.len());
        let bytes = largest.max().unwrap_or(0) + self.random.below(ROOM);
        self.full[0] += 1;
        let started =
            Program::start(self.folder.path(), &self.codat.base_url(), &self.client, Some(bytes)).await;
        self.full[1] += u64::from(started.is_none());
        started
    }

    pub(crate) async fn wait_until_current(&self, program: &Program) {
        let mut session = Value::Null;
        for _ in 0..6_000 {
            session = program.try_call(None, "session", json!({})).await.unwrap().unwrap();
            let workspaces = session["workspaces"].as_array().unwrap();
            if workspaces.iter().any(|it| it["id"] == self.id.as_str() && it["state"] == "current") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the workspace did not become current: {session}");
    }

    /// Starts the program, lets it work, and kills it.
    pub(crate) async fn work_until_killed(&mut self, number: u64) {
        let program = if self.random.below(8) == 0 {
            self.start_on_full_disk().await
        } else {
            Some(self.start().await)
        };
        let Some(program) = program else { return };
        let end = Instant::now() + Duration::from_millis(20 + self.random.below(LONGEST));
        if self.random.below(4) > 0 {
            tokio::select! {
                () = program.enter_key(&self.id) => {}
                () = tokio::time::sleep_until(end) => {}
            }
        }
        let mut broken = 0;
        for step in 0.. {
            if Instant::now() >= end {
                break;
            }
            let place = self.random.below(2) as usize;
            let workspace = if place == 0 { self.id.clone() } else { "sandbox".to_owned() };
            match self.random.below(8) {
                0 | 1 => {
                    let name = format!("Crash {number} {step}");
                    let new = json!({ "name": name, "description": null, "tags": [] });
                    let answer = until(end, program.try_call(Some(&workspace), "createCompany", new)).await;
                    self.created[place].insert(name, Answer::of(answer.as_ref()));
                }
                2 if !self.without_notes.is_empty() => {
                    let company = self.without_notes.swap_remove(0);
                    let text = format!("note {number} {step}");
                    let set = json!({ "id": company, "was": "", "text": text });
                    let answer = until(end, program.try_call(Some(&self.id), "setNotes", set)).await;
                    self.notes.insert(company, (text, Answer::of(answer.as_ref())));
                }
                3 => {
                    let show = json!({ "id": workspace });
                    until(Instant::now() + SHORT_WAIT, program.try_call(None, "switchWorkspace", show)).await;
                }
                4 if broken < BREAKS && !self.unbroken.is_empty() => {
                    broken += 1;
                    let at = self.random.below(self.unbroken.len() as u64) as usize;
                    let connection = self.unbroken.swap_remove(at);
                    let path = format!("/_sandbox/connections/{connection}/deauthorize");
                    self.at_codat("POST", &path, json!({})).await;
                    self.broken.insert(connection);
                }
                5 if self.unread.len() >= READ_TOGETHER => {
                    let companies = self.unread.split_off(self.unread.len() - READ_TOGETHER);
                    self.begin_read(&program, end, companies, number).await;
                }
                _ => {
                    let swept = program.try_call(Some(&workspace), "refreshNow", json!({}));
                    until(Instant::now() + SHORT_WAIT, swept).await;
                }
            }
        }
        program.kill().await;
    }

    /// Begins a bulk refresh of companies, or saves a schedule that is due for them within two minutes.
    async fn begin_read(&mut self, program: &Program, end: Instant, companies: Vec<String>, number: u64) {
        let schedules = self.reads.iter().filter(|read| read.schedule.is_some()).count();
        // Later ones would be due after the last kill.
        let is_schedule = schedules < SCHEDULES && number < self.kills / 2 && self.random.below(2) == 0;
        let schedule = is_schedule.then(|| format!("Crash {number} {}", self.reads.len()));
        let call = match &schedule {
            Some(name) => {
                let plan = json!({
                    "target": { "kind": "companies", "ids": companies }, "dataTypes": ["invoices"],
                    "timing": { "kind": "clock", "times": [next_minute()], "days": 127 }, "zone": "UTC", "blackouts": [], "spreadMinutes": 0,
                });
                let save = json!({ "id": null, "name": name, "on": true, "plan": plan });
                program.try_call(Some(&self.id), "saveSchedule", save)
            }
            None => {
                let selection = json!({ "companies": companies, "search": null, "except": [] });
                let refresh = json!({ "selection": selection, "dataType": "invoices" });
                program.try_call(Some(&self.id), "refreshMany", refresh)
            }
        };
        let answer = Answer::of(until(end, call).await.as_ref());
        self.reads.push(Read { companies, schedule, answer });
    }

    pub(crate) async fn at_codat(&self, method: &str, path: &str, body: Value) -> Value {
        self.ask(&self.codat.base_url(), KEY, method, path, body).await
    }

    /// How often Codat was asked to read the invoices of a company.
    pub(crate) async fn reads_of_invoices(&self, company: &str) -> u64 {
        let path = format!("/companies/{company}/data/history?page=1&pageSize=1&query=dataType%3Dinvoices");
        self.at_codat("GET", &path, json!({})).await["totalResults"].as_u64().unwrap()
    }

    pub(crate) async fn ask(&self, address: &str, key: &str, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", address.trim_end_matches('/'));
        let request = self.client.request(method.parse().unwrap(), url);
        let request = request.header("authorization", format!("Basic {}", STANDARD.encode(key)));
        let request = request.header("content-type", "application/json");
        let text = request.body(body.to_string()).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The names of the program's databases in its data folder.
    pub(crate) fn databases(&self) -> [String; 4] {
        let fixed = ["portal.db", "workspaces/sandbox.db", "sandbox/sandbox.db"].map(str::to_owned);
        let [registry, sandbox, server] = fixed;
        [registry, sandbox, server, self.database()]
    }

    /// The name of the workspace's database.
    pub(crate) fn database(&self) -> String {
        format!("workspaces/{}.db", self.id)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }
}

/// The next minute of the day in UTC that begins after a schedule is saved, as `HH:MM`.
fn next_minute() -> String {
    let minute = (app::clock::now().as_second() + SAVED_WITHIN) / 60 + 1;
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

/// The answer, unless the program is killed first.
async fn until<T>(end: Instant, answer: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout_at(end, answer).await.ok().flatten()
}

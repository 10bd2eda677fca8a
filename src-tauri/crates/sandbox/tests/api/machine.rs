//! Any sequence of calls leaves a state in which what the reference says holds, and in which every way of
//! asking gives the same answer. A naive model says what each call must come to.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Api, text};

/// Platforms, and whether a company may have one active connection of their kind alone (§2.8).
const PLATFORMS: [(&str, Option<&str>); 6] = [
    ("gbol", Some("Accounting")),
    ("mqjo", Some("Accounting")),
    ("suuo", None),
    ("exgd", None),
    ("hcws", Some("BankFeed")),
    ("olpr", Some("BankFeed")),
];
const TYPES: [&str; 4] = ["invoices", "balanceSheet", "banking-accounts", "commerce-orders"];
const NAMES: [(&str, Option<&str>); 5] = [
    ("Bakery", Some("Bakery")),
    ("Acme (UK) [1]", Some("Acme UK 1")),
    ("R&D @ Home, Ltd.?!", Some("R&D @ Home, Ltd.?!")),
    ("日本 <x>", Some("日本 x")),
    ("[]<>", None),
];

/// One call. Whom it is about is counted modulo those there are.
#[derive(Debug, Clone)]
enum Call {
    Create(usize, usize),
    Replace(usize, usize, usize),
    Update(usize, usize),
    Delete(usize),
    Connect(usize, usize),
    Authorize(usize, usize),
    Unlink(usize, usize),
    Disconnect(usize, usize),
    RefreshAll(usize),
    RefreshOne(usize, usize),
    Advance(i64),
    Deauthorize(usize, usize),
    Restore,
}

fn calls() -> impl Strategy<Value = Call> {
    let n = 0..8_usize;
    prop_oneof![
        3 => (0..NAMES.len(), 0..13_usize).prop_map(|(name, tags)| Call::Create(name, tags)),
        1 => (n.clone(), 0..NAMES.len(), 0..13_usize).prop_map(|(at, name, tags)| Call::Replace(at, name, tags)),
        1 => (n.clone(), 0..NAMES.len()).prop_map(|(at, name)| Call::Update(at, name)),
        1 => n.clone().prop_map(Call::Delete),
        5 => (n.clone(), 0..PLATFORMS.len()).prop_map(|(at, platform)| Call::Connect(at, platform)),
        5 => (n.clone(), n.clone()).prop_map(|(at, of)| Call::Authorize(at, of)),
        2 => (n.clone(), n.clone()).prop_map(|(at, of)| Call::Unlink(at, of)),
        1 => (n.clone(), n.clone()).prop_map(|(at, of)| Call::Disconnect(at, of)),
        2 => n.clone().prop_map(Call::RefreshAll),
        3 => (n.clone(), 0..TYPES.len()).prop_map(|(at, of)| Call::RefreshOne(at, of)),
        3 => prop_oneof![0..30_i64, 3_600..90_000_i64, 1_000_000..3_000_000_i64].prop_map(Call::Advance),
        1 => (n.clone(), n).prop_map(|(at, of)| Call::Deauthorize(at, of)),
        1 => Just(Call::Restore),
    ]
}

#[derive(Debug, Clone)]
struct Connection {
    id: String,
    platform: usize,
    status: String,
}

#[derive(Debug, Clone)]
struct Company {
    id: String,
    name: String,
    description: Option<String>,
    tags: BTreeMap<String, String>,
    connections: Vec<Connection>,
}

impl Company {
    fn path(&self) -> String {
        format!("/companies/{}", self.id)
    }

    /// Whether another connection of this kind would be active beside one that is.
    fn is_full(&self, platform: usize, except: Option<&str>) -> bool {
        let kind = PLATFORMS[platform].1;
        kind.is_some()
            && self.connections.iter().any(|it| {
                PLATFORMS[it.platform].1 == kind && it.status != "Unlinked" && Some(it.id.as_str()) != except
            })
    }
}

/// The sandbox, and what it must be like.
struct Machine {
    api: Api,
    companies: Vec<Company>,
    /// Paths that must be 404 for ever.
    gone: Vec<String>,
    /// Companies that were there before.
    others: usize,
}

impl Machine {
    async fn new() -> Self {
        let api = Api::new().await;
        let others = api.companies().await.len();
        Self { api, companies: Vec::new(), gone: Vec::new(), others }
    }

    async fn carry_out(&mut self, call: &Call) {
        match *call {
            Call::Create(name, tags) => self.create(name, tags).await,
            Call::Advance(seconds) => self.api.advance(SignedDuration::from_secs(seconds)),
            Call::Restore => self.restore().await,
            Call::Replace(at, ..)
            | Call::Update(at, _)
            | Call::Delete(at)
            | Call::Connect(at, _)
            | Call::Authorize(at, _)
            | Call::Unlink(at, _)
            | Call::Disconnect(at, _)
            | Call::RefreshAll(at)
            | Call::RefreshOne(at, _)
            | Call::Deauthorize(at, _) => {
                if !self.companies.is_empty() {
                    let at = at % self.companies.len();
                    self.on(at, call).await;
                }
            }
        }
    }

    async fn on(&mut self, at: usize, call: &Call) {
        let count = self.companies[at].connections.len();
        match *call {
            Call::Replace(_, name, tags) => self.replace(at, name, tags).await,
            Call::Update(_, name) => self.update(at, name).await,
            Call::Delete(_) => self.delete(at).await,
            Call::Connect(_, platform) => self.connect(at, platform).await,
            Call::RefreshAll(_) => {
                self.api
                    .post(&format!("{}/data/all", self.companies[at].path()), &Value::Null)
                    .await
                    .expect(204);
            }
            Call::RefreshOne(_, of) => self.refresh(at, TYPES[of]).await,
            Call::Authorize(_, of) if count > 0 => self.authorize(at, of % count).await,
            Call::Unlink(_, of) if count > 0 => self.unlink(at, of % count).await,
            Call::Disconnect(_, of) if count > 0 => self.disconnect(at, of % count).await,
            Call::Deauthorize(_, of) if count > 0 => {
                let connection = &mut self.companies[at].connections[of % count];
                let path = format!("/_sandbox/connections/{}/deauthorize", connection.id);
                let now = self.api.post(&path, &Value::Null).await.expect(200).json();
                connection.status = text(&now["status"]).to_owned();
            }
            Call::Authorize(..)
            | Call::Unlink(..)
            | Call::Disconnect(..)
            | Call::Deauthorize(..)
            | Call::Create(..)
            | Call::Advance(_)
            | Call::Restore => {}
        }
    }

    async fn create(&mut self, name: usize, tags: usize) {
        let (given, kept) = NAMES[name];
        let tags = some_tags(tags);
        let body = json!({ "name": given, "tags": tags });
        let Some(kept) = kept.filter(|_| tags.len() <= 10) else {
            self.api.post("/companies", &body).await.expect(400).error();
            return;
        };
        let made = self.api.post("/companies", &body).await.expect(200).json();
        let id = text(&made["id"]).to_owned();
        self.companies.push(Company {
            id,
            name: kept.to_owned(),
            description: None,
            tags,
            connections: Vec::new(),
        });
    }

    async fn replace(&mut self, at: usize, name: usize, tags: usize) {
        let (given, kept) = NAMES[name];
        let tags = some_tags(tags);
        let company = &mut self.companies[at];
        let body = json!({ "name": given, "tags": tags }).to_string();
        let answer = self.api.call("PUT", &company.path(), body).await;
        let Some(kept) = kept.filter(|_| tags.len() <= 10) else {
            answer.expect(400).error();
            return;
        };
        answer.expect(200);
        (company.name, company.description, company.tags) = (kept.to_owned(), None, tags);
    }

    async fn update(&mut self, at: usize, name: usize) {
        let (given, kept) = NAMES[name];
        let company = &mut self.companies[at];
        let body = json!({ "name": given, "description": given, "tags": null });
        let answer = self.api.patch(&company.path(), &body).await;
        let Some(kept) = kept else {
            answer.expect(400).error();
            return;
        };
        answer.expect(200);
        (company.name, company.description) = (kept.to_owned(), Some(given.to_owned()));
    }

    async fn delete(&mut self, at: usize) {
        let company = self.companies.remove(at);
        self.api.delete(&company.path()).await.expect(204);
        let connections =
            company.connections.iter().map(|it| format!("{}/connections/{}", company.path(), it.id));
        self.gone.extend(connections);
        self.gone.extend(
            ["", "/connections", "/dataStatus", "/data/history", "/syncSettings"]
                .map(|end| format!("{}{end}", company.path())),
        );
    }

    async fn connect(&mut self, at: usize, platform: usize) {
        let company = &mut self.companies[at];
        let body = json!({ "platformKey": PLATFORMS[platform].0 });
        let answer = self.api.post(&format!("{}/connections", company.path()), &body).await;
        if company.is_full(platform, None) {
            answer.expect(400).error();
            return;
        }
        let made = answer.expect(200).json();
        assert_eq!(made["status"], "PendingAuth");
        let id = text(&made["id"]).to_owned();
        company.connections.push(Connection { id, platform, status: "PendingAuth".to_owned() });
    }

    async fn authorize(&mut self, at: usize, of: usize) {
        let company = &mut self.companies[at];
        let connection = company.connections[of].clone();
        let path = format!("{}/connections/{}/authorization", company.path(), connection.id);
        let answer = self.api.call("PUT", &path, r#"{"token":"t"}"#).await;
        if company.is_full(connection.platform, Some(&connection.id)) {
            answer.expect(400).error();
        } else {
            assert_eq!(answer.expect(200).json()["status"], "Linked");
            company.connections[of].status = "Linked".to_owned();
        }
    }

    async fn unlink(&mut self, at: usize, of: usize) {
        let company = &mut self.companies[at];
        let path = format!("{}/connections/{}", company.path(), company.connections[of].id);
        let answer = self.api.patch(&path, &json!({ "status": "Unlinked" })).await;
        if company.connections[of].status == "Linked" {
            assert_eq!(answer.expect(200).json()["status"], "Unlinked");
            company.connections[of].status = "Unlinked".to_owned();
        } else {
            answer.expect(400).error();
        }
    }

    async fn disconnect(&mut self, at: usize, of: usize) {
        let company = &mut self.companies[at];
        let connection = company.connections.remove(of);
        let path = format!("{}/connections/{}", company.path(), connection.id);
        self.api.delete(&path).await.expect(200);
        self.gone.push(path);
    }

    async fn refresh(&mut self, at: usize, data_type: &str) {
        let company = self.companies[at].path();
        let running = |reads: &Value| {
            let reads = reads["results"].as_array().unwrap();
            let is = |it: &&Value| it["dataType"] == data_type && !is_over(it);
            reads.iter().filter(is).count()
        };
        let history = format!("{company}/data/history?pageSize=5000");
        let before = running(&self.api.get(&history).await.expect(200).json());
        let asked = self.api.post(&format!("{company}/data/queue/{data_type}"), &Value::Null).await;
        if asked.status == 200 {
            assert_eq!(
                (&asked.json()["status"], before),
                (&json!("Initial"), 0),
                "one that runs is left alone"
            );
        } else {
            assert_eq!(asked.status, 400, "{}", asked.error());
        }
    }

    /// Puts the state back as it is.
    async fn restore(&mut self) {
        let snapshot = self.api.get("/_sandbox/snapshot").await.expect(200);
        self.api.call("PUT", "/_sandbox/snapshot", snapshot.body).await.expect(204);
    }

    /// By itself, only access that was given ends.
    async fn see_what_lapsed(&mut self) {
        for company in &mut self.companies {
            let now = self.api.get(&company.path()).await.expect(200).json();
            for (known, seen) in
                company.connections.iter_mut().zip(now["dataConnections"].as_array().unwrap())
            {
                if seen["status"] != known.status.as_str() {
                    assert_eq!((known.status.as_str(), &seen["status"]), ("Linked", &json!("Deauthorized")));
                    known.status = "Deauthorized".to_owned();
                }
            }
        }
    }

    async fn check(&mut self) {
        self.see_what_lapsed().await;
        let listed = self.api.companies().await;
        assert_eq!(listed.len(), self.others + self.companies.len());
        for (company, listed) in self.companies.iter().zip(&listed[self.others..]) {
            self.check_company(company, listed).await;
        }
        for path in &self.gone {
            self.api.get(path).await.expect(404).error();
        }
    }

    async fn check_company(&self, company: &Company, listed: &Value) {
        let path = company.path();
        let alone = self.api.get(&path).await.expect(200).json();
        assert_eq!(&alone, listed, "a list is the sum of its gets");
        assert_eq!(alone["id"], company.id.as_str());
        assert_eq!(alone["name"], company.name.as_str());
        assert_eq!(alone.get("description").map(text), company.description.as_deref());
        assert_eq!(alone["tags"], json!(company.tags));
        let seen = alone["dataConnections"].as_array().unwrap();
        assert_eq!(seen.len(), company.connections.len());
        for (known, seen) in company.connections.iter().zip(seen) {
            assert_eq!((&seen["id"], &seen["status"]), (&json!(known.id), &json!(known.status)));
            assert_eq!(
                &self.api.get(&format!("{path}/connections/{}", known.id)).await.expect(200).json(),
                seen
            );
        }
        let connections = self.api.get(&format!("{path}/connections?pageSize=5000")).await.expect(200).json();
        assert_eq!(connections["results"].as_array().unwrap(), seen);
        self.check_reads(&path, &alone).await;
    }

    /// The state of data, the history of reads, and `lastSync` say the same.
    async fn check_reads(&self, path: &str, company: &Value) {
        let history = self.api.get(&format!("{path}/data/history?pageSize=5000")).await.expect(200).json();
        let reads = history["results"].as_array().unwrap();
        let status = self.api.get(&format!("{path}/dataStatus")).await.expect(200).json();
        let mut newest = BTreeMap::<&str, &Value>::new();
        let mut good = BTreeMap::<&str, &Value>::new();
        let mut running = BTreeMap::<(&str, &str), u32>::new();
        for read in reads.iter().rev() {
            let data_type = text(&read["dataType"]);
            newest.insert(data_type, read);
            // Of what was asked for on two connections, what ended last is the last that went well.
            let ended = |read: &Value| (text(&read["completed"]).to_owned(), text(&read["id"]).to_owned());
            if read["status"] == "Complete" && good.get(data_type).is_none_or(|it| ended(it) <= ended(read)) {
                good.insert(data_type, read);
            }
            if !is_over(read) {
                *running.entry((text(&read["connectionId"]), data_type)).or_default() += 1;
            }
            assert_eq!(read["isCompleted"], read["status"] == "Complete");
            assert_eq!(read.get("completed").is_some(), is_over(read));
        }
        assert!(running.values().all(|count| *count == 1), "one running read of a type: {running:?}");
        let mut types: Vec<&str> = status.as_object().unwrap().keys().map(String::as_str).collect();
        types.sort_unstable();
        assert!(newest.keys().all(|data_type| types.contains(data_type)), "every type that was asked for");
        for (data_type, status) in status.as_object().unwrap() {
            let latest = newest[data_type.as_str()];
            assert_eq!(
                (&status["latestSyncId"], &status["currentStatus"]),
                (&latest["id"], &latest["status"])
            );
            let good = good.get(data_type.as_str());
            assert_eq!(status.get("latestSuccessfulSyncId"), good.map(|read| &read["id"]));
            assert_eq!(status.get("lastSuccessfulSync"), good.map(|read| &read["completed"]));
        }
        let mut synced = Vec::new();
        for connection in company["dataConnections"].as_array().unwrap() {
            let own =
                |read: &&Value| read["connectionId"] == connection["id"] && read["status"] == "Complete";
            let last = reads.iter().filter(own).map(|read| text(&read["completed"])).max();
            assert_eq!(connection.get("lastSync").map(text), last);
            synced.extend(last);
        }
        assert_eq!(company.get("lastSync").map(text), synced.into_iter().max());
    }

    /// Parents and subsidiaries know each other, and the catalogue counts what there is.
    async fn check_world(&self) {
        let all = self.api.companies().await;
        for company in &all {
            assert!(company["tags"].as_object().unwrap().len() <= 10);
            for child in company["referenceSubsidiaryCompanies"].as_array().unwrap() {
                let child = all.iter().find(|it| it["id"] == child["id"]).unwrap();
                assert_eq!(child["referenceParentCompany"]["id"], company["id"]);
            }
            if let Some(parent) = company.get("referenceParentCompany") {
                let parent = all.iter().find(|it| it["id"] == parent["id"]).unwrap();
                let children = parent["referenceSubsidiaryCompanies"].as_array().unwrap();
                assert!(children.iter().any(|it| it["id"] == company["id"]));
            }
        }
        for (key, _) in PLATFORMS {
            let is = |it: &&Value| it["integrationKey"] == key;
            let count = |linked: bool| {
                let connections = all.iter().flat_map(|it| it["dataConnections"].as_array().unwrap());
                connections.filter(is).filter(|it| !linked || it["status"] == "Linked").count()
            };
            let integration = self.api.get(&format!("/integrations/{key}")).await.expect(200).json();
            assert_eq!(integration["totalConnectionsCount"], count(false), "{key}");
            assert_eq!(integration["linkedConnectionsCount"], count(true), "{key}");
        }
    }
}

/// So many tags.
fn some_tags(count: usize) -> BTreeMap<String, String> {
    (0..count).map(|n| (format!("t{n}"), format!("{n}"))).collect()
}

fn is_over(read: &Value) -> bool {
    let under_way = [
        "Initial",
        "Queued",
        "Fetching",
        "MapQueued",
        "Mapping",
        "ValidationQueued",
        "Validating",
        "ProcessingQueued",
        "Processing",
    ];
    !under_way.contains(&text(&read["status"]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn any_calls_leave_what_the_reference_allows(calls in proptest::collection::vec(calls(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut machine = Machine::new().await;
            for call in &calls {
                machine.see_what_lapsed().await;
                machine.carry_out(call).await;
                machine.check().await;
            }
            machine.check_world().await;
        });
    }
}

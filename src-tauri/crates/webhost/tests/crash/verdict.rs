//! What is wrong after all kills.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    program::{KEY, Program},
    work::{Answer, Read, World},
};

/// How often, and at what interval, the test checks whether the program still works.
const ATTEMPTS: u32 = 600;
const INTERVAL: Duration = Duration::from_millis(200);
/// How long to wait for work that the program might do twice.
const AFTERWARDS: Duration = Duration::from_secs(3);

impl World {
    /// What is wrong after the program finished the rest of its work, and the figures.
    pub(crate) async fn verdict(&self) -> (Vec<String>, String) {
        let mut wrong = Vec::new();
        let program = self.start().await;
        program.enter_key(&self.id).await;
        self.wait_until_current(&program).await;
        wrong.extend(self.wrong_companies().await);
        program.try_call(None, "switchWorkspace", json!({ "id": self.id })).await.unwrap().unwrap();
        wrong.extend(self.wrong_notes(&program).await);
        self.wait_for_work(&program).await;
        wrong.extend(self.wrong_schedules(&program).await);
        wrong.extend(self.wrong_reads().await);
        let alerts = alerts_of(&self.path(&self.database())).await;
        wrong.extend(self.wrong_alerts(&alerts));
        program.end().await;
        for name in self.databases() {
            wrong.extend(damage(&name, &self.path(&name)).await);
        }
        let notified = notified(&self.path(""));
        if notified.is_empty() && !self.broken.is_empty() {
            wrong.push("no log has a notification".to_owned());
        }
        for (alert, times) in notified.iter().filter(|(_, times)| **times > 1) {
            wrong.push(format!("the alert {alert} was notified {times} times"));
        }
        let acknowledged = |answers: &mut dyn Iterator<Item = &Answer>| {
            answers.filter(|answer| **answer == Answer::Acknowledged).count()
        };
        let figures = format!(
            "companies created {} ({} asked), notes {}, bulk refreshes {}, schedules {}, connections broken {}, \
             alerts {}, notified {}, on a full disk {} (no start {})",
            acknowledged(&mut self.created.iter().flat_map(BTreeMap::values)),
            self.created.iter().map(BTreeMap::len).sum::<usize>(),
            acknowledged(&mut self.notes.values().map(|(_, answer)| answer)),
            acknowledged(&mut self.reads.iter().filter(|it| it.schedule.is_none()).map(|it| &it.answer)),
            acknowledged(&mut self.reads.iter().filter(|it| it.schedule.is_some()).map(|it| &it.answer)),
            self.broken.len(),
            alerts.values().sum::<i64>(),
            notified.len(),
            self.full[0],
            self.full[1],
        );
        (wrong, figures)
    }

    async fn wrong_companies(&self) -> Vec<String> {
        let own = std::fs::read_to_string(self.path("sandbox.json")).unwrap();
        let own: Value = serde_json::from_str(&own).unwrap();
        let codat = self.codat.base_url();
        let own = (own["address"].as_str().unwrap(), own["key"].as_str().unwrap());
        let mut wrong = Vec::new();
        for (created, (address, key)) in self.created.iter().zip([(codat.as_str(), KEY), own]) {
            for (name, answer) in created {
                let query = name.replace(' ', "%20");
                let path = format!("/companies?page=1&pageSize=100&query=name%3D{query}");
                let page = self.ask(address, key, "GET", &path, json!({})).await;
                match (page["totalResults"].as_u64().unwrap(), answer) {
                    (1, Answer::Acknowledged | Answer::Unknown) | (0, Answer::Refused | Answer::Unknown) => {}
                    (0, Answer::Acknowledged) => {
                        wrong.push(format!("{name} was acknowledged and does not exist"));
                    }
                    (1, Answer::Refused) => wrong.push(format!("{name} was refused and exists")),
                    (several, _) => wrong.push(format!("{name} is there {several} times")),
                }
            }
        }
        wrong
    }

    async fn wrong_notes(&self, program: &Program) -> Vec<String> {
        let mut wrong = Vec::new();
        for (company, (text, answer)) in &self.notes {
            let kept =
                program.try_call(Some(&self.id), "notes", json!({ "id": company })).await.unwrap().unwrap();
            let is_right = match answer {
                Answer::Acknowledged => kept["text"] == text.as_str(),
                Answer::Refused => kept["text"] == "",
                Answer::Unknown => kept["text"] == text.as_str() || kept["text"] == "",
            };
            if !is_right {
                wrong.push(format!("the notes of {company} are {kept}, and {text} was sent"));
            }
        }
        wrong
    }

    /// Waits until all requested work is done, and then for as long as repeated work may take.
    async fn wait_for_work(&self, program: &Program) {
        for _ in 0..ATTEMPTS {
            program.try_call(Some(&self.id), "refreshNow", json!({})).await;
            let alerts = alerts_of(&self.path(&self.database())).await;
            if self.broken.iter().all(|it| alerts.contains_key(it)) && self.wrong_reads().await.is_empty() {
                break;
            }
            tokio::time::sleep(INTERVAL).await;
        }
        tokio::time::sleep(AFTERWARDS).await;
        program.try_call(Some(&self.id), "refreshNow", json!({})).await;
        self.wait_until_current(program).await;
    }

    /// Each company belongs to one bulk refresh or schedule, so Codat receives at most one request to read it.
    async fn wrong_reads(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for read in &self.reads {
            for company in &read.companies {
                let times = self.reads_of_invoices(company).await - self.reads_before[company];
                wrong.extend(wrong_read(read, company, times));
            }
        }
        wrong
    }

    async fn wrong_schedules(&self, program: &Program) -> Vec<String> {
        let schedules = program.try_call(Some(&self.id), "schedules", json!({})).await.unwrap().unwrap();
        let rows = schedules["rows"].as_array().unwrap();
        let mut wrong = Vec::new();
        for read in &self.reads {
            let Some(name) = &read.schedule else { continue };
            let kept = rows.iter().filter(|row| row["name"] == name.as_str()).count();
            match (kept, read.answer) {
                (1, Answer::Acknowledged | Answer::Unknown) | (0, Answer::Refused | Answer::Unknown) => {}
                (kept, _) => wrong.push(format!("the schedule {name} is there {kept} times")),
            }
        }
        wrong
    }

    /// Connections that broke without an alert, or with several.
    fn wrong_alerts(&self, alerts: &BTreeMap<String, i64>) -> Vec<String> {
        let wrong = self.broken.iter().filter_map(|connection| match alerts.get(connection) {
            Some(1) => None,
            Some(many) => Some(format!("{connection} has {many} alerts")),
            None => Some(format!("{connection} broke and has no alert")),
        });
        wrong.collect()
    }
}

fn wrong_read(read: &Read, company: &str, times: u64) -> Option<String> {
    let of = read.schedule.as_deref().unwrap_or("a bulk refresh");
    match (times, read.answer) {
        (1, Answer::Acknowledged | Answer::Unknown) | (0, Answer::Refused | Answer::Unknown) => None,
        (times, _) => Some(format!("{company} of {of} was read {times} times")),
    }
}

async fn open(database: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(database).read_only(true).connect().await.unwrap()
}

/// Damage of a database, and missing journal entries.
async fn damage(name: &str, database: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut open = open(database).await;
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut open).await.unwrap();
    if found != ["ok"] {
        wrong.push(format!("{name}: {found:?}"));
    }
    if name.starts_with("workspaces") {
        let gaps = "SELECT coalesce(max(seq) - min(seq) + 1 - count(*), 0) FROM journal";
        let gaps: i64 = sqlx::query_scalar(gaps).fetch_one(&mut open).await.unwrap();
        if gaps != 0 {
            wrong.push(format!("{name}: the journal lacks {gaps}"));
        }
    }
    open.close().await.unwrap();
    wrong
}

/// The number of alerts per connection.
async fn alerts_of(database: &Path) -> BTreeMap<String, i64> {
    let mut open = open(database).await;
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

/// How often each alert was notified, according to the logs below a folder.
fn notified(folder: &Path) -> BTreeMap<String, u32> {
    let mut times = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            for (alert, more) in notified(&entry.path()) {
                *times.entry(alert).or_default() += more;
            }
        } else if entry.file_name().to_string_lossy().starts_with("portal.2") {
            let log = std::fs::read_to_string(entry.path()).unwrap();
            let lines = log.lines().filter(|line| line.contains("a notification was shown"));
            let lists = lines.filter_map(|line| line.split_once("alerts=[")?.1.split_once(']'));
            for alert in lists.flat_map(|(list, _)| list.split(", ")).filter(|alert| !alert.is_empty()) {
                *times.entry(alert.to_owned()).or_default() += 1;
            }
        }
    }
    times
}

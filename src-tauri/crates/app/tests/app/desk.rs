//! An application to test, its desktop, and the controls of its sandbox.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    App, Desktop, Event, Folders, HostFacts, HostKind, Notification, Options, Presenter, StartError,
    TrayMenu, TrayState, WireError,
};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

/// A desktop that writes down what it is asked to do.
#[derive(Default)]
pub(crate) struct Paper {
    pub(crate) notified: Mutex<Vec<Notification>>,
    /// The workspace of each notification.
    pub(crate) concerned: Mutex<Vec<Option<String>>>,
    /// How often no notification daemon took one; none is counted while there is a daemon.
    pub(crate) refused: Mutex<Option<u32>>,
    pub(crate) trays: Mutex<Vec<TrayMenu>>,
    pub(crate) clipboard: Mutex<Option<String>>,
    /// The folder that is chosen for files; none: the page saves them.
    pub(crate) saving: Mutex<Option<std::path::PathBuf>>,
    /// The files that the person will choose.
    pub(crate) choice: Mutex<Vec<PathBuf>>,
    /// The folder that was opened last.
    pub(crate) opened: Mutex<Option<PathBuf>>,
    /// What the system says of starting at login.
    pub(crate) starts_at_login: Mutex<Option<bool>>,
    /// The size that the window was given last, in percent.
    pub(crate) zoom: Mutex<Option<u16>>,
    /// While there is one, nobody answers to notifications; once it is told, they fail.
    pub(crate) deaf: Mutex<Option<Arc<Notify>>>,
}

impl Desktop for Paper {
    fn facts(&self) -> HostFacts {
        let kind = if self.saving.lock().unwrap().is_some() { HostKind::Window } else { HostKind::Browser };
        HostFacts { kind, tray: true, autostart: true }
    }

    fn notify(
        &self,
        workspace: Option<&str>,
        notification: Notification,
    ) -> BoxFuture<'static, Result<(), String>> {
        if let Some(refused) = self.refused.lock().unwrap().as_mut() {
            *refused += 1;
            return Box::pin(async { Err("no daemon".to_owned()) });
        }
        self.notified.lock().unwrap().push(notification);
        self.concerned.lock().unwrap().push(workspace.map(str::to_owned));
        match self.deaf.lock().unwrap().clone() {
            None => Box::pin(async { Ok(()) }),
            Some(deaf) => Box::pin(async move {
                deaf.notified().await;
                Err("nobody answers".to_owned())
            }),
        }
    }

    fn set_tray(&self, menu: TrayMenu) {
        self.trays.lock().unwrap().push(menu);
    }

    fn copy(&self, text: &str) -> Result<bool, String> {
        *self.clipboard.lock().unwrap() = Some(text.to_owned());
        Ok(true)
    }

    fn ask_where_to_save(
        &self,
        name: &str,
    ) -> futures_util::future::BoxFuture<'static, Result<Option<std::path::PathBuf>, String>> {
        let place = self.saving.lock().unwrap().clone().map(|folder| folder.join(name));
        Box::pin(async move { Ok(place) })
    }

    fn set_autostart(&self, on: bool) -> Result<(), String> {
        *self.starts_at_login.lock().unwrap() = Some(on);
        Ok(())
    }

    fn starts_at_login(&self) -> Option<bool> {
        *self.starts_at_login.lock().unwrap()
    }

    fn set_zoom(&self, percent: u16) {
        *self.zoom.lock().unwrap() = Some(percent);
    }

    fn open_folder(&self, folder: &Path) -> Result<(), String> {
        *self.opened.lock().unwrap() = Some(folder.to_owned());
        Ok(())
    }

    fn open_url(&self, _: &str) -> Result<bool, String> {
        Ok(true)
    }

    fn ask_for_files(&self, _: &[&'static str]) -> BoxFuture<'static, Result<Vec<PathBuf>, String>> {
        let chosen = self.choice.lock().unwrap().clone();
        Box::pin(async { Ok(chosen) })
    }

    fn set_close_to_tray(&self, _: bool) {}

    fn quit(&self) {}
}

impl Presenter for Paper {
    fn set_tray(&self, _: TrayState) {}

    fn notify(&self, notification: Notification) -> BoxFuture<'static, Result<(), String>> {
        Desktop::notify(self, None, notification)
    }

    fn tell(&self, _: Event) {}
}

/// An application in a folder of its own.
pub(crate) struct Desk {
    pub(crate) app: Arc<App>,
    pub(crate) paper: Arc<Paper>,
    pub(crate) folder: TempDir,
}

/// Figures that make waiting short, and nothing else different.
fn quick() -> engine::Config {
    engine::Config { sweep_floor_secs: 1, undo_secs: 1, second_look_secs: 0, ..engine::Config::default() }
}

pub(crate) async fn start_in(folder: &Path, options: Options) -> Result<(Arc<App>, Arc<Paper>), StartError> {
    let paper = Arc::new(Paper::default());
    let options = Options { engine: Some(options.engine.unwrap_or_else(quick)), ..options };
    let app = App::start(Folders::under(folder), paper.clone(), options).await?;
    Ok((app, paper))
}

impl Desk {
    /// Starts, and waits for the first sweep.
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (app, paper) = start_in(folder.path(), options).await.unwrap();
        let desk = Self { app, paper, folder };
        desk.eventually("the first sweep", async |desk: &Self| {
            desk.call("session", json!({})).await.unwrap()["health"]["firstSweepDone"]
                .as_bool()
                .filter(|done| *done)
        })
        .await;
        desk
    }

    /// Ends the application and starts it again with the same data.
    pub(crate) async fn restarted(self) -> Self {
        self.app.stop().await;
        drop(self.app);
        let (app, paper) = start_in(self.folder.path(), Options::default()).await.unwrap();
        Self { app, paper, folder: self.folder }
    }

    pub(crate) async fn call(&self, name: &str, args: Value) -> Result<Value, WireError> {
        self.app.call(name, args).await
    }

    /// The rows that a search finds.
    pub(crate) async fn rows(&self, search: &str) -> Vec<Value> {
        let view =
            json!({ "search": search, "sort": { "column": "name", "descending": false }, "expanded": [] });
        let page = self.call("companies", view).await.unwrap();
        page["rows"].as_array().unwrap().clone()
    }

    /// The one row that a search finds.
    pub(crate) async fn row(&self, search: &str) -> Value {
        let rows = self.rows(search).await;
        assert_eq!(rows.len(), 1, "{search}: {rows:?}");
        rows[0].clone()
    }

    /// Asks until there is something. Gives up after a time that only a failure takes.
    pub(crate) async fn eventually<T>(&self, what: &str, ask: impl AsyncFn(&Self) -> Option<T>) -> T {
        for _ in 0..1_500 {
            if let Some(found) = ask(self).await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what} did not come");
    }

    /// Asks for a sweep at once, where the next one may be a minute away, and leaves it some time.
    pub(crate) async fn check_now(&self) {
        let _ = self.call("refreshNow", json!({})).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    /// The sandbox's address and key, as the data folder has them.
    pub(crate) fn sandbox(&self) -> (String, String) {
        let text = std::fs::read_to_string(self.folder.path().join("sandbox.json")).unwrap();
        let known: Value = serde_json::from_str(&text).unwrap();
        (known["address"].as_str().unwrap().to_owned(), known["key"].as_str().unwrap().to_owned())
    }

    /// Speaks with the sandbox behind the application's back.
    pub(crate) async fn sandbox_call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let (address, key) = self.sandbox();
        call_sandbox(&address, &key, method, path, body).await
    }

    pub(crate) async fn fault(&self, fault: Value) {
        let (status, answer) = self.sandbox_call("POST", "/_sandbox/faults", json!([fault])).await;
        assert!(status < 300, "{status} {answer}");
    }

    pub(crate) async fn no_faults(&self) {
        self.sandbox_call("DELETE", "/_sandbox/faults", json!({})).await;
    }

    /// How many companies of this name the server has.
    pub(crate) async fn at_server(&self, name: &str) -> u64 {
        let path = format!("/companies?page=1&pageSize=100&query=name%3D{}", name.replace(' ', "%20"));
        let (_, page) = self.sandbox_call("GET", &path, json!({})).await;
        page["totalResults"].as_u64().unwrap()
    }

    /// The requests to the API that changed something since the sandbox's request of this number, newest first.
    pub(crate) async fn writes_after(&self, number: u64) -> Vec<String> {
        self.requests_after(number)
            .await
            .iter()
            .filter(|it| it["method"] != "GET" && !it["target"].as_str().unwrap().starts_with("/_sandbox"))
            .map(|it| format!("{} {}", it["method"], it["target"]))
            .collect()
    }

    /// The number of the last request that the sandbox answered.
    pub(crate) async fn last_request(&self) -> u64 {
        self.requests_after(0).await.first().map_or(0, |it| it["number"].as_u64().unwrap())
    }

    async fn requests_after(&self, number: u64) -> Vec<Value> {
        let path = format!("/_sandbox/requests?limit=200&after={number}");
        let (status, answer) = self.sandbox_call("GET", &path, json!({})).await;
        assert_eq!(status, 200, "{answer}");
        answer["results"].as_array().unwrap().clone()
    }

    /// Waits until so many sweeps more have ended.
    pub(crate) async fn sweeps(&self, count: usize) {
        let last = async |desk: &Self| {
            desk.call("session", json!({})).await.unwrap()["health"]["lastSweep"].as_i64().unwrap()
        };
        for _ in 0..count {
            let before = last(self).await;
            self.call("refreshNow", json!({})).await.unwrap();
            self.eventually("a sweep", async |desk: &Self| (last(desk).await > before).then_some(())).await;
        }
    }

    /// Waits for an event of this kind.
    pub(crate) async fn event(
        events: &mut tokio::sync::broadcast::Receiver<Event>,
        wanted: fn(&Event) -> bool,
    ) -> Event {
        loop {
            let event = tokio::time::timeout(Duration::from_secs(30), events.recv())
                .await
                .expect("an event")
                .unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }
}

/// Changes a database behind the application's back.
pub(crate) async fn change(database: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

/// Speaks with a sandbox, wherever it is.
pub(crate) async fn call_sandbox(
    address: &str,
    key: &str,
    method: &str,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let key = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key);
    let answer = client
        .request(method.parse().unwrap(), format!("{address}{path}"))
        .header("authorization", format!("Basic {key}"))
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

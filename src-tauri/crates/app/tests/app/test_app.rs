//! An app under test, its desktop, and the controls of its sandbox.

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

/// A desktop that records its calls.
#[derive(Default)]
pub(crate) struct FakeDesktop {
    pub(crate) notified: Mutex<Vec<Notification>>,
    /// The workspace of each notification.
    pub(crate) notified_workspaces: Mutex<Vec<Option<String>>>,
    /// The number of refused notifications; `None` while there is a notification service.
    pub(crate) refused: Mutex<Option<u32>>,
    pub(crate) trays: Mutex<Vec<TrayMenu>>,
    pub(crate) clipboard: Mutex<Option<String>>,
    /// The folder chosen for files. `None`: the page saves them.
    pub(crate) saving: Mutex<Option<std::path::PathBuf>>,
    /// The files that the user will choose.
    pub(crate) choice: Mutex<Vec<PathBuf>>,
    /// The last opened folder.
    pub(crate) opened: Mutex<Option<PathBuf>>,
    /// Whether the app starts at login, according to the system.
    pub(crate) starts_at_login: Mutex<Option<bool>>,
    /// The last zoom of the window in percent.
    pub(crate) zoom: Mutex<Option<u16>>,
    /// While set, notifications wait; they fail once it is notified.
    pub(crate) hanging: Mutex<Option<Arc<Notify>>>,
}

impl Desktop for FakeDesktop {
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
        self.notified_workspaces.lock().unwrap().push(workspace.map(str::to_owned));
        match self.hanging.lock().unwrap().clone() {
            None => Box::pin(async { Ok(()) }),
            Some(hanging) => Box::pin(async move {
                hanging.notified().await;
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

impl Presenter for FakeDesktop {
    fn set_tray(&self, _: TrayState) {}

    fn notify(&self, notification: Notification) -> BoxFuture<'static, Result<(), String>> {
        Desktop::notify(self, None, notification)
    }

    fn send_event(&self, _: Event) {}
}

/// An app in its own folder.
pub(crate) struct TestApp {
    pub(crate) app: Arc<App>,
    pub(crate) desktop: Arc<FakeDesktop>,
    pub(crate) folder: TempDir,
}

/// A configuration with short waits, otherwise as in the product.
fn quick() -> engine::Config {
    engine::Config {
        sweep_floor_secs: 1,
        undo_secs: 1,
        second_read_delay_secs: 0,
        ..engine::Config::default()
    }
}

pub(crate) async fn start_in(
    folder: &Path,
    options: Options,
) -> Result<(Arc<App>, Arc<FakeDesktop>), StartError> {
    let desktop = Arc::new(FakeDesktop::default());
    let options = Options { engine: Some(options.engine.unwrap_or_else(quick)), ..options };
    let app = App::start(Folders::under(folder), desktop.clone(), options).await?;
    Ok((app, desktop))
}

impl TestApp {
    /// Starts the app and waits for the first sweep.
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (app, desktop) = start_in(folder.path(), options).await.unwrap();
        let test_app = Self { app, desktop, folder };
        test_app
            .eventually("the first sweep", async |test_app: &Self| {
                test_app.call("session", json!({})).await.unwrap()["health"]["firstSweepDone"]
                    .as_bool()
                    .filter(|done| *done)
            })
            .await;
        test_app
    }

    /// Stops the app and starts it again with the same data.
    pub(crate) async fn restarted(self) -> Self {
        self.app.stop().await;
        drop(self.app);
        let (app, desktop) = start_in(self.folder.path(), Options::default()).await.unwrap();
        Self { app, desktop, folder: self.folder }
    }

    pub(crate) async fn call(&self, name: &str, args: Value) -> Result<Value, WireError> {
        self.app.call(name, args).await
    }

    /// The rows that match a search.
    pub(crate) async fn rows(&self, search: &str) -> Vec<Value> {
        let view =
            json!({ "search": search, "sort": { "column": "name", "descending": false }, "expanded": [] });
        let page = self.call("companies", view).await.unwrap();
        page["rows"].as_array().unwrap().clone()
    }

    /// The only row that matches a search.
    pub(crate) async fn row(&self, search: &str) -> Value {
        let rows = self.rows(search).await;
        assert_eq!(rows.len(), 1, "{search}: {rows:?}");
        rows[0].clone()
    }

    /// Polls until there is a value. Panics after a time that only a failure takes.
    pub(crate) async fn eventually<T>(&self, what: &str, ask: impl AsyncFn(&Self) -> Option<T>) -> T {
        for _ in 0..1_500 {
            if let Some(found) = ask(self).await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what} did not come");
    }

    /// Requests a sweep now, because the next one may be a minute away, and gives it some time.
    pub(crate) async fn check_now(&self) {
        let _ = self.call("refreshNow", json!({})).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    /// The address and key of the sandbox, from the data folder.
    pub(crate) fn sandbox(&self) -> (String, String) {
        let text = std::fs::read_to_string(self.folder.path().join("sandbox.json")).unwrap();
        let known: Value = serde_json::from_str(&text).unwrap();
        (known["address"].as_str().unwrap().to_owned(), known["key"].as_str().unwrap().to_owned())
    }

    /// Calls the sandbox directly, without the app.
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

    /// The number of companies with this name at the server.
    pub(crate) async fn at_server(&self, name: &str) -> u64 {
        let path = format!("/companies?page=1&pageSize=100&query=name%3D{}", name.replace(' ', "%20"));
        let (_, page) = self.sandbox_call("GET", &path, json!({})).await;
        page["totalResults"].as_u64().unwrap()
    }

    /// Requests that changed data since the sandbox's request with this number, newest first.
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

    /// Waits until this many more sweeps have ended.
    pub(crate) async fn sweeps(&self, count: usize) {
        let last = async |test_app: &Self| {
            test_app.call("session", json!({})).await.unwrap()["health"]["lastSweep"].as_i64().unwrap()
        };
        for _ in 0..count {
            let before = last(self).await;
            self.call("refreshNow", json!({})).await.unwrap();
            self.eventually("a sweep", async |test_app: &Self| (last(test_app).await > before).then_some(()))
                .await;
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

/// Changes a database directly, without the app.
pub(crate) async fn change(database: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

/// Calls a sandbox at an address.
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

//! The keyring, by starts of the real program beside a real gnome-keyring on a bus of their own.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value as Variant};

/// The key in the keyring.
const KEY: &str = "keyring-test-key-41d8c2";
/// What opens the keyring.
const PASSWORD: &str = "password";
/// The keyring that a session opens.
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
/// Steps of waiting for what must come, and how long one is.
const STEPS: u32 = 3_000;
const STEP: Duration = Duration::from_millis(20);

/// A bus with a keyring on it, in a home of its own.
struct Desk {
    home: TempDir,
    address: String,
    _bus: Child,
    keyring: Option<Child>,
}

impl Desk {
    /// A bus without a keyring.
    async fn empty() -> Self {
        let home = tempfile::tempdir().unwrap();
        let runtime = home.path().join("runtime");
        private_folder(&runtime);
        private_folder(&home.path().join("home"));
        let configuration = testkit::bus_configuration(&runtime, "bus");
        let mut command = dressed("dbus-daemon", home.path(), "");
        command.arg("--config-file").arg(configuration).args(["--nofork", "--print-address=1"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut bus = command.spawn().unwrap();
        let address = first_line(&mut bus).await;
        Self { home, address, _bus: bus, keyring: None }
    }

    /// A bus with an unlocked keyring.
    async fn with_keyring() -> Self {
        let mut desk = Self::empty().await;
        desk.start_keyring().await;
        desk
    }

    /// Starts the keyring, unlocked.
    async fn start_keyring(&mut self) {
        let mut command = dressed("gnome-keyring-daemon", self.home.path(), &self.address);
        command.args(["--unlock", "--foreground", "--components=secrets"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut keyring = command.spawn().unwrap();
        let mut stdin = keyring.stdin.take().unwrap();
        stdin.write_all(PASSWORD.as_bytes()).await.unwrap();
        drop(stdin);
        self.keyring = Some(keyring);
        eventually("the keyring", async || self.is_locked().await.filter(|locked| !locked)).await;
    }

    async fn connection(&self) -> zbus::Connection {
        zbus::connection::Builder::address(self.address.as_str()).unwrap().build().await.unwrap()
    }

    async fn is_locked(&self) -> Option<bool> {
        let question = ("org.freedesktop.Secret.Collection", "Locked");
        let connection = self.connection().await;
        let reply = ask(&connection, LOGIN, "org.freedesktop.DBus.Properties", "Get", &question);
        let value: OwnedValue = reply.await.ok()?.body().deserialize().ok()?;
        bool::try_from(value).ok()
    }

    /// Locks the keyring, as it is after a login by fingerprint.
    async fn lock(&self) {
        let objects = vec![ObjectPath::try_from(LOGIN).unwrap()];
        let service = "org.freedesktop.Secret.Service";
        ask(&self.connection().await, "/org/freedesktop/secrets", service, "Lock", &(objects,))
            .await
            .unwrap();
        assert_eq!(self.is_locked().await, Some(true));
    }

    /// Unlocks it as a person would, without a prompt.
    async fn unlock(&self) {
        let connection = self.connection().await;
        let place = "/org/freedesktop/secrets";
        let plain = ("plain", Variant::from(""));
        let opened =
            ask(&connection, place, "org.freedesktop.Secret.Service", "OpenSession", &plain).await.unwrap();
        let (_, session) = opened.body().deserialize::<(OwnedValue, OwnedObjectPath)>().unwrap();
        let master = (session, Vec::<u8>::new(), PASSWORD.as_bytes().to_vec(), "text/plain");
        let inner = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        let arguments = (ObjectPath::try_from(LOGIN).unwrap(), master);
        ask(&connection, place, inner, "UnlockWithMasterPassword", &arguments).await.unwrap();
        assert_eq!(self.is_locked().await, Some(false));
    }

    /// Starts the program with the data of this desk.
    async fn start(&self, codat: &sandbox::Sandbox) -> Program {
        let mut command = dressed(env!("CARGO_BIN_EXE_webhost"), self.home.path(), &self.address);
        command.arg("--data-dir").arg(self.home.path().join("data"));
        command.args(["--port", "0", "--codat-base", &codat.base_url()]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let line = first_line(&mut child).await;
        let (address, token) = line.trim_start_matches("Portal Desktop: ").split_once("/?token=").unwrap();
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Program { child, client, address: address.to_owned(), token: token.to_owned() }
    }
}

/// A start of the program.
struct Program {
    child: Child,
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Program {
    async fn call(&self, name: &str, args: Value) -> Result<Value, Value> {
        let request = self.client.post(format!("{}/call/{name}", self.address));
        let request =
            request.header("content-type", "application/json").header("x-portal-token", &self.token);
        let answer = request.body(args.to_string()).send().await.unwrap();
        let is_done = answer.status().is_success();
        let body = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        if is_done { Ok(body) } else { Err(body) }
    }

    async fn add_workspace(&self) -> Result<Value, Value> {
        let add = json!({ "name": "Prod", "key": KEY, "colour": "blue", "sessionOnly": false });
        self.call("addWorkspace", add).await
    }

    async fn session(&self) -> Value {
        self.call("session", json!({})).await.unwrap()
    }

    /// The session, once it is as wanted.
    async fn session_with(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(what, async || Some(self.session().await).filter(&wanted)).await
    }

    /// Ends it in good order.
    async fn end(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        assert!(self.child.wait().await.unwrap().success());
    }
}

fn key_state(session: &Value) -> &str {
    let workspaces = session["workspaces"].as_array().unwrap();
    let found = workspaces.iter().find(|workspace| workspace["name"] == "Prod").unwrap();
    found["keyState"].as_str().unwrap()
}

fn is_current(session: &Value) -> bool {
    session["health"]["state"] == "current"
}

fn notice(session: &Value) -> Option<&str> {
    session["notices"][0]["code"].as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_starts_find_the_keyring_and_the_key_in_it() {
    let (desk, codat) = (Desk::with_keyring().await, codat().await);
    let first = desk.start(&codat).await;
    assert_eq!(first.add_workspace().await.unwrap()["kept"], "kept");
    first.end().await;
    let mut wrong = Vec::new();
    for start in 0..50 {
        let program = desk.start(&codat).await;
        let session = program.session().await;
        if key_state(&session) == "kept" {
            let session = program.session_with("a sweep", is_current).await;
            if session["host"]["keyring"] != true {
                wrong.push(format!("{start}: no keyring"));
            }
        } else {
            wrong.push(format!("{start}: the key is {}", key_state(&session)));
        }
        program.end().await;
    }
    assert!(wrong.is_empty(), "{} of 50 starts: {wrong:?}", wrong.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn work_resumes_by_itself_when_a_locked_keyring_is_unlocked() {
    let (desk, codat) = (Desk::with_keyring().await, codat().await);
    let first = desk.start(&codat).await;
    first.add_workspace().await.unwrap();
    first.end().await;
    desk.lock().await;
    let program = desk.start(&codat).await;
    let session = program.session_with("that it is locked", |session| notice(session).is_some()).await;
    assert_eq!(notice(&session), Some("keyringLocked"), "{session}");
    assert_eq!(session["host"]["keyring"], true, "a locked keyring is a keyring");
    desk.unlock().await;
    let session = program.session_with("work", is_current).await;
    assert_eq!((key_state(&session), notice(&session)), ("kept", None), "{session}");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn try_again_takes_the_key_of_an_unlocked_keyring_at_once() {
    let (desk, codat) = (Desk::with_keyring().await, codat().await);
    let first = desk.start(&codat).await;
    let id = first.add_workspace().await.unwrap()["workspace"]["id"].clone();
    first.end().await;
    desk.lock().await;
    let program = desk.start(&codat).await;
    let refused = program.call("retryKey", json!({ "id": id })).await.unwrap_err();
    assert_eq!(refused["code"], "keyringLocked", "nobody can answer a prompt here: {refused}");
    desk.unlock().await;
    let session = program.call("retryKey", json!({ "id": id })).await.unwrap();
    assert_eq!((key_state(&session), notice(&session)), ("kept", None), "{session}");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_comes_later_is_found() {
    let (mut desk, codat) = (Desk::with_keyring().await, codat().await);
    let first = desk.start(&codat).await;
    first.add_workspace().await.unwrap();
    first.end().await;
    desk.keyring.take().unwrap().kill().await.unwrap();
    let program = desk.start(&codat).await;
    let without = |session: &Value| session["host"]["keyring"] == false && notice(session).is_some();
    let session = program.session_with("that there is no keyring", without).await;
    assert_eq!(notice(&session), Some("keyringUnavailable"), "{session}");
    desk.start_keyring().await;
    let session = program.session_with("work", is_current).await;
    assert_eq!((key_state(&session), &session["host"]["keyring"]), ("kept", &json!(true)), "{session}");
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_is_removed_though_the_keyring_is_locked_and_its_key_is_told_as_left() {
    let (desk, codat) = (Desk::with_keyring().await, codat().await);
    let program = desk.start(&codat).await;
    let id = program.add_workspace().await.unwrap()["workspace"]["id"].clone();
    desk.lock().await;
    let removed = program.call("removeWorkspace", json!({ "id": id })).await.unwrap();
    assert!(removed["keyLeft"].as_str().unwrap().contains("locked"), "{removed}");
    assert_eq!(removed["session"]["workspaces"].as_array().unwrap().len(), 1);
    program.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_replaced_one_of_the_session_is_sent_and_found_again() {
    let (mut desk, codat) = (Desk::empty().await, codat().await);
    let program = desk.start(&codat).await;
    let add = json!({ "name": "Prod", "key": KEY, "colour": "blue", "sessionOnly": true });
    let id = program.call("addWorkspace", add).await.unwrap()["workspace"]["id"].clone();
    desk.start_keyring().await;
    let replace = json!({ "id": id, "key": KEY, "sessionOnly": false });
    assert_eq!(program.call("replaceKey", replace).await.unwrap()["kept"], "kept");
    for workspace in [&json!("sandbox"), &id] {
        program.call("switchWorkspace", json!({ "id": workspace })).await.unwrap();
    }
    assert_eq!(key_state(&program.session().await), "kept", "the session's key is gone");
    program.end().await;
}

async fn codat() -> sandbox::Sandbox {
    let options = sandbox::Options {
        port: 0,
        api_key: KEY.to_owned(),
        companies: Some(5),
        limits: sandbox::Limits::OFF,
        seed: 9,
        ..sandbox::Options::default()
    };
    sandbox::Sandbox::start(options, Arc::new(app::clock::now)).await.unwrap()
}

async fn ask<B: serde::Serialize + zbus::zvariant::DynamicType>(
    connection: &zbus::Connection,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> zbus::Result<zbus::Message> {
    connection.call_method(Some("org.freedesktop.secrets"), path, Some(interface), method, body).await
}

/// Asks until there is something. Gives up after a time that only a failure takes.
async fn eventually<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..STEPS {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(STEP).await;
    }
    panic!("{what} did not come");
}

async fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    assert!(!line.is_empty(), "it ended at its start");
    line.trim().to_owned()
}

/// A program with nothing of the test's own environment but the path; it ends with its value.
fn dressed(program: impl AsRef<std::ffi::OsStr>, home: &Path, bus: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home.join("home")).env("XDG_RUNTIME_DIR", home.join("runtime"));
    command.env("XDG_DATA_HOME", home.join("home/share"));
    if !bus.is_empty() {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn private_folder(path: &PathBuf) {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path).unwrap();
}

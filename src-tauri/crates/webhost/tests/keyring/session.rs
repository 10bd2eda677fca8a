//! The real program on a private bus with a real gnome-keyring.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

pub(crate) use crate::process::Program;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value as Variant};

/// The key that the sandbox in Codat's place accepts.
pub(crate) const KEY: &str = "keyring/test+key~41d8:c2?=";
/// The password of the keyring.
const PASSWORD: &str = "password";
/// The collection that a login unlocks.
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
/// The number of polls, and their interval.
const STEPS: u32 = 3_000;
const STEP: Duration = Duration::from_millis(20);

/// A private bus with a keyring, in its own home folder.
pub(crate) struct DesktopSession {
    pub(crate) home: TempDir,
    address: String,
    _bus: Child,
    pub(crate) keyring: Option<Child>,
}

impl DesktopSession {
    /// A bus without a keyring.
    pub(crate) async fn empty() -> Self {
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
    pub(crate) async fn with_keyring() -> Self {
        let mut desktop = Self::empty().await;
        desktop.start_keyring().await;
        desktop
    }

    /// Starts the keyring unlocked.
    pub(crate) async fn start_keyring(&mut self) {
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

    /// Locks the keyring, as after a login by fingerprint.
    pub(crate) async fn lock(&self) {
        let objects = vec![ObjectPath::try_from(LOGIN).unwrap()];
        let service = "org.freedesktop.Secret.Service";
        ask(&self.connection().await, "/org/freedesktop/secrets", service, "Lock", &(objects,))
            .await
            .unwrap();
        assert_eq!(self.is_locked().await, Some(true));
    }

    /// Unlocks the keyring without a prompt.
    pub(crate) async fn unlock(&self) {
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

    /// Starts the program with the data of this session and the log level `trace`. Its output goes to files in
    /// `output`.
    pub(crate) async fn start(&self, codat: &sandbox::Sandbox) -> Program {
        self.start_with(&codat.base_url(), &[]).await
    }

    /// As [`start`](Self::start), with any address of Codat and more environment variables.
    pub(crate) async fn start_with(&self, codat: &str, variables: &[(&str, &str)]) -> Program {
        let output = self.home.path().join("output");
        std::fs::create_dir_all(&output).unwrap();
        let (stdout, printed) = kept_file(&output, "stdout-");
        let (stderr, _) = kept_file(&output, "stderr-");
        let mut command = dressed(env!("CARGO_BIN_EXE_webhost"), self.home.path(), &self.address);
        command.arg("--data-dir").arg(self.home.path().join("data")).env("PORTAL_LOG", "trace");
        command.args(["--port", "0", "--codat-base", codat]).envs(variables.iter().copied());
        command.stdout(stdout).stderr(stderr);
        let child = command.spawn().unwrap();
        let line = eventually("its address", async || {
            let text = std::fs::read_to_string(&printed).unwrap();
            text.split_once('\n').map(|(line, _)| line.to_owned())
        })
        .await;
        Program::new(child, client(), &line).unwrap()
    }
}

impl Program {
    pub(crate) async fn call(&self, name: &str, args: Value) -> Result<Value, Value> {
        self.try_call(None, name, args).await.unwrap()
    }

    /// The response to a request of the page.
    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        let request =
            self.client.get(format!("{}{path}", self.address)).header("x-portal-token", &self.token);
        request.send().await.unwrap()
    }

    /// The ID of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub(crate) async fn session(&self) -> Value {
        self.call("session", json!({})).await.unwrap()
    }

    /// The session, once it meets the condition.
    pub(crate) async fn session_with(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(what, async || Some(self.session().await).filter(&wanted)).await
    }
}

/// A client for servers on this computer.
pub(crate) fn client() -> reqwest::Client {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) async fn codat() -> sandbox::Sandbox {
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

/// Polls until there is a value. Panics after a time that only a failure takes.
pub(crate) async fn eventually<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
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

/// A command whose environment has only `PATH` and the folders of this session. The process is killed when it
/// is dropped.
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

fn kept_file(folder: &Path, prefix: &str) -> (File, PathBuf) {
    tempfile::Builder::new().prefix(prefix).tempfile_in(folder).unwrap().keep().unwrap()
}

fn private_folder(path: &Path) {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path).unwrap();
}

//! Starts the program as a process that can be killed.

use std::{path::Path, process::Stdio};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

pub(crate) use crate::process::Program;

pub(crate) const KEY: &str = "the-key-of-the-crash-test";

impl Program {
    /// Starts the program with this data folder. With `largest_file`, no file can grow beyond that many bytes: writes
    /// fail as on a full disk. `None` if it cannot start in these conditions.
    pub(crate) async fn start(
        folder: &Path,
        codat: &str,
        client: &reqwest::Client,
        largest_file: Option<u64>,
    ) -> Option<Self> {
        let program = env!("CARGO_BIN_EXE_webhost");
        let mut command = match largest_file {
            None => Command::new(program),
            Some(bytes) => {
                let mut shell = Command::new("sh");
                let blocks = bytes / 512;
                shell.args(["-c", &format!(r#"trap "" XFSZ; ulimit -f {blocks}; exec "$0" "$@""#), program]);
                shell
            }
        };
        command.env("HOME", folder).env("XDG_RUNTIME_DIR", folder);
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("PORTAL_LOG", "info");
        command.arg("--data-dir").arg(folder.join("data"));
        command.args(["--port", "0", "--limits", "off", "--codat-base", codat]);
        command.stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        match Self::new(child, client.clone(), &line) {
            Ok(program) => Some(program),
            Err(mut child) => {
                assert!(largest_file.is_some(), "it did not start: {line}");
                child.wait().await.unwrap();
                None
            }
        }
    }

    /// Kills the program, and returns when it has ended: until then it locks its data folder.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Enters the API key again, which the program stores for one session only.
    pub(crate) async fn enter_key(&self, id: &str) {
        let key = json!({ "id": id, "key": KEY, "sessionOnly": true });
        self.try_call(None, "replaceKey", key).await;
    }
}

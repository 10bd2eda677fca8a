//! The program as a process that can be killed.

use std::{path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

pub(crate) const KEY: &str = "the-key-of-the-crash-test";

/// One start of the program.
pub(crate) struct Program {
    pub(crate) child: Child,
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Program {
    /// Starts it with the data in this folder. With `largest_file`, no file can grow beyond so many bytes: writes
    /// fail as on a bad disk. None if it cannot start so.
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
        command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let Some((address, token)) =
            line.trim().trim_start_matches("Portal Desktop: ").split_once("/?token=")
        else {
            assert!(largest_file.is_some(), "it did not start: {line}");
            child.wait().await.unwrap();
            return None;
        };
        let (address, token) = (address.to_owned(), token.to_owned());
        Some(Self { child, client: client.clone(), address, token })
    }

    /// None if the program was killed before it answered.
    pub(crate) async fn call(
        &self,
        workspace: Option<&str>,
        name: &str,
        args: Value,
    ) -> Option<Result<Value, Value>> {
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

    /// Enters the key again. It is kept for one start only.
    pub(crate) async fn enter_key(&self, id: &str) {
        let key = json!({ "id": id, "key": KEY, "sessionOnly": true });
        self.call(None, "replaceKey", key).await;
    }

    /// Ends it in good order.
    pub(crate) async fn end(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        assert!(self.child.wait().await.unwrap().success(), "it ends in good order");
    }
}

//! A process of the program, called over HTTP. The crash tests and the keyring tests share it.

use serde_json::Value;
use tokio::process::{Child, Command};

pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) client: reqwest::Client,
    pub(crate) address: String,
    pub(crate) token: String,
}

impl Program {
    /// Reads the address and the token from the first line that the process printed. `Err` if it has none.
    pub(crate) fn new(child: Child, client: reqwest::Client, first_line: &str) -> Result<Self, Box<Child>> {
        let line = first_line.trim().trim_start_matches("Portal Desktop: ");
        match line.split_once("/?token=") {
            Some((address, token)) => {
                Ok(Self { child, client, address: address.to_owned(), token: token.to_owned() })
            }
            None => Err(Box::new(child)),
        }
    }

    /// Calls a command. `None` if the process ended before it answered.
    pub(crate) async fn try_call(
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
        let response = request.body(args.to_string()).send().await.ok()?;
        let is_success = response.status().is_success();
        let body = serde_json::from_str(&response.text().await.ok()?).ok()?;
        Some(if is_success { Ok(body) } else { Err(body) })
    }

    /// Sends SIGTERM, and checks that the process exits with success.
    pub(crate) async fn end(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        assert!(self.child.wait().await.unwrap().success(), "it ends in good order");
    }
}

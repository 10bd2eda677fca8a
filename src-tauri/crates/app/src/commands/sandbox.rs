//! Control of the embedded sandbox, with the same endpoints as its own control page.

use http::{Method, Request, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::WorkspaceKind;
use ts_rs::TS;

use crate::{
    app::App,
    error::{Code, WireError},
};

/// The path of the control endpoints. This command can reach no others.
const CONTROL: &str = "/_sandbox/";

/// A request to the control endpoints.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SandboxCall {
    pub method: SandboxMethod,
    /// Path and query, starting with `/_sandbox/`.
    pub path: String,
    #[serde(default)]
    #[ts(optional, type = "unknown")]
    pub body: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SandboxMethod {
    Get,
    Post,
    Put,
    Delete,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SandboxAnswer {
    /// The JSON of the response, or null.
    #[ts(type = "unknown")]
    pub body: Value,
}

impl App {
    pub(crate) async fn sandbox_call(&self, call: SandboxCall) -> Result<SandboxAnswer, WireError> {
        let workspace = self.command_workspace().await;
        if workspace.record().kind != WorkspaceKind::Sandbox {
            let text = "This works only in the sandbox. Open its workspace first.";
            return Err(WireError::new(Code::Refused, text));
        }
        let (sandbox, address) = self.sandbox()?;
        let response = sandbox.endpoint().answer(request(&call, &address.address, &address.key)?).await;
        let body = serde_json::from_slice::<Value>(response.body()).unwrap_or(Value::Null);
        if response.status().is_success() {
            if call.method != SandboxMethod::Get
                && let Ok(runner) = workspace.runner()
            {
                // The call may have moved the clock, and the engine checks it whenever it wakes up.
                runner.send_event(engine::Event::Timeout);
            }
            return Ok(SandboxAnswer { body });
        }
        Err(refused(response.status().as_u16(), &body))
    }
}

fn request(call: &SandboxCall, base: &str, key: &str) -> Result<Request<bytes::Bytes>, WireError> {
    if !call.path.starts_with(CONTROL) {
        let text = format!("The paths of the sandbox’s controls start with {CONTROL}.");
        return Err(WireError::new(Code::BadArguments, text));
    }
    let method = match call.method {
        SandboxMethod::Get => Method::GET,
        SandboxMethod::Post => Method::POST,
        SandboxMethod::Put => Method::PUT,
        SandboxMethod::Delete => Method::DELETE,
    };
    let key = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key);
    Request::builder()
        .method(method)
        .uri(&call.path)
        .header(header::HOST, base.trim_start_matches("http://"))
        .header(header::AUTHORIZATION, format!("Basic {key}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(call.body.as_ref().map(|body| body.to_string().into()).unwrap_or_default())
        .map_err(|error| {
            WireError::new(Code::BadArguments, "This isn’t a path of the sandbox.")
                .with_detail(error.to_string())
        })
}

/// The error of the sandbox.
fn refused(status: u16, body: &Value) -> WireError {
    let item = body.pointer("/validation/errors/0/message").and_then(Value::as_str);
    let message = item.or_else(|| body.get("error").and_then(Value::as_str));
    let code = if status == 404 { Code::NotFound } else { Code::Refused };
    let correlation = body.get("correlationId").and_then(Value::as_str).unwrap_or_default();
    WireError::new(code, message.unwrap_or("The sandbox rejected this. Nothing was changed."))
        .with_detail(format!("HTTP {status}, correlation ID {correlation}"))
}

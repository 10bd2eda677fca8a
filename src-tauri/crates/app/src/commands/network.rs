//! The network settings and the connection test.

use codat::{ApiKey, Client, Failure, FailureKind};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Nothing,
    workspaces::{keyring_reason, trust_store_error},
};
use crate::{
    app::App,
    error::{Code, WireError, details},
    network::{self, Network, ProxyChoice},
    options::SANDBOX,
    secrets::KeyringError,
    transport::{self, PROXY_PASSWORD},
};

/// The API key of a connection test. The real key is never sent over an untested connection.
const TEST_KEY: &str = "connection-test";
/// Shown if something other than Codat answered.
const NOT_CODAT: &str = "Something other than Codat answered. If this network has a sign-in page, open a web page in \
                         your browser, sign in, and test again. A proxy or firewall can also do this.";

/// The saved network settings.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkView {
    pub network: Network,
    /// Whether a proxy password is saved. The password itself is never returned.
    pub password_saved: bool,
}

/// Network settings to save or to test.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetNetwork {
    pub network: Network,
    /// The proxy's password. None keeps the saved one; an empty one deletes it.
    #[ts(as = "Option<String>")]
    pub password: Option<SecretString>,
    /// Whether to keep the password only in memory, until the app quits.
    #[serde(default)]
    pub session_only: bool,
}

/// The result of a connection test.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionTest {
    /// Whether Codat was reached.
    pub reached: bool,
    /// What happened and what to do, in one to three sentences.
    pub message: String,
    /// Technical details for support.
    pub detail: Option<String>,
}

impl App {
    pub(crate) async fn network(&self, _: Nothing) -> Result<NetworkView, WireError> {
        let network = Network::load(&self.registry).await;
        let password_saved = self.secrets.proxy_password().await.is_ok_and(|password| password.is_some());
        Ok(NetworkView { network, password_saved })
    }

    /// Saves the settings and applies them to the open workspaces.
    pub(crate) async fn set_network(&self, set: SetNetwork) -> Result<NetworkView, WireError> {
        let network = set.network.validated().await?;
        match set.password {
            None => {}
            Some(password) if is_empty(&password) => {
                self.secrets
                    .delete_proxy_password()
                    .await
                    .map_err(|error| password_error("deleted", &error))?;
            }
            Some(password) => {
                let saved = self.secrets.save_proxy_password(password, set.session_only).await;
                saved.map_err(|error| password_error("saved", &error))?;
            }
        }
        network.save(&self.registry).await?;
        self.apply_network().await?;
        self.network(Nothing {}).await
    }

    /// Sends one small request with these settings, without saving them. It goes to the server of the shown
    /// workspace, or to Codat if that is the sandbox.
    pub(crate) async fn test_connection(&self, test: SetNetwork) -> Result<ConnectionTest, WireError> {
        let network = test.network.validated().await?;
        let password = match test.password {
            None => network::saved_password(&network, &self.secrets).await,
            Some(password) => Some(password).filter(|password| !is_empty(password)),
        };
        let workspace = self.command_workspace().await.record();
        let base = if workspace.id == SANDBOX { self.codat_base() } else { workspace.base_url };
        let route = network.route(&base, password.as_ref()).await?;
        let transport = transport::network(&route).map_err(trust_store_error)?;
        let key = ApiKey::new(TEST_KEY).map_err(|error| WireError::new(Code::Internal, error.to_string()))?;
        let answer = Box::pin(Client::new(base.clone(), key, transport).profile()).await;
        Ok(test_result(&base, &network.proxy, answer.err()))
    }
}

/// The result of a connection test as text. `failure` is `None` if the request succeeded.
fn test_result(base: &str, proxy: &ProxyChoice, failure: Option<Failure>) -> ConnectionTest {
    let host = base.parse::<http::Uri>().ok().and_then(|address| address.host().map(str::to_owned));
    let host = host.unwrap_or_else(|| base.to_owned());
    let works = format!("The connection works: {host} answered {}.", route_description(base, proxy));
    let Some(failure) = failure else {
        return ConnectionTest { reached: true, message: works, detail: None };
    };
    let status = failure.status.unwrap_or_default();
    let (reached, message) = match failure.kind {
        FailureKind::Unreachable => {
            let why = failure.explanation().unwrap_or("Check the network and try again.");
            (false, format!("We can’t reach {host}. {why}"))
        }
        FailureKind::NoAnswer => (
            false,
            format!(
                "{host} didn’t answer in time. The network may be slow, or a firewall may block the \
                 connection."
            ),
        ),
        FailureKind::Intercepted if status == 407 => (false, PROXY_PASSWORD.to_owned()),
        FailureKind::Intercepted | FailureKind::Unreadable => (false, NOT_CODAT.to_owned()),
        FailureKind::Server => (
            true,
            format!("{host} answered with an error ({status}). The network works; try again in a while."),
        ),
        // The server must reject the key of the test.
        FailureKind::Invalid
        | FailureKind::Unauthorized
        | FailureKind::PaymentRequired
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::Unprocessable
        | FailureKind::RateLimited
        | FailureKind::OtherStatus => (true, works),
    };
    ConnectionTest { reached, message, detail: details(&failure).filter(|_| !reached) }
}

/// How the request reached the server.
fn route_description(base: &str, proxy: &ProxyChoice) -> String {
    match proxy {
        _ if network::is_loopback(base) => "on this computer".to_owned(),
        ProxyChoice::System => "with the system’s proxy settings".to_owned(),
        ProxyChoice::None => "without a proxy".to_owned(),
        ProxyChoice::Manual { address, .. } => format!("through {address}"),
    }
}

fn is_empty(password: &SecretString) -> bool {
    secrecy::ExposeSecret::expose_secret(password).is_empty()
}

/// The error for a password that the keyring did not save or delete.
fn password_error(what: &str, error: &KeyringError) -> WireError {
    let (code, why) = keyring_reason(error);
    let message = format!("The password couldn’t be {what}, because {why}. Your settings are unchanged.");
    WireError::new(code, message).with_detail(error.to_string())
}

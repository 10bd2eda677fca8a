//! The network settings, and a test of the connection.

use codat::{ApiKey, Client, Failure, FailureKind};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Nothing,
    workspaces::{keyring_reason, unreadable_trust},
};
use crate::{
    app::{App, SANDBOX},
    error::{Code, WireError, details},
    network::{self, Network, ProxyChoice},
    secrets::KeyringError,
    transport::{self, PROXY_PASSWORD},
};

/// The API key that a connection test sends. The real key is never sent over a connection that is only tested.
const TEST_KEY: &str = "connection-test";
/// Shown if something other than Codat answered.
const NOT_CODAT: &str = "Something other than Codat answered. If this network has a sign-in page, open a web page in \
                         your browser, sign in, and test again. A proxy or firewall can also do this.";

/// The network settings as they are kept.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkView {
    /// The settings.
    pub network: Network,
    /// Whether a password for the proxy is saved. The password itself never leaves.
    pub password_saved: bool,
}

/// Network settings to keep or to test.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetNetwork {
    /// The settings.
    pub network: Network,
    /// The proxy's password. None leaves the saved one, an empty one deletes it.
    #[ts(as = "Option<String>")]
    pub password: Option<SecretString>,
    /// Whether to keep the password until the app is quit, and nowhere.
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
    /// What to quote to support.
    pub detail: Option<String>,
}

impl App {
    pub(crate) async fn network(&self, _: Nothing) -> Result<NetworkView, WireError> {
        let network = Network::kept(self.registry()).await;
        let password_saved = self.secrets().proxy_password().await.is_ok_and(|password| password.is_some());
        Ok(NetworkView { network, password_saved })
    }

    /// Keeps the settings, and applies them to the open workspaces at once.
    pub(crate) async fn set_network(&self, set: SetNetwork) -> Result<NetworkView, WireError> {
        let network = set.network.checked().await?;
        match set.password {
            None => {}
            Some(password) if is_empty(&password) => {
                self.secrets().forget_proxy_password().await.map_err(|error| not_done("deleted", &error))?;
            }
            Some(password) => {
                let kept = self.secrets().keep_proxy_password(password, set.session_only).await;
                kept.map_err(|error| not_done("saved", &error))?;
            }
        }
        network.keep(self.registry()).await?;
        self.apply_network().await?;
        self.network(Nothing {}).await
    }

    /// Sends one small request with these settings, which need not be kept. It goes to the server of the workspace
    /// that the window shows; to Codat where that is the sandbox.
    pub(crate) async fn test_connection(&self, test: SetNetwork) -> Result<ConnectionTest, WireError> {
        let network = test.network.checked().await?;
        let password = match test.password {
            None => network::saved_password(&network, self.secrets()).await,
            Some(password) => Some(password).filter(|password| !is_empty(password)),
        };
        let workspace = self.desk().await.workspace();
        let base = if workspace.id == SANDBOX { self.codat_base() } else { workspace.base_url };
        let route = network.route(&base, password.as_ref()).await?;
        let transport = transport::network(&route).map_err(unreadable_trust)?;
        let key = ApiKey::new(TEST_KEY).map_err(|error| WireError::new(Code::Internal, error.to_string()))?;
        let answer = Box::pin(Client::new(base.clone(), key, transport).profile()).await;
        Ok(verdict(&base, &network.proxy, answer.err()))
    }
}

/// The result of a connection test, in words. `failure` is none if the request succeeded.
fn verdict(base: &str, proxy: &ProxyChoice, failure: Option<Failure>) -> ConnectionTest {
    let host = base.parse::<http::Uri>().ok().and_then(|address| address.host().map(str::to_owned));
    let host = host.unwrap_or_else(|| base.to_owned());
    let works = format!("The connection works: {host} answered {}.", way(base, proxy));
    let Some(failure) = failure else {
        return ConnectionTest { reached: true, message: works, detail: None };
    };
    let status = failure.status.unwrap_or_default();
    let (reached, message) = match failure.kind {
        FailureKind::Unreachable => {
            let why = failure.explanation().unwrap_or("Check the network and try again.");
            (false, format!("{host} cannot be reached. {why}"))
        }
        FailureKind::NoAnswer => (
            false,
            format!(
                "{host} did not answer in time. The network may be slow, or a firewall may block the connection."
            ),
        ),
        FailureKind::Intercepted if status == 407 => (false, PROXY_PASSWORD.to_owned()),
        FailureKind::Intercepted | FailureKind::Unreadable => (false, NOT_CODAT.to_owned()),
        FailureKind::Server => (
            true,
            format!("{host} answered with an error ({status}). The network works; try again in a while."),
        ),
        // The key of the test is refused, as it must be.
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

/// The way that a request took.
fn way(base: &str, proxy: &ProxyChoice) -> String {
    match proxy {
        _ if network::is_here(base) => "on this computer".to_owned(),
        ProxyChoice::System => "with the system’s proxy settings".to_owned(),
        ProxyChoice::None => "without a proxy".to_owned(),
        ProxyChoice::Manual { address, .. } => format!("through {address}"),
    }
}

fn is_empty(password: &SecretString) -> bool {
    secrecy::ExposeSecret::expose_secret(password).is_empty()
}

/// Why the keyring did not save or delete the password.
fn not_done(what: &str, error: &KeyringError) -> WireError {
    let (code, why) = keyring_reason(error);
    let message = format!("The password was not {what}, because {why}. The settings are as before.");
    WireError::new(code, message).with_detail(error.to_string())
}

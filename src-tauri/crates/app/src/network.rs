//! The network settings: the proxy of requests, and certificate authorities that are trusted in addition to
//! the system's. Stored next to the preferences; the proxy's password is in the keyring.

#[cfg(target_os = "linux")]
mod gnome;

use std::path::Path;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use store::Registry;
use ts_rs::TS;

use crate::{
    error::{Code, WireError},
    secrets::Secrets,
    transport::{Proxies, Route},
};

/// The registry key of the settings, which are stored as JSON.
const PREFERENCE_KEY: &str = "network";
/// The maximum size of a file with certificates, in bytes.
const MAX_CA_FILE_SIZE: u64 = 1024 * 1024;
/// The expected form of a proxy address.
const PROXY_FORM: &str = "A proxy’s address needs http:// or https://, a host and a port, such as \
                          http://proxy.example.com:8080.";

/// The network settings of the app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(rename = "NetworkSettings")]
pub(crate) struct Network {
    pub proxy: ProxyChoice,
    /// The path of a PEM file with certificate authorities that are trusted in addition to the system's.
    pub ca_file: Option<String>,
}

/// Which proxy requests go through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub(crate) enum ProxyChoice {
    /// The proxy of the environment or of the system's settings.
    #[default]
    System,
    /// No proxy.
    None,
    /// A proxy that the user entered.
    Manual {
        /// `http://` or `https://`, a host and a port.
        address: String,
        /// The user name. Empty if the proxy needs none.
        user: String,
    },
}

impl Network {
    /// Loads the saved settings. Missing or unreadable settings are replaced by the defaults.
    pub(crate) async fn load(registry: &Registry) -> Self {
        let read = match registry.preference(PREFERENCE_KEY).await {
            Ok(None) => return Self::default(),
            Ok(Some(text)) => serde_json::from_str(&text).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        read.unwrap_or_else(|error| {
            tracing::warn!(error, "the network settings could not be read, so the defaults apply");
            Self::default()
        })
    }

    pub(crate) async fn save(&self, registry: &Registry) -> Result<(), WireError> {
        let text = serde_json::to_string(self).map_err(|error| {
            WireError::new(Code::Internal, "We couldn’t save the network settings.")
                .with_detail(error.to_string())
        })?;
        Ok(registry.set_preference(PREFERENCE_KEY, &text).await?)
    }

    /// The settings with trimmed values.
    ///
    /// # Errors
    /// [`Code::ProxyInvalid`] or [`Code::CaFileInvalid`], for the invalid field.
    pub(crate) async fn validated(self) -> Result<Self, WireError> {
        let proxy = match self.proxy {
            ProxyChoice::Manual { address, user } => {
                ProxyChoice::Manual { address: proxy_address(&address)?, user: user.trim().to_owned() }
            }
            other @ (ProxyChoice::System | ProxyChoice::None) => other,
        };
        let ca_file = self.ca_file.map(|path| path.trim().to_owned()).filter(|path| !path.is_empty());
        if let Some(path) = &ca_file {
            authorities(path).await?;
        }
        Ok(Self { proxy, ca_file })
    }

    /// The route of requests to this base URL. Requests to this computer never use a proxy.
    ///
    /// # Errors
    /// If others could read the key on the way to this address, if the proxy is unusable, or if the file with
    /// certificates cannot be read.
    pub(crate) async fn route(
        &self,
        base: &str,
        password: Option<&SecretString>,
    ) -> Result<Route, WireError> {
        if !is_secure_address(base) {
            return Err(WireError::new(Code::AddressInvalid, insecure_address_message(base)));
        }
        let proxies = match &self.proxy {
            _ if is_loopback(base) => Proxies::none(),
            ProxyChoice::System => system_proxies().await,
            ProxyChoice::None => Proxies::none(),
            ProxyChoice::Manual { address, user } => manual_proxy(address, user, password)?,
        };
        let authorities = match &self.ca_file {
            Some(path) => authorities(path).await?,
            None => Vec::new(),
        };
        Ok(Route { proxies, authorities })
    }
}

/// The route of requests to this base URL with the saved settings.
///
/// # Errors
/// Those of [`Network::route`].
pub(crate) async fn route(registry: &Registry, secrets: &Secrets, base: &str) -> Result<Route, WireError> {
    let network = Network::load(registry).await;
    network.route(base, saved_password(&network, secrets).await.as_ref()).await
}

/// The saved password, if the settings need one. If the keyring does not return it, requests are sent without
/// it; the proxy then rejects them with a visible error.
pub(crate) async fn saved_password(network: &Network, secrets: &Secrets) -> Option<SecretString> {
    let is_used = match &network.proxy {
        ProxyChoice::Manual { user, .. } => !user.is_empty(),
        ProxyChoice::System | ProxyChoice::None => false,
    };
    if !is_used {
        return None;
    }
    secrets.proxy_password().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the keyring did not give the proxy’s password");
        None
    })
}

/// Whether the key can be sent to this address: it is encrypted, or on this computer.
pub(crate) fn is_secure_address(base: &str) -> bool {
    let Ok(address) = base.parse::<http::Uri>() else { return false };
    match address.scheme_str() {
        Some("https") => address.host().is_some(),
        Some("http") => is_loopback(base),
        _ => false,
    }
}

/// Whether an address is on this computer.
pub(crate) fn is_loopback(base: &str) -> bool {
    let address = base.parse::<http::Uri>().ok();
    let host = address.as_ref().and_then(http::Uri::host);
    matches!(host, Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// The error message for an address that is not [secure](is_secure_address).
pub(crate) fn insecure_address_message(base: &str) -> String {
    format!(
        "We can’t use “{base}” as Codat’s address: it must start with https://, or be http:// on this \
         computer."
    )
}

/// The proxy of the environment, or else of GNOME's settings. reqwest reads the environment and the settings
/// of macOS and Windows.
async fn system_proxies() -> Proxies {
    #[cfg(target_os = "linux")]
    if !has_proxy_in_environment()
        && let Some(found) = gnome::proxies().await
    {
        return Proxies::These(found);
    }
    Proxies::System
}

#[cfg(target_os = "linux")]
fn has_proxy_in_environment() -> bool {
    let names = ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"];
    names.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn manual_proxy(address: &str, user: &str, password: Option<&SecretString>) -> Result<Proxies, WireError> {
    let proxy = reqwest::Proxy::all(address)
        .map_err(|error| WireError::new(Code::ProxyInvalid, PROXY_FORM).with_detail(error.to_string()))?;
    let proxy = match (user, password) {
        ("", _) => proxy,
        (user, password) => proxy.basic_auth(user, password.map_or("", |password| password.expose_secret())),
    };
    Ok(Proxies::These(vec![proxy]))
}

/// Validates the proxy address that the user entered.
fn proxy_address(input: &str) -> Result<String, WireError> {
    let input = input.trim().trim_end_matches('/');
    let invalid = |message: &str| Err(WireError::new(Code::ProxyInvalid, message));
    if input.starts_with("socks") {
        return invalid(
            "We don’t support SOCKS proxies. Enter an HTTP proxy, such as http://proxy.example.com:8080.",
        );
    }
    let Ok(address) = input.parse::<http::Uri>() else { return invalid(PROXY_FORM) };
    if address.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return invalid("Enter the user name and the password in their own fields, not in the address.");
    }
    let is_whole = matches!(address.scheme_str(), Some("http" | "https"))
        && address.host().is_some_and(|host| !host.is_empty())
        && address.port_u16().is_some()
        && address.path_and_query().is_none_or(|path| path == "/");
    if is_whole { Ok(input.to_owned()) } else { invalid(PROXY_FORM) }
}

/// Reads the certificate authorities of a PEM file.
async fn authorities(path: &str) -> Result<Vec<CertificateDer<'static>>, WireError> {
    let invalid = |why: &str| WireError::new(Code::CaFileInvalid, format!("The CA file “{path}” {why}"));
    if !Path::new(path).is_absolute() {
        return Err(invalid("has no full path. Enter the path from the root of the disk."));
    }
    let unreadable = |error: std::io::Error| {
        invalid("can’t be opened. Check the path and its permissions.").with_detail(error.to_string())
    };
    let metadata = tokio::fs::metadata(path).await.map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > MAX_CA_FILE_SIZE {
        return Err(invalid("isn’t a certificate file."));
    }
    let text = tokio::fs::read(path).await.map_err(unreadable)?;
    let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>().map_err(|error| {
        invalid("is damaged. Export the certificate again, in PEM format.").with_detail(error.to_string())
    })?;
    if found.is_empty() {
        return Err(invalid(
            "has no certificate in PEM format. It needs a part that starts with BEGIN CERTIFICATE.",
        ));
    }
    let mut store = RootCertStore::empty();
    for certificate in &found {
        store
            .add(certificate.clone())
            .map_err(|error| invalid("has an unusable certificate.").with_detail(error.to_string()))?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_proxy_has_a_scheme_a_host_and_a_port_and_nothing_else() {
        for input in ["http://proxy:8080", " https://10.0.0.1:443/ ", "http://[::1]:3128"] {
            let taken = proxy_address(input).expect(input);
            assert_eq!(taken, input.trim().trim_end_matches('/'));
        }
        for input in [
            "",
            "proxy",
            "proxy:8080",
            "http://proxy",
            "http://:8080",
            "ftp://proxy:21",
            "socks5://proxy:1080",
            "http://user:word@proxy:8080",
            "http://proxy:8080/path",
            "http://proxy:99999",
        ] {
            assert_eq!(proxy_address(input).expect_err(input).code, Code::ProxyInvalid, "{input}");
        }
    }

    #[test]
    fn settings_of_an_older_version_have_the_defaults() {
        assert_eq!(serde_json::from_str::<Network>("{}").unwrap(), Network::default());
    }
}

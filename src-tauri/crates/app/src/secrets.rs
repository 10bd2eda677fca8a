//! API keys: in the operating system's keyring, or for this session only; never anywhere else.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use codat::ApiKey;
use keyring_core::{Entry, Error};

/// The keyring's name for this app.
const SERVICE: &str = "portal-desktop";
/// A locked keyring with a display waits for its prompt without end; nobody else waits that long.
const DEADLINE: Duration = Duration::from_secs(3);

/// Where keys are kept.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    session: Arc<Mutex<HashMap<String, ApiKey>>>,
    /// A call into the keyring has not come back: a second one would only wait behind it.
    stuck: Arc<AtomicBool>,
}

/// Why the keyring could not be used.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum KeyringError {
    /// There is none, or it refuses.
    #[error("the keyring cannot be used: {0}")]
    Unavailable(String),
    /// It is locked, and waits for its own prompt.
    #[error("the keyring is locked and waits to be unlocked")]
    Locked,
}

impl Secrets {
    /// Keeps a key in the keyring.
    pub(crate) async fn keep(&self, workspace: &str, key: &ApiKey) -> Result<(), KeyringError> {
        let key = key.clone();
        self.with_entry(workspace, move |entry| entry.set_password(key.expose())).await
    }

    /// Keeps a key until the program ends.
    pub(crate) fn keep_for_session(&self, workspace: &str, key: ApiKey) {
        self.lock().insert(workspace.to_owned(), key);
    }

    /// The key for this session, if it is one.
    pub(crate) fn of_session(&self, workspace: &str) -> Option<ApiKey> {
        self.lock().get(workspace).cloned()
    }

    /// The key in the keyring, if one is there.
    pub(crate) async fn kept(&self, workspace: &str) -> Result<Option<ApiKey>, KeyringError> {
        let text = self
            .with_entry(workspace, |entry| match entry.get_password() {
                Err(Error::NoEntry) => Ok(None),
                other => other.map(Some),
            })
            .await?;
        Ok(text.and_then(|text| ApiKey::new(&text).ok()))
    }

    /// Forgets a key everywhere.
    pub(crate) async fn forget(&self, workspace: &str) -> Result<(), KeyringError> {
        self.lock().remove(workspace);
        self.with_entry(workspace, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            other => other,
        })
        .await
    }

    /// Whether a keyring answers at all.
    pub(crate) async fn available(&self) -> bool {
        self.kept("probe").await.is_ok()
    }

    /// Calls the keyring on a thread of its own, and does not wait for it longer than the deadline.
    async fn with_entry<T: Send + 'static>(
        &self,
        workspace: &str,
        call: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeyringError> {
        if self.stuck.swap(true, Ordering::AcqRel) {
            return Err(KeyringError::Locked);
        }
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (stuck, user) = (self.stuck.clone(), workspace.to_owned());
        let spawned = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            let result = entry(&user).and_then(|entry| call(&entry));
            stuck.store(false, Ordering::Release);
            // Nobody listens any more after the deadline.
            let _ = sender.send(result);
        });
        if let Err(error) = spawned {
            self.stuck.store(false, Ordering::Release);
            return Err(KeyringError::Unavailable(error.to_string()));
        }
        match tokio::time::timeout(DEADLINE, receiver).await {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(error))) => Err(KeyringError::Unavailable(error.to_string())),
            Ok(Err(_)) => Err(KeyringError::Unavailable("the call ended without a result".into())),
            Err(_) => Err(KeyringError::Locked),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, ApiKey>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keyring's entry for a workspace. `keyring` looks for the service once in the life of a process; one
/// that came later is set here.
fn entry(workspace: &str) -> Result<Entry, Error> {
    match keyring::Entry::new(SERVICE, workspace) {
        Ok(entry) => Ok(entry.inner),
        Err(Error::NoDefaultStore) => {
            if keyring_core::get_default_store().is_none() {
                set_store_again()?;
            }
            Entry::new(SERVICE, workspace)
        }
        Err(error) => Err(error),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn set_store_again() -> Result<(), Error> {
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn set_store_again() -> Result<(), Error> {
    Err(Error::NoDefaultStore)
}

//! API keys and the proxy's password: in the system's keyring, or in memory for this session. They are stored
//! nowhere else.

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod native;
mod queue;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use codat::ApiKey;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

#[cfg(not(all(unix, not(target_os = "macos"))))]
use self::native::Native as System;
use self::queue::Queue;
#[cfg(all(unix, not(target_os = "macos")))]
use self::secret_service::SecretService as System;
use crate::{sync, wire::KeyState};

/// The service name of all entries.
const SERVICE: &str = "portal-desktop";
/// The entry of the proxy's password. No workspace has this ID.
const PROXY_ENTRY: &str = "proxy-password";
/// The timeout of a keyring call.
const CALL_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the user has to answer the unlock prompt.
const PROMPT_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyringError {
    /// No keyring service is running.
    #[error("no keyring is running ({0})")]
    Absent(String),
    #[error("the keyring is locked")]
    Locked,
    #[error("the keyring doesn’t answer; you may have to unlock it")]
    TimedOut,
    /// The keyring or the user at its prompt refused.
    #[error("the keyring denied access ({0})")]
    Denied(String),
    /// Any other error.
    #[error("the keyring failed ({0})")]
    Failed(String),
}

/// A keyring. Calls may block. Only [`unlock`](Self::unlock) may show a prompt.
pub(crate) trait Keyring: Send + Sync + 'static {
    /// Succeeds if the keyring answers and is unlocked.
    fn probe(&self) -> Result<(), KeyringError>;
    /// The secret of an entry, if it exists.
    fn read(&self, workspace: &str) -> Result<Option<String>, KeyringError>;
    /// Writes or replaces a secret.
    fn write(&self, workspace: &str, secret: &str) -> Result<(), KeyringError>;
    /// Deletes a secret, if it exists.
    fn delete(&self, workspace: &str) -> Result<(), KeyringError>;
    /// Unlocks the collection of an entry. Waits for the user if this needs a prompt.
    fn unlock(&self, workspace: &str) -> Result<(), KeyringError>;
}

/// Access to all secrets.
#[derive(Clone)]
pub(crate) struct Secrets {
    session: Arc<Mutex<HashMap<String, ApiKey>>>,
    proxy: Arc<Mutex<Option<SecretString>>>,
    queue: Queue,
    prompt: Arc<Mutex<Option<Prompt>>>,
}

/// The result of an unlock prompt. `None` while it is open.
type Prompt = watch::Receiver<Option<Result<(), KeyringError>>>;

impl Default for Secrets {
    fn default() -> Self {
        Self::with_keyring(Arc::new(System), CALL_TIMEOUT)
    }
}

impl Secrets {
    fn with_keyring(keyring: Arc<dyn Keyring>, deadline: Duration) -> Self {
        Self {
            session: Arc::default(),
            proxy: Arc::default(),
            queue: Queue::start(keyring, deadline),
            prompt: Arc::default(),
        }
    }

    /// Saves a key in the keyring, after a prompt if it is locked. A key of the session is removed.
    pub(crate) async fn save_key(&self, workspace: &str, key: &ApiKey) -> Result<(), KeyringError> {
        self.write(workspace, key.expose().into()).await?;
        self.session_keys().remove(workspace);
        Ok(())
    }

    /// Writes a secret into the keyring, after a prompt if it is locked.
    async fn write(&self, entry: &str, secret: SecretString) -> Result<(), KeyringError> {
        match self.try_write(entry, secret.clone()).await {
            Err(KeyringError::Locked) => {
                self.unlock(entry).await?;
                self.try_write(entry, secret).await
            }
            other => other,
        }
    }

    async fn try_write(&self, entry: &str, secret: SecretString) -> Result<(), KeyringError> {
        let entry = entry.to_owned();
        self.queue.call(move |keyring| keyring.write(&entry, secret.expose_secret())).await
    }

    /// Saves the proxy's password in the keyring, or in memory for this session.
    pub(crate) async fn save_proxy_password(
        &self,
        password: SecretString,
        session_only: bool,
    ) -> Result<(), KeyringError> {
        if session_only {
            self.session_proxy_password().replace(password);
            if let Err(error) = self.delete(PROXY_ENTRY).await {
                tracing::warn!(%error, "a password that was replaced for this session may still be in the keyring");
            }
            return Ok(());
        }
        self.write(PROXY_ENTRY, password).await?;
        self.session_proxy_password().take();
        Ok(())
    }

    /// The proxy's password, if any. Shows no prompt.
    pub(crate) async fn proxy_password(&self) -> Result<Option<SecretString>, KeyringError> {
        let session_password = self.session_proxy_password().clone();
        if session_password.is_some() {
            return Ok(session_password);
        }
        Ok(self.queue.call(|keyring| keyring.read(PROXY_ENTRY)).await?.map(SecretString::from))
    }

    /// Deletes the proxy's password everywhere. Without a keyring service, deleting it from the session is
    /// enough.
    pub(crate) async fn delete_proxy_password(&self) -> Result<(), KeyringError> {
        let had_session_key = self.session_proxy_password().take().is_some();
        match self.delete(PROXY_ENTRY).await {
            Err(KeyringError::Absent(_)) if had_session_key => Ok(()),
            other => other,
        }
    }

    /// Stores a key in memory for this session, and deletes an older key in the keyring.
    pub(crate) fn set_session_key(&self, workspace: &str, key: ApiKey) {
        self.session_keys().insert(workspace.to_owned(), key);
        let deleting = self.delete(workspace);
        tokio::spawn(async move {
            if let Err(error) = deleting.await {
                tracing::warn!(%error, "a key that was replaced for this session may still be in the keyring");
            }
        });
    }

    pub(crate) fn has_session_key(&self, workspace: &str) -> bool {
        self.session_keys().contains_key(workspace)
    }

    /// The key of a workspace, if any, and where it is. Shows no prompt.
    pub(crate) async fn key(&self, workspace: &str) -> Result<Option<(ApiKey, KeyState)>, KeyringError> {
        let session_key = self.session_keys().get(workspace).cloned();
        if let Some(key) = session_key {
            return Ok(Some((key, KeyState::Session)));
        }
        let user = workspace.to_owned();
        let text = self.queue.call(move |keyring| keyring.read(&user)).await?;
        Ok(text.and_then(|text| ApiKey::new(&text).ok()).map(|key| (key, KeyState::Kept)))
    }

    /// Deletes a key everywhere. Without a keyring service, deleting it from the session is enough.
    pub(crate) async fn delete_key(&self, workspace: &str) -> Result<(), KeyringError> {
        let had_session_key = self.session_keys().remove(workspace).is_some();
        match self.delete(workspace).await {
            Err(KeyringError::Absent(_)) if had_session_key => Ok(()),
            other => other,
        }
    }

    fn delete(&self, workspace: &str) -> impl Future<Output = Result<(), KeyringError>> + Send + use<> {
        let workspace = workspace.to_owned();
        self.queue.call(move |keyring| keyring.delete(&workspace))
    }

    /// Whether there is a keyring, locked or not.
    pub(crate) async fn available(&self) -> bool {
        matches!(self.queue.call(|keyring| keyring.probe()).await, Ok(()) | Err(KeyringError::Locked))
    }

    /// Unlocks the keyring, with its prompt if it needs one. There is one prompt at a time. It is outside of
    /// the queue, so other calls do not wait for the user.
    pub(crate) async fn unlock(&self, workspace: &str) -> Result<(), KeyringError> {
        let mut prompt = self.prompt(workspace);
        let answered = prompt.wait_for(Option::is_some);
        match tokio::time::timeout(PROMPT_TIMEOUT, answered).await {
            Ok(Ok(result)) => result.clone().unwrap_or(Err(KeyringError::Locked)),
            Ok(Err(_)) => Err(KeyringError::Failed("the prompt ended without an answer".to_owned())),
            Err(_) => Err(KeyringError::Locked),
        }
    }

    /// The open prompt, or a new one.
    fn prompt(&self, workspace: &str) -> Prompt {
        let mut slot = sync::lock(&self.prompt);
        if let Some(open) =
            slot.as_ref().filter(|prompt| prompt.borrow().is_none() && prompt.has_changed().is_ok())
        {
            return open.clone();
        }
        let (sender, prompt) = watch::channel(None);
        let (keyring, workspace) = (self.queue.keyring(), workspace.to_owned());
        let spawned = std::thread::Builder::new()
            .name("keyring-prompt".into())
            .spawn(move || sender.send_replace(Some(keyring.unlock(&workspace))));
        if let Err(error) = spawned {
            tracing::warn!(%error, "the keyring could not be asked to be unlocked");
        }
        *slot = Some(prompt.clone());
        prompt
    }

    fn session_proxy_password(&self) -> MutexGuard<'_, Option<SecretString>> {
        sync::lock(&self.proxy)
    }

    fn session_keys(&self) -> MutexGuard<'_, HashMap<String, ApiKey>> {
        sync::lock(&self.session)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    };

    use super::*;

    /// A keyring in memory. A call blocks while its gate is closed.
    #[derive(Default)]
    struct Memory {
        secrets: Mutex<HashMap<String, String>>,
        gate: Mutex<Option<mpsc::Receiver<()>>>,
        is_locked: Mutex<bool>,
        prompts: AtomicU32,
        running: AtomicU32,
    }

    impl Memory {
        fn enter(&self) -> Result<(), KeyringError> {
            assert_eq!(self.running.fetch_add(1, Ordering::AcqRel), 0, "two calls at a time");
            let gate = self.gate.lock().unwrap().take();
            if let Some(gate) = gate {
                let _ = gate.recv();
            }
            self.running.fetch_sub(1, Ordering::AcqRel);
            if *self.is_locked.lock().unwrap() { Err(KeyringError::Locked) } else { Ok(()) }
        }

        /// Blocks the next call until the sender is dropped.
        fn hang(&self) -> mpsc::Sender<()> {
            let (sender, receiver) = mpsc::channel();
            *self.gate.lock().unwrap() = Some(receiver);
            sender
        }
    }

    impl Keyring for Memory {
        fn probe(&self) -> Result<(), KeyringError> {
            self.enter()
        }

        fn read(&self, workspace: &str) -> Result<Option<String>, KeyringError> {
            self.enter()?;
            Ok(self.secrets.lock().unwrap().get(workspace).cloned())
        }

        fn write(&self, workspace: &str, secret: &str) -> Result<(), KeyringError> {
            self.enter()?;
            self.secrets.lock().unwrap().insert(workspace.to_owned(), secret.to_owned());
            Ok(())
        }

        fn delete(&self, workspace: &str) -> Result<(), KeyringError> {
            self.enter()?;
            self.secrets.lock().unwrap().remove(workspace);
            Ok(())
        }

        fn unlock(&self, _: &str) -> Result<(), KeyringError> {
            self.prompts.fetch_add(1, Ordering::AcqRel);
            *self.is_locked.lock().unwrap() = false;
            Ok(())
        }
    }

    fn secrets(deadline: Duration) -> (Arc<Memory>, Secrets) {
        let memory = Arc::new(Memory::default());
        (memory.clone(), Secrets::with_keyring(memory, deadline))
    }

    fn key(text: &str) -> ApiKey {
        ApiKey::new(text).unwrap()
    }

    #[tokio::test]
    async fn calls_at_once_are_all_answered_one_after_the_other() {
        let (_, secrets) = secrets(CALL_TIMEOUT);
        secrets.save_key("a", &key("one")).await.unwrap();
        let calls = (0..40).map(|_| async { (secrets.available().await, secrets.key("a").await) });
        for (is_available, found) in futures_util::future::join_all(calls).await {
            assert!(is_available);
            assert_eq!(found.unwrap().unwrap().1, KeyState::Kept);
        }
    }

    #[tokio::test]
    async fn behind_a_call_that_hangs_nobody_waits_for_ever_and_afterwards_the_queue_goes_on() {
        let (memory, secrets) = secrets(Duration::from_millis(20));
        secrets.save_key("a", &key("one")).await.unwrap();
        let hanging = memory.hang();
        let another = key("two");
        let (first, second) = tokio::join!(secrets.key("a"), secrets.save_key("a", &another));
        assert_eq!(first.unwrap_err(), KeyringError::TimedOut);
        assert_eq!(second.unwrap_err(), KeyringError::TimedOut);
        drop(hanging);
        let patient = Secrets { queue: secrets.queue.clone().with_deadline(CALL_TIMEOUT), ..secrets.clone() };
        let (found, _) = patient.key("a").await.unwrap().unwrap();
        assert_eq!(found.expose(), "one", "what was told as not kept is not kept later");
    }

    #[tokio::test]
    async fn a_key_that_replaces_another_is_the_one_that_is_found() {
        let (memory, secrets) = secrets(CALL_TIMEOUT);
        secrets.set_session_key("a", key("old"));
        assert_eq!(secrets.key("a").await.unwrap().unwrap().1, KeyState::Session);
        secrets.save_key("a", &key("new")).await.unwrap();
        let (found, place) = secrets.key("a").await.unwrap().unwrap();
        assert_eq!((found.expose(), place), ("new", KeyState::Kept));
        secrets.set_session_key("a", key("newer"));
        let (found, place) = secrets.key("a").await.unwrap().unwrap();
        assert_eq!((found.expose(), place), ("newer", KeyState::Session));
        while memory.secrets.lock().unwrap().contains_key("a") {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_password_of_a_proxy_has_an_entry_of_its_own() {
        let (memory, secrets) = secrets(CALL_TIMEOUT);
        secrets.save_key("a", &key("one")).await.unwrap();
        assert!(secrets.proxy_password().await.unwrap().is_none());
        let read = async || secrets.proxy_password().await.unwrap().map(|it| it.expose_secret().to_owned());
        *memory.is_locked.lock().unwrap() = true;
        secrets.save_proxy_password("word".into(), false).await.unwrap();
        assert_eq!(memory.prompts.load(Ordering::Acquire), 1, "a locked keyring is asked to be unlocked");
        assert_eq!(read().await.as_deref(), Some("word"));
        secrets.save_proxy_password("session's".into(), true).await.unwrap();
        assert_eq!(read().await.as_deref(), Some("session's"));
        secrets.delete_proxy_password().await.unwrap();
        assert_eq!(read().await, None);
        assert_eq!(secrets.key("a").await.unwrap().unwrap().0.expose(), "one", "keys stay");
    }

    #[tokio::test]
    async fn looking_shows_no_prompt_and_keeping_shows_one() {
        let (memory, secrets) = secrets(CALL_TIMEOUT);
        *memory.is_locked.lock().unwrap() = true;
        for _ in 0..3 {
            assert_eq!(secrets.key("a").await.unwrap_err(), KeyringError::Locked);
            assert!(secrets.available().await, "a locked keyring is one");
        }
        assert_eq!(memory.prompts.load(Ordering::Acquire), 0);
        secrets.save_key("a", &key("one")).await.unwrap();
        assert_eq!(memory.prompts.load(Ordering::Acquire), 1);
        assert_eq!(secrets.key("a").await.unwrap().unwrap().0.expose(), "one");
    }
}

//! API keys and the proxy's password: in the operating system's keyring, or for this session only; never anywhere
//! else.

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod native;
mod queue;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
use crate::wire::KeyState;

/// The keyring's name for this app.
const SERVICE: &str = "portal-desktop";
/// The entry of the proxy's password. No workspace has this ID.
const PROXY: &str = "proxy-password";
/// A call that takes longer has failed for whoever waits for it.
const DEADLINE: Duration = Duration::from_secs(3);
/// How long a person's answer to the keyring's prompt is waited for.
const PROMPT_DEADLINE: Duration = Duration::from_secs(60);

/// Why the keyring could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyringError {
    /// No keyring service is running.
    #[error("no keyring is running ({0})")]
    Absent(String),
    /// It has to be unlocked first.
    #[error("the keyring is locked")]
    Locked,
    /// It did not answer within the deadline.
    #[error("the keyring does not answer; it may wait to be unlocked")]
    Slow,
    /// It, or the person at its prompt, refused.
    #[error("the keyring refused access ({0})")]
    Denied(String),
    /// Anything else that it said.
    #[error("the keyring failed ({0})")]
    Failed(String),
}

/// Access to a keyring. Calls may block; only [`unlock`](Self::unlock) may show a prompt.
pub(crate) trait Keyring: Send + Sync + 'static {
    /// Whether it answers and is unlocked.
    fn probe(&self) -> Result<(), KeyringError>;
    /// The secret of a workspace, if there is one.
    fn read(&self, workspace: &str) -> Result<Option<String>, KeyringError>;
    /// Keeps a secret in place of the one before.
    fn write(&self, workspace: &str, secret: &str) -> Result<(), KeyringError>;
    /// Deletes a secret, if there is one.
    fn delete(&self, workspace: &str) -> Result<(), KeyringError>;
    /// Unlocks what a workspace's secret is in; waits for a person where that takes a prompt.
    fn unlock(&self, workspace: &str) -> Result<(), KeyringError>;
}

/// Where keys are kept.
#[derive(Clone)]
pub(crate) struct Secrets {
    session: Arc<Mutex<HashMap<String, ApiKey>>>,
    /// The proxy's password for this session.
    proxy: Arc<Mutex<Option<SecretString>>>,
    queue: Queue,
    prompt: Arc<Mutex<Option<Prompt>>>,
}

/// An unlock prompt: nothing while it is open, then what came of it.
type Prompt = watch::Receiver<Option<Result<(), KeyringError>>>;

impl Default for Secrets {
    fn default() -> Self {
        Self::of(Arc::new(System), DEADLINE)
    }
}

impl Secrets {
    fn of(keyring: Arc<dyn Keyring>, deadline: Duration) -> Self {
        Self {
            session: Arc::default(),
            proxy: Arc::default(),
            queue: Queue::start(keyring, deadline),
            prompt: Arc::default(),
        }
    }

    /// Keeps a key in the keyring, where a locked one is asked to be unlocked. A key for the session ends with it.
    pub(crate) async fn keep(&self, workspace: &str, key: &ApiKey) -> Result<(), KeyringError> {
        self.write(workspace, key.expose().into()).await?;
        self.lock().remove(workspace);
        Ok(())
    }

    /// Writes a secret into the keyring, where a locked one is asked to be unlocked.
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

    /// Keeps the proxy's password: in the keyring, or until the program ends.
    pub(crate) async fn keep_proxy_password(
        &self,
        password: SecretString,
        session_only: bool,
    ) -> Result<(), KeyringError> {
        if session_only {
            self.lock_proxy().replace(password);
            if let Err(error) = self.delete(PROXY).await {
                tracing::warn!(%error, "a password that was replaced for this session may still be in the keyring");
            }
            return Ok(());
        }
        self.write(PROXY, password).await?;
        self.lock_proxy().take();
        Ok(())
    }

    /// The proxy's password, if one is kept. Shows no prompt.
    pub(crate) async fn proxy_password(&self) -> Result<Option<SecretString>, KeyringError> {
        let of_session = self.lock_proxy().clone();
        if of_session.is_some() {
            return Ok(of_session);
        }
        Ok(self.queue.call(|keyring| keyring.read(PROXY)).await?.map(SecretString::from))
    }

    /// Forgets the proxy's password everywhere. Where no keyring is running, none has it.
    pub(crate) async fn forget_proxy_password(&self) -> Result<(), KeyringError> {
        let was_of_session = self.lock_proxy().take().is_some();
        match self.delete(PROXY).await {
            Err(KeyringError::Absent(_)) if was_of_session => Ok(()),
            other => other,
        }
    }

    /// Keeps a key until the program ends. One in the keyring that it replaces is deleted there.
    pub(crate) fn keep_for_session(&self, workspace: &str, key: ApiKey) {
        self.lock().insert(workspace.to_owned(), key);
        let deleting = self.delete(workspace);
        tokio::spawn(async move {
            if let Err(error) = deleting.await {
                tracing::warn!(%error, "a key that was replaced for this session may still be in the keyring");
            }
        });
    }

    /// Whether a workspace's key is for this session.
    pub(crate) fn is_of_session(&self, workspace: &str) -> bool {
        self.lock().contains_key(workspace)
    }

    /// The key of a workspace, if there is one, and where it is. Shows no prompt.
    pub(crate) async fn key(&self, workspace: &str) -> Result<Option<(ApiKey, KeyState)>, KeyringError> {
        let of_session = self.lock().get(workspace).cloned();
        if let Some(key) = of_session {
            return Ok(Some((key, KeyState::Session)));
        }
        let user = workspace.to_owned();
        let text = self.queue.call(move |keyring| keyring.read(&user)).await?;
        Ok(text.and_then(|text| ApiKey::new(&text).ok()).map(|key| (key, KeyState::Kept)))
    }

    /// Forgets a key everywhere. Where no keyring is running, none has it.
    pub(crate) async fn forget(&self, workspace: &str) -> Result<(), KeyringError> {
        let was_of_session = self.lock().remove(workspace).is_some();
        match self.delete(workspace).await {
            Err(KeyringError::Absent(_)) if was_of_session => Ok(()),
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

    /// Has the keyring unlocked, by its own prompt where it needs one. There is one prompt at a time, beside the
    /// queue: other calls do not wait for the person.
    pub(crate) async fn unlock(&self, workspace: &str) -> Result<(), KeyringError> {
        let mut prompt = self.prompt(workspace);
        let answered = prompt.wait_for(Option::is_some);
        match tokio::time::timeout(PROMPT_DEADLINE, answered).await {
            Ok(Ok(result)) => result.clone().unwrap_or(Err(KeyringError::Locked)),
            Ok(Err(_)) => Err(KeyringError::Failed("the prompt ended without an answer".to_owned())),
            Err(_) => Err(KeyringError::Locked),
        }
    }

    /// The prompt that is open, or a new one.
    fn prompt(&self, workspace: &str) -> Prompt {
        let mut slot = self.prompt.lock().unwrap_or_else(PoisonError::into_inner);
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

    fn lock_proxy(&self) -> MutexGuard<'_, Option<SecretString>> {
        self.proxy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, ApiKey>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    };

    use super::*;

    /// A keyring in memory. A call into it waits while its gate is closed.
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

        /// Holds the next call up until the sender is dropped.
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
        (memory.clone(), Secrets::of(memory, deadline))
    }

    fn key(text: &str) -> ApiKey {
        ApiKey::new(text).unwrap()
    }

    #[tokio::test]
    async fn calls_at_once_are_all_answered_one_after_the_other() {
        let (_, secrets) = secrets(DEADLINE);
        secrets.keep("a", &key("one")).await.unwrap();
        let calls = (0..40).map(|_| async { (secrets.available().await, secrets.key("a").await) });
        for (is_available, found) in futures_util::future::join_all(calls).await {
            assert!(is_available);
            assert_eq!(found.unwrap().unwrap().1, KeyState::Kept);
        }
    }

    #[tokio::test]
    async fn behind_a_call_that_hangs_nobody_waits_for_ever_and_afterwards_the_queue_goes_on() {
        let (memory, secrets) = secrets(Duration::from_millis(20));
        secrets.keep("a", &key("one")).await.unwrap();
        let hanging = memory.hang();
        let another = key("two");
        let (first, second) = tokio::join!(secrets.key("a"), secrets.keep("a", &another));
        assert_eq!(first.unwrap_err(), KeyringError::Slow);
        assert_eq!(second.unwrap_err(), KeyringError::Slow);
        drop(hanging);
        let patient = Secrets { queue: secrets.queue.clone().with_deadline(DEADLINE), ..secrets.clone() };
        let (found, _) = patient.key("a").await.unwrap().unwrap();
        assert_eq!(found.expose(), "one", "what was told as not kept is not kept later");
    }

    #[tokio::test]
    async fn a_key_that_replaces_another_is_the_one_that_is_found() {
        let (memory, secrets) = secrets(DEADLINE);
        secrets.keep_for_session("a", key("old"));
        assert_eq!(secrets.key("a").await.unwrap().unwrap().1, KeyState::Session);
        secrets.keep("a", &key("new")).await.unwrap();
        let (found, place) = secrets.key("a").await.unwrap().unwrap();
        assert_eq!((found.expose(), place), ("new", KeyState::Kept));
        secrets.keep_for_session("a", key("newer"));
        let (found, place) = secrets.key("a").await.unwrap().unwrap();
        assert_eq!((found.expose(), place), ("newer", KeyState::Session));
        while memory.secrets.lock().unwrap().contains_key("a") {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_password_of_a_proxy_has_an_entry_of_its_own() {
        let (memory, secrets) = secrets(DEADLINE);
        secrets.keep("a", &key("one")).await.unwrap();
        assert!(secrets.proxy_password().await.unwrap().is_none());
        let read = async || secrets.proxy_password().await.unwrap().map(|it| it.expose_secret().to_owned());
        *memory.is_locked.lock().unwrap() = true;
        secrets.keep_proxy_password("word".into(), false).await.unwrap();
        assert_eq!(memory.prompts.load(Ordering::Acquire), 1, "a locked keyring is asked to be unlocked");
        assert_eq!(read().await.as_deref(), Some("word"));
        secrets.keep_proxy_password("session's".into(), true).await.unwrap();
        assert_eq!(read().await.as_deref(), Some("session's"));
        secrets.forget_proxy_password().await.unwrap();
        assert_eq!(read().await, None);
        assert_eq!(secrets.key("a").await.unwrap().unwrap().0.expose(), "one", "keys stay");
    }

    #[tokio::test]
    async fn looking_shows_no_prompt_and_keeping_shows_one() {
        let (memory, secrets) = secrets(DEADLINE);
        *memory.is_locked.lock().unwrap() = true;
        for _ in 0..3 {
            assert_eq!(secrets.key("a").await.unwrap_err(), KeyringError::Locked);
            assert!(secrets.available().await, "a locked keyring is one");
        }
        assert_eq!(memory.prompts.load(Ordering::Acquire), 0);
        secrets.keep("a", &key("one")).await.unwrap();
        assert_eq!(memory.prompts.load(Ordering::Acquire), 1);
        assert_eq!(secrets.key("a").await.unwrap().unwrap().0.expose(), "one");
    }
}

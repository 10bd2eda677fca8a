//! Runs keyring calls one after the other.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use super::{Keyring, KeyringError};

/// A call that runs on the thread of the queue.
type Job = Box<dyn FnOnce(&dyn Keyring) + Send>;

/// Runs calls in order on its own thread, because a keyring may block without a limit.
#[derive(Clone)]
pub(super) struct Queue {
    keyring: Arc<dyn Keyring>,
    jobs: mpsc::Sender<Job>,
    /// The number of finished calls.
    ended: watch::Receiver<u64>,
    deadline: Duration,
}

impl Queue {
    /// Starts the thread, which ends with the queue. A caller stops waiting after the deadline.
    pub(super) fn start(keyring: Arc<dyn Keyring>, deadline: Duration) -> Self {
        let (jobs, receiver) = mpsc::channel::<Job>();
        let (sender, ended) = watch::channel(0);
        let called = keyring.clone();
        let spawned = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            for job in receiver {
                job(called.as_ref());
                sender.send_modify(|ended| *ended += 1);
            }
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "the keyring cannot be used in this session");
        }
        Self { keyring, jobs, ended, deadline }
    }

    pub(super) fn keyring(&self) -> Arc<dyn Keyring> {
        self.keyring.clone()
    }

    #[cfg(test)]
    pub(super) fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Queues a call at once and returns its result. The deadline starts when the previous call ends, so a queue that
    /// makes progress rejects nobody. A call without a waiting caller is skipped.
    pub(super) fn call<T, F>(
        &self,
        call: F,
    ) -> impl Future<Output = Result<T, KeyringError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Keyring) -> Result<T, KeyringError> + Send + 'static,
    {
        let (sender, mut answer) = oneshot::channel();
        let mut ended = self.ended.clone();
        ended.mark_unchanged();
        let job: Job = Box::new(move |keyring| {
            if !sender.is_closed() {
                // The caller may have stopped waiting.
                let _ = sender.send(call(keyring));
            }
        });
        // If the thread has ended, the job and its sender are dropped, and the receiver fails.
        let _ = self.jobs.send(job);
        let deadline = self.deadline;
        async move {
            loop {
                tokio::select! {
                    biased;
                    answer = &mut answer => return answer.unwrap_or_else(|_| Err(stopped())),
                    Ok(()) = ended.changed() => {}
                    () = tokio::time::sleep(deadline) => return Err(KeyringError::TimedOut),
                }
            }
        }
    }
}

fn stopped() -> KeyringError {
    KeyringError::Failed("its thread has ended".to_owned())
}

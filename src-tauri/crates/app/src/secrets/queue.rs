//! The queue of calls into the keyring.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use super::{Keyring, KeyringError};

/// A call, made on the queue's thread.
type Job = Box<dyn FnOnce(&dyn Keyring) + Send>;

/// Makes calls one after the other, on a thread of their own: a keyring may block for as long as it likes.
#[derive(Clone)]
pub(super) struct Queue {
    keyring: Arc<dyn Keyring>,
    jobs: mpsc::Sender<Job>,
    /// How many calls have ended.
    ended: watch::Receiver<u64>,
    deadline: Duration,
}

impl Queue {
    /// Starts the thread; it ends with the queue. A call fails for its caller after the deadline.
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

    /// Makes a call when its turn has come; it takes its place in the line at once. The deadline counts from the end of the call before, so that a queue
    /// which moves refuses nobody. A call whose caller has given up is not made any more.
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
                // The caller may have given up meanwhile.
                let _ = sender.send(call(keyring));
            }
        });
        // Where the thread has ended, the job is dropped, and its sender with it.
        let _ = self.jobs.send(job);
        let deadline = self.deadline;
        async move {
            loop {
                tokio::select! {
                    biased;
                    answer = &mut answer => return answer.unwrap_or_else(|_| Err(stopped())),
                    Ok(()) = ended.changed() => {}
                    () = tokio::time::sleep(deadline) => return Err(KeyringError::Slow),
                }
            }
        }
    }
}

fn stopped() -> KeyringError {
    KeyringError::Failed("its thread has ended".to_owned())
}

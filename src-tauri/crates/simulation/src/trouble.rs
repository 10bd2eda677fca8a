//! Why a simulation could not go on. What it finds out is in its report, not here.

/// Why a simulation could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The system refused something.
    #[error("{0}: {1}")]
    System(&'static str, std::io::Error),
    /// The sandbox did not start.
    #[error(transparent)]
    Sandbox(#[from] sandbox::StartError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The sandbox said something that the simulation does not understand.
    #[error("{0}")]
    Wrong(String),
}

impl Trouble {
    /// The sandbox said something else than was expected of it.
    pub(crate) fn odd(asked: &str, said: impl core::fmt::Display) -> Self {
        Self::Wrong(format!("{asked}: {said}"))
    }
}

//! Errors of a simulation. Violated invariants are in the report, not here.

/// Why a simulation cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// The system returned an error.
    #[error("{0}: {1}")]
    System(&'static str, std::io::Error),
    /// The sandbox did not start.
    #[error(transparent)]
    Sandbox(#[from] sandbox::StartError),
    /// The database returned an error.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The sandbox sent something unexpected.
    #[error("{0}")]
    Wrong(String),
}

impl SimulationError {
    pub(crate) fn unexpected(asked: &str, said: impl core::fmt::Display) -> Self {
        Self::Wrong(format!("{asked}: {said}"))
    }
}

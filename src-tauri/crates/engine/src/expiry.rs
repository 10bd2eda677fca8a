//! What expires: consents and idle clocks.

pub(crate) mod consent_warning;
pub(crate) mod keep_alive;

use domain::KeepAliveMode;
use jiff::Timestamp;

use consent_warning::ConsentWarning;

/// The state of the expiry checks.
#[derive(Debug, Default)]
pub(crate) struct Expiry {
    pub(crate) mode: KeepAliveMode,
    /// None: now.
    pub(crate) next_check: Option<Timestamp>,
    /// Warnings that the store is saving.
    pub(crate) storing_warnings: Vec<ConsentWarning>,
    /// Whether the store is saving keep-alive reads.
    pub(crate) is_storing_reads: bool,
}

impl Expiry {
    pub(crate) fn check_now(&mut self) {
        self.next_check = None;
    }

    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.next_check.iter_mut()
    }
}

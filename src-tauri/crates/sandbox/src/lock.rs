//! Mutex helper.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ignores poisoning: no code can panic while a value is inconsistent.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

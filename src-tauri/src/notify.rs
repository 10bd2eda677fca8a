//! Desktop notifications and their clicks.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub(crate) use linux::{Notifier, close, close_notice, show};
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{Notifier, close, close_notice, show};

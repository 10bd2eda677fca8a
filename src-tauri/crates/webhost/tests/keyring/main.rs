//! The real program beside a real keyring: what its starts find there, and that a key is kept nowhere else.
#![cfg(target_os = "linux")]

#[cfg(test)]
mod canary;
#[cfg(test)]
mod session;
#[cfg(test)]
mod starts;

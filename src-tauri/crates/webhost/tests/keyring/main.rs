//! The real program in a desktop session: what its starts find in a real keyring, that a key is kept nowhere else, and
//! the proxy that the environment names.
#![cfg(target_os = "linux")]

#[cfg(test)]
mod canary;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod session;
#[cfg(test)]
mod starts;

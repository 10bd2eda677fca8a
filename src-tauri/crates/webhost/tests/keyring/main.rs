//! The real program in a desktop session: starts with a real keyring in each state, the places where a key may
//! be stored, and the proxy of the environment.
#![cfg(target_os = "linux")]

#[cfg(test)]
mod canary;
#[cfg(test)]
#[path = "../support/process.rs"]
mod process;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod session;
#[cfg(test)]
mod starts;

//! The emulator as a client meets it: requests in, answers out, in process and over TCP.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod client;
mod client_data;
mod clock;
mod companies;
mod connections;
mod control;
mod dashboard;
mod data;
mod determinism;
mod expiry;
mod files;
mod haste;
mod idempotency;
mod integrations;
mod limits;
mod link;
mod lists;
mod machine;
mod operations;
mod outages;
mod persistence;
mod profile_and_keys;
mod program;
mod protocol;
mod queries;
mod reads;
mod snapshot;
mod support;
mod sync_settings;
mod tcp;
mod webhooks;

//! The application without a face: every command once, and the runner that carries out what the engine decides.
//!
//! A host (the shell with its window and tray, or `webhost` with a browser page) starts an [`App`], gives it
//! a [`Desktop`] to act on, passes commands to [`App::call`], and passes on what [`App::events`] says.
#![forbid(unsafe_code)]

mod absence;
mod app;
mod backups;
mod carrier;
mod chart;
pub mod clock;
mod commands;
mod convert;
mod copying;
mod csv;
mod deep_link;
mod desk;
mod desktop;
mod embedded;
mod error;
mod export;
mod fetch;
mod figures;
mod folders;
mod keep_alive;
mod key_watch;
mod log;
pub mod names;
mod network;
mod opening;
mod panics;
mod planned;
mod presenter;
mod recovery;
mod requests;
mod runner;
mod saving;
mod schedule_plan;
mod schedules;
mod secrets;
mod send;
mod surroundings;
mod tags;
mod transfers;
mod transport;
mod tray;
#[cfg(test)]
mod typescript;
mod wake;
pub mod wire;

pub use app::{App, Options, StartError};
pub use carrier::{Carrier, Driver};
pub use codat::{Colour, client::Download};
pub use commands::{COMMANDS, ChosenFile, ChosenFiles, Command, Kind};
pub use desktop::{Desktop, HostFacts, HostKind};
pub use engine::{Notification, Power, TrayIcon, TrayState, Window};
pub use error::{Code, WireError};
pub use folders::{Folders, FoldersError};
pub use log::start as start_log;
pub use panics::report_to as report_panics_to;
pub use presenter::Presenter;
pub use sandbox::Limits;
pub use transfers::{Transfer, TransferState, Way};
pub use tray::{TrayItem, TrayMenu};
pub use wire::{Event, Place, Tone};

//! The application without a user interface: the commands, and the runner that executes the effects of the
//! engine.
//!
//! A host (the shell with its window and tray, or `webhost` with a browser page) starts an [`App`] and gives
//! it a [`Desktop`]. It passes commands to [`App::call`] and forwards the events of [`App::events`].
#![forbid(unsafe_code)]

mod alert_changes;
mod alert_data;
mod alert_rules;
mod app;
mod atomic_file;
mod backups;
mod chart;
pub mod clock;
mod command;
mod commands;
mod csv;
mod damage;
mod deep_link;
mod desktop;
mod effect_executor;
mod embedded;
mod empty_state;
mod error;
mod export;
mod exported_files;
mod fetch;
mod figures;
mod folders;
mod inbox_entry;
mod keep_alive;
mod log;
pub mod names;
mod network;
mod open_workspace;
mod options;
mod panics;
mod pause;
mod pending_imports;
mod pending_uploads;
mod planned_load;
mod presenter;
mod record_copies;
mod recovery;
mod request_cause;
mod requests;
mod runner;
mod saved_views;
mod schedule_plan;
mod schedules;
mod secrets;
mod send;
mod surroundings;
mod sync;
mod table_file;
mod tags;
mod transfers;
mod transport;
mod tray;
mod tray_menu;
#[cfg(test)]
mod typescript;
mod wake;
mod weekly_time;
pub mod wire;
mod workspace_opener;

pub use app::{App, StartError};
pub use codat::{Color, ConnectionId, client::Download};
pub use command::{Command, Kind};
pub use commands::COMMANDS;
pub use desktop::{Desktop, HostFacts, HostKind};
pub use domain::{Place, PowerSource, Severity};
pub use effect_executor::{Driver, EffectExecutor};
pub use engine::{Notification, TrayIcon, TrayState, Window};
pub use error::{Code, WireError};
pub use folders::{Folders, FoldersError};
pub use log::start as start_log;
pub use options::Options;
pub use panics::report_to as report_panics_to;
pub use pause::PauseEnd;
pub use presenter::Presenter;
pub use sandbox::Limits;
pub use tray_menu::{TrayItem, TrayMenu};
pub use wire::{ChosenFile, ChosenFiles, Direction, Event, Transfer, TransferState};

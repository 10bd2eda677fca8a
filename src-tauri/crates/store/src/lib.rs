//! SQLite: schema, queries, journal, and the columns a list is searched by.
//!
//! A workspace has one database, a [`Store`]: it holds what the server said last, never what the app hopes.
//! Down: [`Store::apply`] keeps a page of companies in one transaction and tells what [`Change`]d, which is
//! in the journal by then. Up: [`Store::companies`] and [`Store::rows`] answer lists from columns in memory.
//! Beside the workspaces there is one [`Registry`], which says which there are.

#![forbid(unsafe_code)]

pub mod kept_keys;
pub mod local_file;
pub mod view;

mod activity;
mod alerts;
mod answers;
mod apply;
mod attention;
mod backup;
mod change;
mod clocks;
mod columns;
mod complete;
mod copies;
mod database;
mod derive;
mod diff;
mod ends;
mod error;
mod expiry;
mod facts;
mod files;
mod first;
mod fold;
mod integrations;
mod intents;
mod journal;
mod keep_alive;
mod kept;
mod list;
mod local;
mod local_export;
mod local_import;
mod notes;
mod operations;
mod record;
mod registry;
mod registry_backup;
mod row;
mod runs;
mod schedules;
mod search;
mod seen;
mod store;
mod sync_settings;
mod unreadable;
mod warnings;
mod write;

pub use activity::{Activity, ActivityKind, ActivityPlace, Happened, ReadBrief, RowPhase};
pub use alerts::{Alert, AlertState, NewAlert, RecentAlert};
pub use answers::Said;
pub use apply::Applied;
pub use attention::{Attention, AttentionCompany};
pub use backup::Restored;
pub use change::{Cause, Change, ChangeKind};
pub use copies::{Copy, CopyOf, Found, Progress, Wanted};
pub use database::Rehearsal;
pub use error::StoreError;
pub use expiry::{Ending, ExpiryFilter, ExpiryRow, Skyline, Uncounted};
pub use intents::Intent;
pub use keep_alive::{Idle, KeepAliveEntry, KeepAliveNote, KeepAliveOutcome};
pub use local_export::LocalExport;
pub use local_import::{Imported, ImportedKind, LocalKind};
pub use operations::{HISTORY_PAGE, Kind as OperationKind, OperationFilter, Operations};
pub use registry::{Registry, SafeMode, Workspace, WorkspaceKind};
pub use runs::{
    ItemEnd, ItemRow, ItemState, ItemsPage, Looks, NewRun, OpenRun, Preview, QueuedItem, Read, Reads,
    RunCause, RunCounts, RunMoved, RunState, RunSummary, SentItem, Settled, Take, Types,
};
pub use schedules::{Decision, KnownRead, ScheduleOutcome, ScheduleRow, ScheduleStanding, WantedCompanies};
pub use search::search_problems;
pub use store::Store;
pub use sync_settings::CompanySettings;
pub use view::{
    ClockKind, ColourName, CompaniesPage, CompanyRow, ConnectionChip, CountedFrom, Counts, ParentRef,
    RestsOn, Rows, SearchProblem, Sort, SortColumn, Suggestion, View,
};
pub use warnings::{EndingConsent, NewWarning};

#[cfg(test)]
mod tests;

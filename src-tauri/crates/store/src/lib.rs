//! Local storage in SQLite: schema, queries, journal, and the in-memory columns that lists are searched by.
//!
//! Database files, each with its own folder of migrations:
//!
//! | file | type | content |
//! | --- | --- | --- |
//! | `portal.db` | [`Registry`] | the list of workspaces, and preferences |
//! | one for each workspace | [`Store`] | what the server last said, the journal of changes, and local data |
//! | `*.records.db` beside it | [`Copies`] | copies of records, which can be read from the server again |
//! | `*.daily-*`, `*.backup-*` beside it | | backups of local data, and of a file before its migration |
//!
//! Map of the modules:
//!
//! * Files and connections: `files`, `database`, `sql`, `store`, `error`.
//! * Server data: `apply` writes a page of companies in one transaction and returns each [`Change`]; `diff`, `record`,
//!   `write`, `fingerprints`, `unreadable`, `connection_expiry`, `company_index`. `answers` and `operations` cache other
//!   answers.
//! * Lists: `company_list` and `first_page` answer from `columns`, by a `search`; `company_rows` makes the rows.
//! * Runs and schedules: `runs`, `schedules`, `keep_alive`, `warnings`, `alerts`, `intents`.
//! * Local data: `local_tables` says which tables; `backup`, `local_export` and `local_import` carry them.
//!
//! *Invariant*: the database holds what the server last said, never what the app expects.

#![forbid(unsafe_code)]

pub mod local_file;
pub mod setting_keys;
pub mod view;

mod absence;
mod activity;
mod alerts;
mod answers;
mod apply;
mod attention;
mod backup;
mod backup_files;
mod change;
mod clocks;
mod columns;
mod company_index;
mod company_list;
mod company_rows;
mod completion;
mod connection_expiry;
mod copies;
mod database;
mod diff;
mod error;
mod expiry;
mod expiry_rules;
mod files;
mod fingerprints;
mod first_page;
mod fold;
mod inbox;
mod integrations;
mod intents;
mod journal;
mod keep_alive;
mod key_values;
mod local_export;
mod local_import;
mod local_tables;
mod notes;
mod operations;
mod problem;
mod rebuild_index;
mod record;
mod registry;
mod registry_backup;
mod runs;
mod saved_views;
mod schedules;
mod search;
mod sql;
mod store;
mod sync_settings;
mod unreadable;
mod warnings;
mod write;

pub use activity::{Activity, ActivityKind, ActivityPlace, Happened, ReadBrief, RowPhase};
pub use alerts::{Alert, AlertState, NewAlert, RecentAlert};
pub use answers::CachedAnswer;
pub use apply::AppliedChanges;
pub use backup::RestoreSummary;
pub use change::{Change, ChangeKind};
pub use copies::{Copies, CopyKey, CopyProgress, CopyQuery, CopyQueryResult, RecordCopy};
pub use database::SimulationOptions;
pub use error::StoreError;
pub use expiry::{Ending, ExpiryFilter, ExpiryRow, Skyline, Uncounted};
pub use inbox::{InboxCounts, InboxEntry, InboxFilter, MAX_UNREAD, NewNotice, Snooze};
pub use intents::Intent;
pub use keep_alive::{KeepAliveEntry, KeepAliveOutcome};
pub use local_export::LocalExport;
pub use local_import::{Imported, ImportedKind, LocalKind};
pub use operations::{HISTORY_PAGE, Kind as OperationKind, OperationFilter, Operations};
pub use registry::{Registry, Workspace, WorkspaceKind};
pub use runs::{
    CompanyItem, DataTypeCheck, DeletePreview, HistoryCheckLimits, ItemResult, ItemRow, ItemState, ItemsPage,
    QueuedItemsUpdate, RunPreview, RunSummary, TagPreview,
};
pub use schedules::{CompanySelection, ScheduleDecision, ScheduleOutcome, ScheduleRow};
pub use search::search_problems;
pub use store::Store;
pub use sync_settings::CompanySyncSettings;
pub use view::{
    AccessEnd, ActorName, ClockKind, ColorName, ColumnChoice, CompaniesPage, CompanyRow, ConnectionChip,
    CountedFrom, Counts, ParentRef, Problem, RestsOn, Rows, SavedView, SearchProblem, Sort, SortColumn,
    Suggestion, View,
};
pub use warnings::NewWarning;

#[cfg(test)]
mod tests;

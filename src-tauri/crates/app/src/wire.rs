//! Types of the interface that belong to no single command. Lists are defined in the store. Times are
//! milliseconds since 1970, UTC.

mod chosen_files;
mod revision;
mod show_request;
mod transfer;

use std::collections::BTreeMap;

use codat::CompanyId;
use domain::{Health, HealthState, PendingDelete, PowerSource, SafeMode, Severity};
use engine::Signal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ColumnChoice, Sort, WorkspaceKind};
use ts_rs::TS;

use crate::{
    desktop::HostKind,
    error::{Code, WireError},
};

pub use chosen_files::{ChosenFile, ChosenFiles};
pub(crate) use revision::Revision;
pub(crate) use show_request::{Elsewhere, ShowRequest};
pub use transfer::{Direction, Transfer, TransferState};

/// Milliseconds since 1970, UTC.
pub(crate) fn millis(instant: Timestamp) -> i64 {
    instant.as_millisecond()
}

/// The global state of the interface.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// All workspaces in their order.
    pub workspaces: Vec<Workspace>,
    /// The ID of the shown workspace.
    pub current: String,
    /// The preferences.
    pub preferences: Preferences,
    /// The host of the app.
    pub host: Host,
    /// The health of the shown workspace.
    pub health: Health,
    /// Lasting conditions that the user should know of.
    pub notices: Vec<Notice>,
    /// Deletes that can still be undone.
    pub pending_deletes: Vec<PendingDelete>,
}

/// A Codat client, real or sandbox, with its own local database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// The local ID.
    pub id: String,
    /// The name that the user chose.
    pub name: String,
    /// Codat or the sandbox.
    pub kind: WorkspaceKind,
    /// The color of its frame: `teal`, `blue`, `violet`, `orange`, `pink` or `lime`.
    pub color: String,
    /// The acts that it permits.
    pub safe_mode: SafeMode,
    /// Where its API key is.
    pub key_state: KeyState,
    /// The generic Link URL for customers that are not yet a company.
    pub invite_url: Option<String>,
    /// Whether it stays open while another workspace is shown.
    pub watched: bool,
    /// The state of its engine, if it is open.
    pub state: Option<HealthState>,
    /// How far its clock is ahead of this computer's, in milliseconds. 0 except for an open sandbox whose clock
    /// was moved.
    #[ts(type = "number")]
    pub clock_offset: i64,
}

/// Where the API key of a workspace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyState {
    /// In the keyring. The key of the sandbox is always known.
    Kept,
    /// In memory, for this session.
    Session,
    /// Nowhere; the user must enter it again.
    Missing,
    /// Codat rejects it.
    Refused,
}

/// The user's preferences. Missing fields have default values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// The color theme.
    pub theme: Theme,
    /// The height of rows.
    pub density: Density,
    /// Whether closing the window keeps the app in the tray.
    pub close_to_tray: bool,
    /// Whether the app starts hidden at login.
    pub start_at_login: bool,
    /// The share of the daily quota for background work, in percent, 1 to 50.
    pub quota_share: u8,
    /// The columns of the list in their order. Columns that are not named follow with their defaults.
    pub columns: Vec<ColumnChoice>,
    /// The sort order of the list.
    pub sort: Option<Sort>,
    /// By data type, the record columns whose visibility differs from the default.
    pub record_columns: BTreeMap<String, Vec<String>>,
    /// Whether the sidebar shows only icons.
    pub sidebar_collapsed: bool,
    /// Whether the user was notified that the app keeps running in the tray.
    #[serde(rename = "toldAboutTray")]
    pub tray_notice_shown: bool,
    /// The zoom of the page, in percent, 50 to 300.
    pub zoom: u16,
    /// Whether keys of one letter or digit run actions outside of lists (WCAG 2.1.4).
    pub single_key_shortcuts: bool,
    /// Whether the user put away the first steps.
    pub first_steps_dismissed: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            density: Density::Comfortable,
            close_to_tray: true,
            start_at_login: false,
            quota_share: 5,
            columns: Vec::new(),
            sort: None,
            record_columns: BTreeMap::new(),
            sidebar_collapsed: false,
            tray_notice_shown: false,
            zoom: 100,
            single_key_shortcuts: true,
            first_steps_dismissed: false,
        }
    }
}

/// Changed preferences. Fields that are left out stay the same.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(rename = "Chosen", optional_fields)]
#[expect(missing_docs, reason = "each is the preference of its name")]
pub struct PreferenceChanges {
    pub theme: Option<Theme>,
    pub density: Option<Density>,
    pub close_to_tray: Option<bool>,
    pub start_at_login: Option<bool>,
    pub quota_share: Option<u8>,
    pub columns: Option<Vec<ColumnChoice>>,
    pub sort: Option<Sort>,
    pub record_columns: Option<BTreeMap<String, Vec<String>>>,
    pub sidebar_collapsed: Option<bool>,
    pub zoom: Option<u16>,
    pub single_key_shortcuts: Option<bool>,
    pub first_steps_dismissed: Option<bool>,
}

impl Preferences {
    /// The preferences with these changes.
    #[must_use]
    pub(crate) fn with(self, changes: PreferenceChanges) -> Self {
        Self {
            theme: changes.theme.unwrap_or(self.theme),
            density: changes.density.unwrap_or(self.density),
            close_to_tray: changes.close_to_tray.unwrap_or(self.close_to_tray),
            start_at_login: changes.start_at_login.unwrap_or(self.start_at_login),
            quota_share: changes.quota_share.unwrap_or(self.quota_share).clamp(1, 50),
            zoom: changes.zoom.unwrap_or(self.zoom).clamp(50, 300),
            columns: changes.columns.unwrap_or(self.columns),
            sort: changes.sort.or(self.sort),
            record_columns: changes.record_columns.unwrap_or(self.record_columns),
            sidebar_collapsed: changes.sidebar_collapsed.unwrap_or(self.sidebar_collapsed),
            tray_notice_shown: self.tray_notice_shown,
            single_key_shortcuts: changes.single_key_shortcuts.unwrap_or(self.single_key_shortcuts),
            first_steps_dismissed: changes.first_steps_dismissed.unwrap_or(self.first_steps_dismissed),
        }
    }
}

/// A color theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is the theme it names")]
pub enum Theme {
    System,
    Light,
    Dark,
    Contrast,
}

/// The height of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Density {
    /// 40 px.
    Comfortable,
    /// 28 px.
    Compact,
}

/// The host of the app.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "HostFacts")]
pub struct Host {
    /// A window or a browser page.
    pub kind: HostKind,
    /// Whether the desktop has a tray.
    pub tray: bool,
    /// Whether a keyring is available.
    pub keyring: bool,
    /// Whether the app can be started at login.
    pub autostart: bool,
    /// The version of the app.
    pub version: String,
    /// The path of the data folder.
    pub data_folder: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    /// The power source, if the system reports it.
    pub power: Option<PowerSource>,
    /// Whether the network is metered, if the system reports it.
    pub metered: Option<bool>,
}

/// A lasting condition that is shown above all screens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// The same for the same condition, so that it is shown once.
    pub id: String,
    /// The severity.
    pub tone: Severity,
    /// The kind of error.
    pub code: Code,
    /// What is wrong and what to do.
    pub message: String,
    /// Technical details for support.
    pub detail: Option<String>,
}

/// A text for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Copied {
    /// The text.
    pub text: String,
    /// Whether it is on the clipboard. If not, the page must put it there.
    pub copied: bool,
    /// The time of the stored value, if it could not be refreshed.
    pub as_of: Option<i64>,
    /// Why it could not be refreshed, if that was tried.
    pub reason: Option<String>,
    /// A description, such as `Link URL of Xero`.
    pub label: String,
}

/// An event for windows. It says what changed; the page then queries the data.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(rename = "PortalEvent")]
pub enum Event {
    /// A list may have changed.
    Changed {
        /// The version of the store.
        version: u64,
    },
    /// Data, history or files of a company changed.
    Company {
        /// The company.
        #[ts(as = "String")]
        id: CompanyId,
    },
    /// The progress of an export.
    Export {
        /// The ID that the page chose.
        id: String,
        /// Records that are read or written so far.
        records: u32,
        /// All records.
        total: u32,
    },
    /// The status bar changed.
    Health {
        /// The new health.
        health: Health,
    },
    /// The request log changed.
    Requests,
    /// Schedules, their delays or their results changed.
    Schedules,
    /// Workspaces, preferences, notices or pending deletes changed.
    Session,
    /// The inbox or its rules changed.
    Inbox,
    /// The saved views of the list changed.
    Views,
    /// A company was deleted.
    Deleted {
        /// The company.
        #[ts(as = "String")]
        id: CompanyId,
        /// Its name.
        name: String,
    },
    /// A delete failed, or its result is unknown.
    DeleteFailed {
        /// The company.
        #[ts(as = "String")]
        id: CompanyId,
        /// Its name.
        name: String,
        /// The error.
        error: WireError,
    },
    /// The state of a run changed.
    Run {
        /// Its number.
        id: i64,
    },
    /// A run has ended.
    RunEnded {
        /// Its number.
        id: i64,
    },
    /// The tray, a notification or a link asked to show something. `takeWanted` returns it.
    Link,
    /// The progress or the end of a transfer.
    Transfer {
        /// The transfer.
        transfer: Transfer,
    },
    /// Files are dragged over the window, or no longer.
    FilesHover {
        /// Whether files are over the window.
        over: bool,
    },
    /// Files were dropped on the window. Nothing is sent yet.
    FilesOffered {
        /// The checked files.
        chosen: ChosenFiles,
    },
    /// A message that is shown once.
    Notice {
        /// The severity.
        tone: Severity,
        /// One or two sentences.
        message: String,
    },
}

impl From<Signal> for Event {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Changed { version } => Self::Changed { version },
            Signal::Health(health) => Self::Health { health },
            Signal::PendingDeletes => Self::Session,
            Signal::Schedules => Self::Schedules,
            Signal::Deleted { company, name } => Self::Deleted { id: company, name },
            Signal::DeleteFailed { company, name, error } => {
                Self::DeleteFailed { id: company, name, error: error.into() }
            }
            Signal::Run(run) => Self::Run { id: run.0 },
            Signal::RunEnded(ended) => Self::RunEnded { id: ended.id.0 },
            Signal::Notice { severity, message } => Self::Notice { tone: severity, message },
        }
    }
}

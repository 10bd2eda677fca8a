//! What crosses to the interface and back, apart from the lists, which are the store's. Times are
//! milliseconds since 1970, UTC.

use std::collections::BTreeMap;

use codat::CompanyId;
use serde::{Deserialize, Serialize};
use store::{SafeMode, Sort, SortColumn, WorkspaceKind};
use ts_rs::TS;

use crate::{
    commands::ChosenFiles,
    desktop::HostKind,
    error::{Code, WireError},
    transfers::Transfer,
};

/// Everything the frame of the window shows.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// All workspaces, in their order.
    pub workspaces: Vec<Workspace>,
    /// The one that is open.
    pub current: String,
    /// What the person prefers.
    pub preferences: Preferences,
    /// Where the app runs.
    pub host: Host,
    /// The state of things.
    pub health: Health,
    /// Lasting conditions that somebody should know of.
    pub notices: Vec<Notice>,
    /// Deletes that can still be undone.
    pub pending_deletes: Vec<PendingDelete>,
}

/// One Codat client, real or sandbox, with its own local database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// Its identifier on this computer.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it leads.
    pub kind: WorkspaceKind,
    /// The colour of its frame: `teal`, `blue`, `violet`, `orange`, `pink` or `lime`.
    pub colour: String,
    /// What may be done in it.
    pub safe_mode: SafeMode,
    /// Where its key is.
    pub key_state: KeyState,
    /// The generic Link URL for customers who are no company yet.
    pub invite_url: Option<String>,
    /// Whether it is watched while the window shows another workspace.
    pub watched: bool,
    /// How it stands with its server, while it is open.
    pub state: Option<HealthState>,
}

/// Where a workspace's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyState {
    /// In the keyring, or with the sandbox.
    Kept,
    /// In this session only.
    Session,
    /// Nowhere: it has to be given again.
    Missing,
    /// Codat refuses it.
    Refused,
}

/// What the person prefers; what is missing has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Light, dark, high contrast, or as the system.
    pub theme: Theme,
    /// The height of rows.
    pub density: Density,
    /// Whether closing the window leaves the app in the tray.
    pub close_to_tray: bool,
    /// Whether the app starts, hidden, at login.
    pub start_at_login: bool,
    /// The share of the day's allowance for background work, in percent, 1 to 50.
    pub quota_share: u8,
    /// Columns in their order; those not named come after them, as they are by default.
    pub columns: Vec<ColumnChoice>,
    /// The order of the list.
    pub sort: Option<Sort>,
    /// By data type, the columns of its records that are shown or hidden other than they are by default.
    pub record_columns: BTreeMap<String, Vec<String>>,
    /// Whether the side bar shows icons alone.
    pub sidebar_collapsed: bool,
    /// Whether it was said that closing the window leaves the app in the tray.
    pub told_about_tray: bool,
    /// The size of the window's page, in percent, 50 to 300.
    pub zoom: u16,
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
            told_about_tray: false,
            zoom: 100,
        }
    }
}

/// What a person chose of the preferences; what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
#[expect(missing_docs, reason = "each is the preference of its name")]
pub struct Chosen {
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
}

impl Preferences {
    /// These, with what was chosen.
    #[must_use]
    pub(crate) fn with(self, chosen: Chosen) -> Self {
        Self {
            theme: chosen.theme.unwrap_or(self.theme),
            density: chosen.density.unwrap_or(self.density),
            close_to_tray: chosen.close_to_tray.unwrap_or(self.close_to_tray),
            start_at_login: chosen.start_at_login.unwrap_or(self.start_at_login),
            quota_share: chosen.quota_share.unwrap_or(self.quota_share).clamp(1, 50),
            zoom: chosen.zoom.unwrap_or(self.zoom).clamp(50, 300),
            columns: chosen.columns.unwrap_or(self.columns),
            sort: chosen.sort.or(self.sort),
            record_columns: chosen.record_columns.unwrap_or(self.record_columns),
            sidebar_collapsed: chosen.sidebar_collapsed.unwrap_or(self.sidebar_collapsed),
            told_about_tray: self.told_about_tray,
        }
    }
}

/// A theme.
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

/// A column of the list as the person wants it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ColumnChoice {
    /// The column.
    pub key: SortColumn,
    /// Its width in CSS pixels; none for its own.
    pub width: Option<f64>,
    /// Whether it is shown.
    pub shown: bool,
}

/// Where the app runs.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "HostFacts")]
pub struct Host {
    /// What shows the interface.
    pub kind: HostKind,
    /// Whether the desktop has a tray.
    pub tray: bool,
    /// Whether a keyring answers.
    pub keyring: bool,
    /// Whether the app can be started at login.
    pub autostart: bool,
    /// This app's version.
    pub version: String,
    /// Where data is kept.
    pub data_folder: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    /// What the computer lives on, where the system tells.
    pub power: Option<PowerSource>,
    /// Whether the network is paid for by what goes over it, where the system tells.
    pub metered: Option<bool>,
}

/// What the computer lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PowerSource {
    /// The mains.
    Mains,
    /// A battery.
    Battery,
    /// A battery that will not last long.
    LowBattery,
}

/// The state of things; see the engine's for the meaning of each.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the engine's, documented there")]
pub struct Health {
    pub state: HealthState,
    pub last_sweep: Option<i64>,
    pub next_sweep: Option<i64>,
    pub offline_since: Option<i64>,
    pub retry_at: Option<i64>,
    pub asked_until: Option<i64>,
    pub hold: Option<Hold>,
    pub asks: bool,
    pub reads_running: u32,
    pub quota_limit: Option<u64>,
    pub quota_remaining: Option<u64>,
    pub spent_today: u64,
    pub used_today: u64,
    pub message: Option<String>,
    pub unreadable: u32,
    pub first_sweep_done: bool,
    pub sweep_done: Option<u64>,
    pub sweep_total: Option<u64>,
}

/// The state of things in one word; see the engine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the engine's, documented there")]
pub enum HealthState {
    Starting,
    Current,
    Sweeping,
    Offline,
    Refused,
    Limited,
    Paused,
    Failing,
    NotSaved,
}

/// What holds background work back; see the engine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the engine's, documented there")]
pub enum Hold {
    Quiet,
    Day,
    Share,
}

/// What the app does about idle clocks of a workspace, on this computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeepAliveMode {
    /// Nothing.
    #[default]
    Off,
    /// Tells the person, once a day at most.
    Ask,
    /// Queues the cheapest read in time.
    On,
}

/// A lasting condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Stable, so that it is shown once.
    pub id: String,
    /// How grave.
    pub tone: Tone,
    /// What kind of error.
    pub code: Code,
    /// What is wrong and what to do.
    pub message: String,
    /// What to quote to support.
    pub detail: Option<String>,
}

/// How grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the engine's, documented there")]
pub enum Tone {
    Info,
    Warning,
    Error,
}

/// A delete that can still be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PendingDelete {
    /// The company.
    #[ts(as = "String")]
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// When it is sent.
    pub sends_at: i64,
    /// The safe mode forbids it: it is not sent before that is changed.
    pub is_held: bool,
}

/// What was put on the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Copied {
    /// The text.
    pub text: String,
    /// Whether it is on the clipboard; if not, the page has to put it there.
    pub copied: bool,
    /// When it was true, where it could not be fetched fresh.
    pub as_of: Option<i64>,
    /// Why it could not be fetched fresh, where that was tried.
    pub reason: Option<String>,
    /// What it is, such as `Link URL of Xero`.
    pub label: String,
}

/// A page that is opened from outside the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// *Expiry*, with what is due selected.
    Expiry,
}

/// What the window is told: a reason to ask, not the data.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(rename = "PortalEvent")]
pub enum Event {
    /// A list may differ.
    Changed {
        /// The store's version.
        version: u64,
    },
    /// What is shown of one company differs: its data, its histories, its files.
    Company {
        /// The company.
        #[ts(as = "String")]
        id: CompanyId,
    },
    /// An export has come further.
    Export {
        /// The name that the page gave it.
        id: String,
        /// Records that are read, or written.
        records: u32,
        /// Records there are.
        total: u32,
    },
    /// The status bar differs.
    Health {
        /// The state of things.
        health: Health,
    },
    /// The log of requests differs.
    Requests,
    /// Schedules, what holds them up or what they did differ.
    Schedules,
    /// Workspaces, preferences, notices or pending deletes differ.
    Session,
    /// A delete was carried out.
    Deleted {
        /// The company.
        #[ts(as = "String")]
        id: CompanyId,
        /// Its name.
        name: String,
    },
    /// A delete was not carried out, or is not known to have been.
    DeleteFailed {
        /// The company.
        #[ts(as = "String")]
        id: CompanyId,
        /// Its name.
        name: String,
        /// Why.
        error: WireError,
    },
    /// How a run stands differs.
    Run {
        /// Its number.
        id: i64,
    },
    /// A run has ended.
    RunEnded {
        /// Its number.
        id: i64,
    },
    /// The tray, a notification or a link wants something shown: `takeWanted` says what.
    Link,
    /// A file is further on its way, or has come to its end.
    Transfer {
        /// The file.
        transfer: Transfer,
    },
    /// Files are held above the window, or no longer.
    FilesHover {
        /// Whether they are.
        over: bool,
    },
    /// Files were dropped on the window. Nothing was sent.
    FilesOffered {
        /// What there is to say of them.
        chosen: ChosenFiles,
    },
    /// Something to say once.
    Notice {
        /// How grave.
        tone: Tone,
        /// One or two plain sentences.
        message: String,
    },
}

//! The name and the kind of a command, and the commands that need no workspace.

use domain::SafeMode;

/// The effect of a command, and so the safe mode that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reads only. Always allowed.
    Query,
    /// Changes only this computer. Always allowed.
    Local,
    /// Changes data at Codat. Needs *operate*.
    Operate,
    /// Deletes data at Codat or changes its settings. Needs *administer*.
    Administer,
}

impl Kind {
    /// The safe mode that the command needs.
    pub fn needs(self) -> SafeMode {
        match self {
            Self::Query | Self::Local => SafeMode::View,
            Self::Operate => SafeMode::Operate,
            Self::Administer => SafeMode::Administer,
        }
    }
}

/// The name and the kind of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// The name in calls.
    pub name: &'static str,
    /// The kind.
    pub kind: Kind,
}

/// Commands of the app, and commands whose arguments name a workspace. They do not need an open workspace.
pub(crate) const WORKSPACE_INDEPENDENT: &[&str] = &[
    "session",
    "copyText",
    "timeZones",
    "stopExport",
    "transfers",
    "showTransfer",
    "putAwayTransfer",
    "takeWanted",
    "watching",
    "setPreferences",
    "network",
    "setNetwork",
    "openDataFolder",
    "exportDiagnostics",
    "addWorkspace",
    "updateWorkspace",
    "removeWorkspace",
    "signOut",
    "switchWorkspace",
    "replaceKey",
    "retryKey",
    "setSafeMode",
    "rebuildDatabase",
    "watchWorkspace",
    "quit",
];

/// Whether a command does not need an open workspace.
pub(crate) fn is_workspace_independent(name: &str) -> bool {
    WORKSPACE_INDEPENDENT.contains(&name)
}

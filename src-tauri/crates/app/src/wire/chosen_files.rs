//! Files that the user chose or dropped.

use serde::Serialize;
use ts_rs::TS;

/// Chosen or dropped files after the check. Nothing is sent yet.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChosenFiles {
    /// The ID of the choice. None if the page holds the files.
    pub id: Option<u64>,
    /// The files.
    pub files: Vec<ChosenFile>,
    /// A problem of all files together.
    pub problem: Option<String>,
}

/// A chosen file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ChosenFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Why it cannot be uploaded.
    pub problem: Option<String>,
}

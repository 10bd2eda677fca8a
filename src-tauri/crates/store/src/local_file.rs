//! The file of *Export local data* and *Import*: JSON with one line for each entry, in the order of the kinds.

use std::{collections::BTreeMap, hash::Hash};

use codat::{
    CompanyId, ConnectionId,
    expiry::{Clock, Rule},
};
use domain::Cause;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value;

use crate::{change::ChangeKind, sql, view::SavedView};

/// The maximum size of a file to import, in bytes.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// The value of the field `format`.
pub(crate) const FORMAT: &str = "portal-desktop-local-data";
/// The version of the format that this app writes, and the newest that it reads.
pub(crate) const VERSION: u32 = 1;
/// The name of the keep-alive setting.
pub(crate) const KEEP_ALIVE: &str = "keepAlive";
const KEEP_ALIVE_MODES: [&str; 3] = ["off", "ask", "on"];
/// The fields of a file in order: the header, then an array for each kind.
const FIELDS: [&str; 12] = [
    "format",
    "version",
    "appVersion",
    "workspace",
    "createdAt",
    "notes",
    "schedules",
    "rules",
    "settings",
    "views",
    "journal",
    "acts",
];

/// The header of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    format: String,
    version: u32,
    /// The version of the app that wrote it.
    pub app_version: String,
    /// The name of the workspace that it is from.
    pub workspace: String,
    /// When it was written.
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) company: CompanyId,
    pub(crate) at: Timestamp,
    pub(crate) text: String,
}

/// A schedule with its outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Schedule {
    pub(crate) name: String,
    pub(crate) on: bool,
    pub(crate) plan: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decided: Option<civil::DateTime>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) outcomes: Vec<Outcome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Timestamp>,
    pub(crate) at: Timestamp,
    pub(crate) earlier: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) queued: u32,
    pub(crate) done: u32,
    pub(crate) unreadable: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExpiryRule {
    pub(crate) integration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<Clock>,
    pub(crate) source: String,
    pub(crate) estimate: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) cause: String,
    pub(crate) company: CompanyId,
    pub(crate) company_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connection: Option<ConnectionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) integration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) platform: Option<String>,
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) became: Option<String>,
    pub(crate) one_time: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Act {
    pub(crate) at: Timestamp,
    pub(crate) act: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) company: Option<CompanyId>,
    pub(crate) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome_at: Option<Timestamp>,
}

/// A parsed and validated file.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalFile {
    /// The header.
    pub header: Header,
    pub(crate) notes: Vec<Note>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) rules: Vec<ExpiryRule>,
    pub(crate) settings: Vec<Setting>,
    pub(crate) views: Vec<SavedView>,
    pub(crate) journal: Vec<Entry>,
    pub(crate) acts: Vec<Act>,
    /// The number of fields that this version does not know. They are ignored.
    pub unknown: u64,
}

/// Why a file cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// It is longer than [`MAX_BYTES`].
    #[error("The file is larger than {} MB, so it can’t be an export.", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// It is not an export of local data.
    #[error("This isn’t an export of local data.")]
    Foreign,
    /// A newer version of the app wrote it.
    #[error("A newer version of Portal Desktop ({app}) exported this file. Update this app to import it.")]
    Newer {
        /// Which version.
        app: String,
    },
    /// It is truncated or was changed.
    #[error("The file is damaged: {0}.")]
    Damaged(String),
}

impl Header {
    /// The header of a file that is written now.
    pub fn new(app_version: &str, workspace: &str, now: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            app_version: app_version.to_owned(),
            workspace: workspace.to_owned(),
            created_at: now,
        }
    }
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    notes: Vec<WithUnknown<Note>>,
    #[serde(default)]
    schedules: Vec<WithUnknown<Schedule>>,
    #[serde(default)]
    rules: Vec<WithUnknown<ExpiryRule>>,
    #[serde(default)]
    settings: Vec<WithUnknown<Setting>>,
    #[serde(default)]
    views: Vec<WithUnknown<SavedView>>,
    #[serde(default)]
    journal: Vec<WithUnknown<Entry>>,
    #[serde(default)]
    acts: Vec<WithUnknown<Act>>,
}

/// An entry with the fields that this version does not know.
#[derive(Deserialize)]
struct WithUnknown<T> {
    #[serde(flatten)]
    entry: T,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl LocalFile {
    /// Parses a file and validates every entry.
    ///
    /// # Errors
    /// Why the file cannot be imported.
    pub fn read(bytes: &[u8]) -> Result<Self, FileProblem> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(FileProblem::TooLarge);
        }
        let damaged = |error: serde_json::Error| FileProblem::Damaged(error.to_string());
        let fields: BTreeMap<String, IgnoredAny> = serde_json::from_slice(bytes)
            .map_err(|error| if error.is_data() { FileProblem::Foreign } else { damaged(error) })?;
        let header: Header = serde_json::from_slice(bytes).map_err(|_| FileProblem::Foreign)?;
        if header.format != FORMAT {
            return Err(FileProblem::Foreign);
        }
        if header.version > VERSION {
            return Err(FileProblem::Newer { app: truncated(&header.app_version) });
        }
        let body: Body = serde_json::from_slice(bytes).map_err(damaged)?;
        let mut unknown = fields.keys().filter(|field| !FIELDS.contains(&field.as_str())).count() as u64;
        let file = Self {
            header,
            notes: entries(body.notes, &mut unknown),
            schedules: entries(body.schedules, &mut unknown),
            rules: entries(body.rules, &mut unknown),
            settings: entries(body.settings, &mut unknown),
            views: entries(body.views, &mut unknown),
            journal: entries(body.journal, &mut unknown),
            acts: entries(body.acts, &mut unknown),
            unknown,
        };
        file.normalized()
    }

    /// The plans of its schedules as JSON, with the schedules' names. The app validates plans.
    pub fn plans(&self) -> impl Iterator<Item = (&str, String)> {
        self.schedules.iter().map(|schedule| (schedule.name.as_str(), schedule.plan.to_string()))
    }

    /// The number of schedules.
    pub fn schedules(&self) -> usize {
        self.schedules.len()
    }

    /// Converts values to the form that the database stores, and validates them.
    fn normalized(mut self) -> Result<Self, FileProblem> {
        for note in &mut self.notes {
            note.at = sql::round_to_millis(note.at);
        }
        self.notes.retain(|note| !note.text.is_empty());
        check_unique_keys("notes", self.notes.iter().map(|note| note.company))?;
        check_unique_keys("rules", self.rules.iter().map(|rule| &rule.integration))?;
        check_unique_keys("settings", self.settings.iter().map(|setting| &setting.name))?;
        check_unique_keys("views", self.views.iter().map(|view| &view.name))?;
        if self.views.iter().any(|view| view.id.is_empty() || view.name.trim().is_empty()) {
            return Err(FileProblem::Damaged("a view has no name".to_owned()));
        }
        for schedule in &mut self.schedules {
            if schedule.name.trim().is_empty() {
                return Err(FileProblem::Damaged("a schedule has no name".to_owned()));
            }
            for outcome in &mut schedule.outcomes {
                outcome.at = sql::round_to_millis(outcome.at);
                outcome.due = outcome.due.map(sql::round_to_millis);
            }
        }
        for rule in &self.rules {
            let check = rule.rule().check(&rule.integration);
            check.map_err(|error| FileProblem::Damaged(format!("an expiry rule is wrong ({error})")))?;
        }
        for setting in &self.settings {
            if setting.name != KEEP_ALIVE || !KEEP_ALIVE_MODES.contains(&setting.value.as_str()) {
                let what = format!("the setting “{}” is unknown", truncated(&setting.name));
                return Err(FileProblem::Damaged(what));
            }
        }
        for entry in &mut self.journal {
            entry.normalize()?;
        }
        for act in &mut self.acts {
            act.at = sql::round_to_millis(act.at);
            act.outcome_at = Some(act.outcome_at.map_or(act.at, sql::round_to_millis));
            for text in [&mut act.act, &mut act.detail].into_iter().chain(&mut act.outcome) {
                *text = sql::replace_nul(text);
            }
        }
        Ok(self)
    }
}

impl ExpiryRule {
    pub(crate) fn rule(&self) -> Rule {
        Rule { clock: self.clock, source: self.source.clone(), estimate: self.estimate }
    }
}

impl Entry {
    /// Validates that the journal can be read with this entry.
    fn normalize(&mut self) -> Result<(), FileProblem> {
        let kind = ChangeKind::parse(&self.kind, self.was.as_deref(), self.became.as_deref());
        if kind.is_none() || Cause::parse(&self.cause).is_none() {
            let what = format!("a journal entry has the unknown kind “{}”", truncated(&self.kind));
            return Err(FileProblem::Damaged(what));
        }
        self.at = sql::round_to_millis(self.at);
        let optional = [&mut self.integration, &mut self.platform, &mut self.was, &mut self.became];
        let texts = optional.into_iter().flatten().chain([&mut self.company_name]);
        texts.for_each(|text| *text = sql::replace_nul(text));
        Ok(())
    }
}

fn entries<T>(parsed: Vec<WithUnknown<T>>, unknown: &mut u64) -> Vec<T> {
    let entry = |parsed: WithUnknown<T>| {
        *unknown += parsed.unknown.len() as u64;
        parsed.entry
    };
    parsed.into_iter().map(entry).collect()
}

fn check_unique_keys<K: Eq + Hash>(kind: &str, keys: impl Iterator<Item = K>) -> Result<(), FileProblem> {
    let mut seen = std::collections::HashSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(FileProblem::Damaged(format!("two of its {kind} are the same")));
        }
    }
    Ok(())
}

/// Text of the file for a message, truncated to 40 characters.
fn truncated(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

//! Imports a file of local data.
//!
//! *Invariant*: an import only adds entries that the workspace does not have. It changes and deletes nothing.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqliteConnection;
use ts_rs::TS;

use crate::{
    database::begin,
    error::StoreError,
    expiry_rules, key_values, local_export as existing_data,
    local_file::{Act, Entry, ExpiryRule, LocalFile, Note, Schedule, Setting},
    saved_views, setting_keys, sql,
    store::Store,
    view::SavedView,
};

/// A kind of local data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LocalKind {
    /// Notes about companies.
    Notes,
    /// Schedules with what they did.
    Schedules,
    /// Expiry rules.
    Rules,
    /// Settings of the workspace.
    Settings,
    /// Saved views of the list.
    Views,
    /// Entries of the journal.
    Journal,
    /// Acts of this app.
    Acts,
}

/// What an import adds of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ImportedKind {
    /// Which.
    pub kind: LocalKind,
    /// Entries that are added.
    pub added: u32,
    /// Entries that are here already.
    pub same: u32,
    /// Entries for which there is a different one here, which stays.
    pub kept: u32,
}

/// The result of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The numbers by kind.
    pub kinds: Vec<ImportedKind>,
    /// The version of the lists afterwards.
    pub version: u64,
}

/// The entries of a file that the workspace lacks.
struct ImportPlan<'f> {
    notes: Vec<&'f Note>,
    schedules: Vec<&'f Schedule>,
    rules: Vec<&'f ExpiryRule>,
    settings: Vec<&'f Setting>,
    views: Vec<&'f SavedView>,
    journal: Vec<&'f Entry>,
    acts: Vec<&'f Act>,
    kinds: Vec<ImportedKind>,
}

impl Store {
    /// What an import would do.
    ///
    /// # Errors
    /// Database errors.
    pub async fn preview_import(&self, file: &LocalFile) -> Result<Vec<ImportedKind>, StoreError> {
        let mut transaction = self.database.readers().begin().await?;
        Ok(compare(&mut transaction, file).await?.kinds)
    }

    /// Adds the entries that the workspace lacks, in one transaction. Imported journal entries are before all others,
    /// so that no alert is decided from them.
    ///
    /// # Errors
    /// Database errors; then nothing is added.
    pub async fn import_local(&self, file: &LocalFile) -> Result<Imported, StoreError> {
        let mut writer = self.database.writer().await?;
        let mut clocks = self.clocks().as_ref().clone();
        let mut transaction = begin(&mut writer).await?;
        let plan = compare(&mut transaction, file).await?;
        if plan.kinds.iter().all(|kind| kind.added == 0) {
            transaction.rollback().await?;
            return Ok(Imported { kinds: plan.kinds, version: self.version().await });
        }
        add_notes(&mut transaction, &plan.notes).await?;
        for schedule in &plan.schedules {
            add_schedule(&mut transaction, schedule).await?;
        }
        for added in &plan.rules {
            let rule = added.rule();
            expiry_rules::write_rule(&mut transaction, &added.integration, Some(&rule)).await?;
            expiry_rules::update_connections(&mut transaction, &added.integration, rule.clock).await?;
            clocks = clocks.with(&added.integration, rule);
        }
        for setting in &plan.settings {
            key_values::write(
                &mut transaction,
                setting_keys::KEEP_ALIVE,
                &sql::json_parameter(&setting.value)?,
            )
            .await?;
        }
        saved_views::add(&mut transaction, &plan.views).await?;
        add_journal(&mut transaction, &plan.journal).await?;
        add_acts(&mut transaction, &plan.acts).await?;
        let publish = || *self.clocks.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(clocks);
        let version = self.commit_and_reload(transaction, publish).await?;
        Ok(Imported { kinds: plan.kinds, version })
    }
}

/// Compares a file with the workspace.
async fn compare<'f>(
    connection: &mut SqliteConnection,
    file: &'f LocalFile,
) -> Result<ImportPlan<'f>, StoreError> {
    let (notes, notes_summary) = match_by_key(
        LocalKind::Notes,
        &file.notes,
        &existing_data::notes(connection).await?,
        |note| note.company,
        |one, other| one.text == other.text,
    );
    let (schedules, schedules_summary) = match_by_key(
        LocalKind::Schedules,
        &file.schedules,
        &existing_data::schedules(connection).await?,
        |schedule| schedule.name.clone(),
        |one, other| (one.on, &one.plan) == (other.on, &other.plan),
    );
    let (rules, rules_summary) = match_by_key(
        LocalKind::Rules,
        &file.rules,
        &existing_data::rules(connection).await?,
        |rule| rule.integration.clone(),
        PartialEq::eq,
    );
    let (settings, settings_summary) = match_by_key(
        LocalKind::Settings,
        &file.settings,
        &existing_data::settings(connection).await?,
        |setting| setting.name.clone(),
        PartialEq::eq,
    );
    let (views, views_summary) = match_by_key(
        LocalKind::Views,
        &file.views,
        &saved_views::load(connection).await?,
        |view| view.name.clone(),
        |one, other| (&one.search, one.sort, &one.columns) == (&other.search, other.sort, &other.columns),
    );
    let mut journal = Unmatched::new(&file.journal);
    let mut after = i64::MIN;
    while let (entries, Some(last)) = existing_data::journal(connection, after).await? {
        journal.mark_existing(&entries);
        after = last;
    }
    let (journal, journal_summary) = journal.into_added(LocalKind::Journal);
    let mut acts = Unmatched::new(&file.acts);
    let mut after = i64::MIN;
    while let (entries, Some(last)) = existing_data::acts(connection, after).await? {
        acts.mark_existing(&entries);
        after = last;
    }
    let (acts, acts_summary) = acts.into_added(LocalKind::Acts);
    let kinds = vec![
        notes_summary,
        schedules_summary,
        rules_summary,
        settings_summary,
        views_summary,
        journal_summary,
        acts_summary,
    ];
    Ok(ImportPlan { notes, schedules, rules, settings, views, journal, acts, kinds })
}

/// The entries whose key the workspace lacks. If a key occurs several times, each existing entry matches one of them.
fn match_by_key<'f, T, K: Eq + Hash>(
    kind: LocalKind,
    incoming: &'f [T],
    existing: &[T],
    key: impl Fn(&T) -> K,
    is_same: impl Fn(&T, &T) -> bool,
) -> (Vec<&'f T>, ImportedKind) {
    let mut by_key: HashMap<K, VecDeque<&T>> = HashMap::new();
    for one in existing {
        by_key.entry(key(one)).or_default().push_back(one);
    }
    let (mut added, mut summary) = (Vec::new(), ImportedKind { kind, added: 0, same: 0, kept: 0 });
    for one in incoming {
        match by_key.get_mut(&key(one)).and_then(VecDeque::pop_front) {
            None => {
                added.push(one);
                summary.added += 1;
            }
            Some(other) if is_same(one, other) => summary.same += 1,
            Some(_) => summary.kept += 1,
        }
    }
    (added, summary)
}

/// An entry without a key, identified by its content.
trait Content {
    /// Entries with equal identities are the same entry.
    fn identity(&self) -> impl Eq + Hash + '_;
}

impl Content for Entry {
    fn identity(&self) -> impl Eq + Hash + '_ {
        self
    }
}

impl Content for Act {
    /// The outcome is not included, because one file may be from before it was known.
    fn identity(&self) -> impl Eq + Hash + '_ {
        let what: (Timestamp, &str, _, &str) = (self.at, &self.act, self.company, &self.detail);
        what
    }
}

/// The entries of a file, and which of them the workspace has. Each existing entry matches one.
struct Unmatched<'f, T> {
    incoming: &'f [T],
    exists: Vec<bool>,
    /// The indices of entries without a match, by the hash of their identity.
    indices: HashMap<u64, Vec<usize>>,
}

impl<'f, T: Content> Unmatched<'f, T> {
    fn new(incoming: &'f [T]) -> Self {
        let mut indices: HashMap<u64, Vec<usize>> = HashMap::new();
        for (index, entry) in incoming.iter().enumerate() {
            indices.entry(hash(entry)).or_default().push(index);
        }
        Self { incoming, exists: vec![false; incoming.len()], indices }
    }

    fn mark_existing(&mut self, existing: &[T]) {
        for entry in existing {
            let Some(indices) = self.indices.get_mut(&hash(entry)) else { continue };
            let same = |index: &usize| self.incoming[*index].identity() == entry.identity();
            if let Some(at) = indices.iter().position(same) {
                self.exists[indices.swap_remove(at)] = true;
            }
        }
    }

    fn into_added(self, kind: LocalKind) -> (Vec<&'f T>, ImportedKind) {
        let entries = self.incoming.iter().zip(&self.exists);
        let added: Vec<_> = entries.filter(|(_, exists)| !**exists).map(|(entry, _)| entry).collect();
        let count = added.len() as u32;
        let summary = ImportedKind { kind, added: count, same: self.incoming.len() as u32 - count, kept: 0 };
        (added, summary)
    }
}

fn hash(entry: &impl Content) -> u64 {
    let mut hasher = DefaultHasher::new();
    entry.identity().hash(&mut hasher);
    hasher.finish()
}

async fn add_notes(connection: &mut SqliteConnection, notes: &[&Note]) -> Result<(), StoreError> {
    for note in notes {
        // A deleted note has a row with an empty text.
        sqlx::query(
            "INSERT INTO notes (company_id, text, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (company_id) DO UPDATE SET text = excluded.text, at = excluded.at WHERE text = ''",
        )
        .bind(note.company.to_string())
        .bind(&note.text)
        .bind(note.at.as_millisecond())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn add_schedule(connection: &mut SqliteConnection, schedule: &Schedule) -> Result<(), StoreError> {
    let made = sqlx::query("INSERT INTO schedules (name, is_on, plan, decided) VALUES (?1, ?2, ?3, ?4)")
        .bind(&schedule.name)
        .bind(schedule.on)
        .bind(schedule.plan.to_string())
        .bind(schedule.decided.map(|decided| decided.to_string()))
        .execute(&mut *connection)
        .await?;
    for outcome in &schedule.outcomes {
        sqlx::query(
            "INSERT INTO schedule_outcomes (schedule, due, at, earlier, reason, queued, done, unreadable)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .bind(made.last_insert_rowid())
        .bind(outcome.due.map(Timestamp::as_millisecond))
        .bind(outcome.at.as_millisecond())
        .bind(outcome.earlier)
        .bind(&outcome.reason)
        .bind(outcome.queued)
        .bind(outcome.done)
        .bind(outcome.unreadable)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn add_journal(connection: &mut SqliteConnection, entries: &[&Entry]) -> Result<(), StoreError> {
    let lowest: i64 = sqlx::query_scalar("SELECT min(coalesce(min(seq), 1), 1) FROM journal")
        .fetch_one(&mut *connection)
        .await?;
    for (seq, entry) in (lowest - entries.len() as i64..).zip(entries) {
        sqlx::query(
            "INSERT INTO journal (seq, at, cause, company_id, company_name, connection_id, integration_key,
                                  platform, kind, was, became, one_time)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )
        .bind(seq)
        .bind(entry.at.as_millisecond())
        .bind(&entry.cause)
        .bind(entry.company.to_string())
        .bind(&entry.company_name)
        .bind(entry.connection.map(|id| id.to_string()))
        .bind(&entry.integration)
        .bind(&entry.platform)
        .bind(&entry.kind)
        .bind(&entry.was)
        .bind(&entry.became)
        .bind(entry.one_time)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn add_acts(connection: &mut SqliteConnection, acts: &[&Act]) -> Result<(), StoreError> {
    for act in acts {
        sqlx::query(
            "INSERT INTO intents (at, act, company_id, detail, outcome, outcome_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(act.at.as_millisecond())
        .bind(&act.act)
        .bind(act.company.map(|id| id.to_string()))
        .bind(&act.detail)
        .bind(&act.outcome)
        .bind(act.outcome_at.map(Timestamp::as_millisecond))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

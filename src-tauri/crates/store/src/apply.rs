//! Writes pages of companies from the server in one transaction, and returns what changed.

use std::collections::{BTreeMap, BTreeSet};

use codat::{Company, CompanyId, Connection, ConnectionId, Item, Listed, expiry::Clocks};
use domain::Cause;
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::{
    change::{Change, ChangeKind},
    columns::Patch,
    company_index::CompanyIndexRow,
    connection_expiry::ExpiryEstimates,
    database::begin,
    diff::{self, ConnectionHistory, ObservationWindow},
    error::StoreError,
    fingerprints,
    integrations::OfflineKeys,
    journal,
    record::{self, StoredRecord},
    sql,
    store::Store,
    unreadable::{self, Mark, Marks},
    write::{self, CompanyUpsert, ConnectionUpsert},
};

/// The result of a write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliedChanges {
    /// The version of the lists after the write.
    pub version: u64,
    /// The new journal entries, in the order of `seq`.
    pub changes: Vec<Change>,
    /// Stored connections that their company no longer lists. They stay until [`Store::remove_connection`], and are
    /// reported each time their company is applied without them.
    pub missing_connections: Vec<(CompanyId, ConnectionId)>,
}

impl Store {
    /// Stores companies as the server sent them, in one transaction, and returns what changed.
    ///
    /// An unchanged company costs no write, and its record is not read; a page of unchanged companies writes nothing.
    /// An unreadable company keeps its stored state and is marked until it is readable again. If a company occurs
    /// twice, the last one counts. Other companies are not touched. Connections that a company no longer lists are
    /// only reported, in [`AppliedChanges::missing_connections`].
    ///
    /// `known` is the last time at which all stored data was confirmed. A change without a time of its own may have
    /// happened as early as that.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
    pub async fn apply(
        &self,
        companies: &[Item<Listed>],
        cause: Cause,
        known: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<AppliedChanges, StoreError> {
        let latest: BTreeMap<CompanyId, &Item<Listed>> =
            companies.iter().map(|item| (item.value.id, item)).collect();
        if latest.is_empty() {
            return Ok(AppliedChanges { version: self.version().await, ..AppliedChanges::default() });
        }
        let mut writer = self.database.writer().await?;
        self.fingerprints.load(&mut writer).await?;
        let latest: Vec<_> = deduplicated(companies, &latest)
            .into_iter()
            .filter(|(id, item)| !self.fingerprints.matches(*id, item.raw.get()))
            .collect();
        let mut stored = record::load_records(&mut writer, latest.iter().map(|(id, _)| id)).await?;
        let (mut missing, mut incoming, mut marks) = (Vec::new(), Vec::new(), Marks::default());
        // An unreadable record that comes again unchanged is skipped by its fingerprint.
        let mut fingerprints = Vec::new();
        for (id, item) in latest {
            let stored = stored.remove(&id);
            if let Some(stored) = stored.as_ref().filter(|stored| stored.is_equivalent(item.raw.get())) {
                let retained = stored.retained()?;
                fingerprints
                    .push((id, retained.is_empty().then(|| fingerprints::fingerprint(item.raw.get()))));
                if self.unreadable.contains(id) {
                    marks.cleared.push(id);
                }
                missing.extend(retained.into_iter().map(|connection| (id, connection.id)));
                continue;
            }
            let company = match item.company() {
                Ok(company) => company,
                Err(error) => {
                    if !self.unreadable.contains(id) {
                        tracing::warn!(%error, %id, "what was said of a company cannot be read: what is known stays");
                        marks.set.push(Mark { id, reason: error.to_string() });
                    }
                    fingerprints.push((id, Some(fingerprints::fingerprint(item.raw.get()))));
                    continue;
                }
            };
            if self.unreadable.contains(id) {
                marks.cleared.push(id);
            }
            let next = IncomingCompany::new(company, item.raw.get(), stored.as_ref())?;
            missing.extend(next.retained.iter().map(|connection| (id, connection.id)));
            incoming.push(next);
        }
        let mut applied = if incoming.is_empty() && marks.is_empty() {
            AppliedChanges { version: self.version().await, ..AppliedChanges::default() }
        } else {
            self.write(&mut writer, incoming, &marks, cause, ObservationWindow::new(known, now)).await?
        };
        fingerprints.into_iter().for_each(|(id, fingerprint)| self.fingerprints.set(id, fingerprint));
        applied.missing_connections = missing;
        Ok(applied)
    }

    /// Deletes a company that is known to be gone, with its connections.
    ///
    /// # Errors
    /// Database errors; then it is still there.
    pub async fn remove_company(
        &self,
        id: CompanyId,
        cause: Cause,
        now: Timestamp,
    ) -> Result<AppliedChanges, StoreError> {
        let mut writer = self.database.writer().await?;
        let Some(company) = record::find_company(&mut *writer, id).await? else {
            drop(writer);
            return Ok(AppliedChanges { version: self.version().await, ..AppliedChanges::default() });
        };
        let mut transaction = begin(&mut writer).await?;
        let mut changes = vec![new_change(&company, None, ChangeKind::CompanyRemoved, cause, now)];
        journal::append(&mut transaction, &mut changes).await?;
        write::remove_company(&mut transaction, id).await?;
        let marks = Marks { set: Vec::new(), cleared: vec![id] };
        unreadable::write(&mut transaction, &marks, now).await?;
        self.fingerprints.set(id, None);
        let version = self.commit(transaction, Patch::removal(id)).await?;
        self.unreadable.apply(&marks);
        drop(writer);
        self.copies.delete_of(id, None).await?;
        Ok(AppliedChanges { version, changes, missing_connections: Vec::new() })
    }

    /// Deletes a connection that is known to be gone; its company stays.
    ///
    /// # Errors
    /// Database errors; then it is still there.
    pub async fn remove_connection(
        &self,
        company: CompanyId,
        id: ConnectionId,
        cause: Cause,
        now: Timestamp,
    ) -> Result<AppliedChanges, StoreError> {
        let mut writer = self.database.writer().await?;
        let stored = record::load_records(&mut writer, [&company]).await?.remove(&company);
        let Some((stored, value)) =
            stored.map(|stored| stored.company().map(|value| (stored, value))).transpose()?
        else {
            drop(writer);
            return Ok(AppliedChanges { version: self.version().await, ..AppliedChanges::default() });
        };
        let Some(removed) = value.data_connections.iter().find(|connection| connection.id == id) else {
            drop(writer);
            return Ok(AppliedChanges { version: self.version().await, ..AppliedChanges::default() });
        };
        let clocks = self.clocks();
        let estimates =
            ExpiryEstimates::new(&clocks, write::connection_histories(&mut writer, [company]).await?);
        let row = CompanyUpsert::without(&stored, &value, id, &estimates)?;
        let mut transaction = begin(&mut writer).await?;
        let mut changes = vec![new_change(&value, Some(removed), ChangeKind::ConnectionRemoved, cause, now)];
        journal::append(&mut transaction, &mut changes).await?;
        write::upsert_companies(&mut transaction, std::slice::from_ref(&row)).await?;
        self.fingerprints.set(company, None);
        write::remove_connection(&mut transaction, id).await?;
        let version = self.commit(transaction, Patch::upserts(vec![row.index])).await?;
        drop(writer);
        self.copies.delete_of(company, Some(id)).await?;
        Ok(AppliedChanges { version, changes, missing_connections: Vec::new() })
    }

    /// Stored companies that are not in `listed`. An empty `listed` returns nothing: an empty answer of the server
    /// removes nothing.
    ///
    /// # Errors
    /// Database errors.
    pub async fn missing_companies(
        &self,
        listed: &BTreeSet<CompanyId>,
    ) -> Result<Vec<CompanyId>, StoreError> {
        if listed.is_empty() {
            return Ok(Vec::new());
        }
        self.remove_stale_marks(listed).await?;
        let stored = sqlx::query_scalar!(
            r#"SELECT coalesce(json_group_array(id), '[]') AS "kept!: String" FROM companies"#
        )
        .fetch_one(self.database.readers())
        .await?;
        let stored: BTreeSet<CompanyId> =
            serde_json::from_str(&stored).map_err(|why| StoreError::unreadable("companies", &why))?;
        Ok(stored.difference(listed).copied().collect())
    }

    /// Removes the marks of companies that a complete sweep did not list and that were never stored.
    pub(crate) async fn remove_stale_marks(&self, listed: &BTreeSet<CompanyId>) -> Result<(), StoreError> {
        if self.unreadable.without(listed).is_empty() {
            return Ok(());
        }
        let mut writer = self.database.writer().await?;
        let mut cleared = self.unreadable.without(listed);
        let stored = record::load_records(&mut writer, &cleared).await?;
        cleared.retain(|id| !stored.contains_key(id));
        if cleared.is_empty() {
            return Ok(());
        }
        let marks = Marks { set: Vec::new(), cleared };
        let mut transaction = begin(&mut writer).await?;
        unreadable::write(&mut transaction, &marks, Timestamp::UNIX_EPOCH).await?;
        self.commit(transaction, Patch::default()).await?;
        self.unreadable.apply(&marks);
        Ok(())
    }

    async fn write(
        &self,
        writer: &mut SqliteConnection,
        incoming: Vec<IncomingCompany>,
        marks: &Marks,
        cause: Cause,
        window: ObservationWindow,
    ) -> Result<AppliedChanges, StoreError> {
        let (offline, clocks) = (OfflineKeys::load(writer).await?, self.clocks());
        let histories =
            write::connection_histories(writer, incoming.iter().map(|next| next.company.id)).await?;
        let mut states = BTreeMap::new();
        let mut changes = Vec::new();
        for next in &incoming {
            states.extend(next.states(&histories, &offline, &clocks, window));
            changes.extend(next.changes(&states, cause, window.now));
        }
        let rows: Vec<CompanyUpsert> = incoming.into_iter().map(|next| next.into_row(&states)).collect();
        rows.iter().for_each(|row| self.fingerprints.set(row.index.id, None));
        let mut transaction = begin(writer).await?;
        write::upsert_companies(&mut transaction, &rows).await?;
        write::upsert_connections(&mut transaction, &states).await?;
        journal::append(&mut transaction, &mut changes).await?;
        unreadable::write(&mut transaction, marks, window.now).await?;
        let fingerprints: Vec<_> = rows.iter().map(|row| (row.index.id, row.fingerprint)).collect();
        let patch = marks.apply_to(Patch::upserts(rows.into_iter().map(|row| row.index).collect()));
        let version = self.commit(transaction, patch).await?;
        self.unreadable.apply(marks);
        fingerprints.into_iter().for_each(|(id, fingerprint)| self.fingerprints.set(id, fingerprint));
        Ok(AppliedChanges { version, changes, missing_connections: Vec::new() })
    }
}

/// The companies in the order they came, each once. If one occurs twice, the last one counts.
fn deduplicated<'a>(
    companies: &'a [Item<Listed>],
    latest: &BTreeMap<CompanyId, &'a Item<Listed>>,
) -> Vec<(CompanyId, &'a Item<Listed>)> {
    let mut seen = BTreeSet::new();
    let ids = companies.iter().map(|item| item.value.id).filter(|id| seen.insert(*id));
    ids.filter_map(|id| Some((id, *latest.get(&id)?))).collect()
}

/// A company to be written.
struct IncomingCompany {
    /// The stored state. If that is unreadable, the new state, so that nothing counts as changed.
    old: Option<Company>,
    /// Whether `old` was parsed from the stored record.
    was_readable: bool,
    /// The new state, with the retained connections.
    company: Company,
    raw: String,
    /// Connections that `raw` lacks and that are not confirmed as gone.
    retained: Vec<Connection>,
}

impl IncomingCompany {
    fn new(mut company: Company, raw: &str, stored: Option<&StoredRecord>) -> Result<Self, StoreError> {
        let readable = stored.and_then(|stored| stored.parse_or_warn(company.id));
        let was_readable = readable.is_some();
        let old = readable.or_else(|| stored.map(|_| company.clone()));
        let retained: Vec<Connection> =
            old.iter().flat_map(|old| diff::missing_connections(old, &company)).cloned().collect();
        company.data_connections.extend(retained.iter().cloned());
        Ok(Self { old, was_readable, company, raw: raw.to_owned(), retained })
    }

    fn into_row(self, states: &BTreeMap<ConnectionId, ConnectionUpsert>) -> CompanyUpsert {
        let expiries =
            self.company.data_connections.iter().filter_map(|connection| states.get(&connection.id)?.expires);
        let row = CompanyUpsert::new(
            CompanyIndexRow::from_company(&self.company, expiries.min()),
            self.raw,
            self.retained,
        );
        match self.old.filter(|_| self.was_readable) {
            Some(old) => row.compared_with(&old),
            None => row,
        }
    }

    /// The rows of the table `connections`.
    fn states(
        &self,
        histories: &BTreeMap<ConnectionId, ConnectionHistory>,
        offline: &OfflineKeys,
        clocks: &Clocks,
        window: ObservationWindow,
    ) -> impl Iterator<Item = (ConnectionId, ConnectionUpsert)> {
        self.company.data_connections.iter().map(move |connection| {
            let history =
                ConnectionHistory::updated(histories.get(&connection.id).copied(), connection, window);
            let offline = offline.contains(&connection.integration_key);
            (connection.id, ConnectionUpsert::new(self.company.id, connection, history, offline, clocks))
        })
    }

    fn changes(
        &self,
        states: &BTreeMap<ConnectionId, ConnectionUpsert>,
        cause: Cause,
        now: Timestamp,
    ) -> impl Iterator<Item = Change> {
        diff::differences(self.old.as_ref(), &self.company).into_iter().map(move |difference| {
            let state = difference.connection.and_then(|connection| states.get(&connection.id));
            let one_time = state.is_some_and(|state| state.one_time);
            let change = new_change(&self.company, difference.connection, difference.kind, cause, now);
            Change { one_time, ..change }
        })
    }
}

/// A change without a `seq`, which the journal assigns.
fn new_change(
    company: &Company,
    connection: Option<&Connection>,
    kind: ChangeKind,
    cause: Cause,
    now: Timestamp,
) -> Change {
    Change {
        seq: 0,
        at: sql::round_to_millis(now),
        cause,
        company: company.id,
        company_name: company.name.clone(),
        connection: connection.map(|connection| connection.id),
        integration_key: connection.map(|connection| connection.integration_key.clone()),
        platform: connection.map(|connection| connection.platform_name.clone()),
        kind,
        one_time: false,
    }
}

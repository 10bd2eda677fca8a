//! Down: what the server said goes into the database in one transaction, and what changed comes out.

use std::collections::{BTreeMap, BTreeSet};

use codat::{Company, CompanyId, Connection, ConnectionId, Item, Listed, expiry::Clocks};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::{
    change::{Cause, Change, ChangeKind},
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

/// What a write changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliedChanges {
    /// The version of the lists after it.
    pub version: u64,
    /// What went into the journal, by `seq`.
    pub changes: Vec<Change>,
    /// Connections that are kept and that their company no longer lists. They stay, and count, until
    /// [`Store::remove_connection`]; they are told again each time their company is applied without them.
    pub missing_connections: Vec<(CompanyId, ConnectionId)>,
}

impl Store {
    /// Keeps these companies as they were said, in one transaction, and tells what changed.
    ///
    /// A company that is kept as it is costs no write, and its record is not read; a page of such companies
    /// writes nothing. Of one that cannot be read what is known stays, and it is marked until it can be read again.
    /// Of a company that comes twice the last counts. Companies that are not among these are not touched, and
    /// connections that a company no longer lists are only told: see [`AppliedChanges::missing_connections`].
    ///
    /// `known` is when everything that is kept was last seen to be so: what happened since without saying
    /// when can have happened as early as then.
    ///
    /// # Errors
    /// Those of the database; then nothing was kept.
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
        // Said again, what could not be read is passed over, once it is marked.
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

    /// Forgets a company that is known to be gone, with its connections.
    ///
    /// # Errors
    /// Those of the database; then it is still there.
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

    /// Forgets a connection that is known to be gone; its company stays.
    ///
    /// # Errors
    /// Those of the database; then it is still there.
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

    /// Companies that are kept and that are not among those seen, by ID. Nothing is missing when nothing was
    /// seen: an empty answer removes nothing.
    ///
    /// # Errors
    /// Those of the database.
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

/// The companies in the order they came, each once, as it was said last.
fn deduplicated<'a>(
    companies: &'a [Item<Listed>],
    latest: &BTreeMap<CompanyId, &'a Item<Listed>>,
) -> Vec<(CompanyId, &'a Item<Listed>)> {
    let mut seen = BTreeSet::new();
    let ids = companies.iter().map(|item| item.value.id).filter(|id| seen.insert(*id));
    ids.filter_map(|id| Some((id, *latest.get(&id)?))).collect()
}

/// One company on its way in.
struct IncomingCompany {
    /// As it was kept; what cannot be compared did not change.
    old: Option<Company>,
    /// Whether that was read from what is kept.
    was_readable: bool,
    /// As it is said now, with the connections that it no longer lists and that are not known to be gone.
    company: Company,
    raw: String,
    /// Connections that `raw` lacks and that are not known to be gone.
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

    /// What is to be remembered of each connection.
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

/// A change that has no place in the journal yet.
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

//! Down: what the server said goes into the database in one transaction, and what changed comes out.

use std::collections::{BTreeMap, BTreeSet};

use codat::{Company, CompanyId, Connection, ConnectionId, Item, Listed, expiry::Clocks};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::{
    change::{Cause, Change, ChangeKind, to_the_millisecond},
    columns::Patch,
    database::begin,
    diff::{self, Past, Span},
    ends::Estimates,
    error::StoreError,
    facts::Facts,
    integrations::OfflineKeys,
    journal,
    record::{self, Kept},
    seen,
    store::Store,
    unreadable::{self, Mark, Marks},
    write::{self, Row, State},
};

/// What a write changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
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
    /// connections that a company no longer lists are only told: see [`Applied::missing_connections`].
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
    ) -> Result<Applied, StoreError> {
        let said: BTreeMap<CompanyId, &Item<Listed>> =
            companies.iter().map(|item| (item.value.id, item)).collect();
        if said.is_empty() {
            return Ok(Applied { version: self.version().await, ..Applied::default() });
        }
        let mut writer = self.database.writer().await?;
        self.seen.load(&mut writer).await?;
        let said: Vec<_> = in_order(companies, &said)
            .into_iter()
            .filter(|(id, item)| !self.seen.is(*id, item.raw.get()))
            .collect();
        let mut kept = record::kept(&mut writer, said.iter().map(|(id, _)| id)).await?;
        let (mut missing, mut incoming, mut marks) = (Vec::new(), Vec::new(), Marks::default());
        // Said again, what could not be read is passed over, once it is marked.
        let mut prints = Vec::new();
        for (id, item) in said {
            let kept = kept.remove(&id);
            if let Some(kept) = kept.as_ref().filter(|kept| kept.is(item.raw.get())) {
                let retained = kept.retained()?;
                prints.push((id, retained.is_empty().then(|| seen::print(item.raw.get()))));
                if self.unreadable.has(id) {
                    marks.cleared.push(id);
                }
                missing.extend(retained.into_iter().map(|connection| (id, connection.id)));
                continue;
            }
            let company = match item.company() {
                Ok(company) => company,
                Err(error) => {
                    if !self.unreadable.has(id) {
                        tracing::warn!(%error, %id, "what was said of a company cannot be read: what is known stays");
                        marks.set.push(Mark { id, reason: error.to_string() });
                    }
                    prints.push((id, Some(seen::print(item.raw.get()))));
                    continue;
                }
            };
            if self.unreadable.has(id) {
                marks.cleared.push(id);
            }
            let next = Incoming::new(company, item.raw.get(), kept.as_ref())?;
            missing.extend(next.retained.iter().map(|connection| (id, connection.id)));
            incoming.push(next);
        }
        let mut applied = if incoming.is_empty() && marks.is_empty() {
            Applied { version: self.version().await, ..Applied::default() }
        } else {
            self.write(&mut writer, incoming, &marks, cause, Span::new(known, now)).await?
        };
        prints.into_iter().for_each(|(id, print)| self.seen.put(id, print));
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
    ) -> Result<Applied, StoreError> {
        let mut writer = self.database.writer().await?;
        let Some(company) = record::one(&mut *writer, id).await? else {
            drop(writer);
            return Ok(Applied { version: self.version().await, ..Applied::default() });
        };
        let mut transaction = begin(&mut writer).await?;
        let mut changes = vec![about(&company, None, ChangeKind::CompanyRemoved, cause, now)];
        journal::write(&mut transaction, &mut changes).await?;
        write::remove_company(&mut transaction, id).await?;
        let marks = Marks { set: Vec::new(), cleared: vec![id] };
        unreadable::write(&mut transaction, &marks, now).await?;
        self.seen.put(id, None);
        let version = self.commit(transaction, Patch::removal(id)).await?;
        self.unreadable.apply(&marks);
        drop(writer);
        self.drop_copies_of(id, None).await?;
        Ok(Applied { version, changes, missing_connections: Vec::new() })
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
    ) -> Result<Applied, StoreError> {
        let mut writer = self.database.writer().await?;
        let kept = record::kept(&mut writer, [&company]).await?.remove(&company);
        let Some((kept, value)) = kept.map(|kept| kept.company().map(|value| (kept, value))).transpose()?
        else {
            drop(writer);
            return Ok(Applied { version: self.version().await, ..Applied::default() });
        };
        let Some(gone) = value.data_connections.iter().find(|connection| connection.id == id) else {
            drop(writer);
            return Ok(Applied { version: self.version().await, ..Applied::default() });
        };
        let clocks = self.clocks();
        let estimates = Estimates::new(&clocks, write::pasts(&mut writer, [company]).await?);
        let row = Row::without(&kept, &value, id, &estimates)?;
        let mut transaction = begin(&mut writer).await?;
        let mut changes = vec![about(&value, Some(gone), ChangeKind::ConnectionRemoved, cause, now)];
        journal::write(&mut transaction, &mut changes).await?;
        write::companies(&mut transaction, std::slice::from_ref(&row)).await?;
        self.seen.put(company, None);
        write::remove_connection(&mut transaction, id).await?;
        let version = self.commit(transaction, Patch::upserts(vec![row.facts])).await?;
        drop(writer);
        self.drop_copies_of(company, Some(id)).await?;
        Ok(Applied { version, changes, missing_connections: Vec::new() })
    }

    /// Companies that are kept and that are not among those seen, by ID. Nothing is missing when nothing was
    /// seen: an empty answer removes nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn missing(&self, seen: &BTreeSet<CompanyId>) -> Result<Vec<CompanyId>, StoreError> {
        if seen.is_empty() {
            return Ok(Vec::new());
        }
        self.forget_unreadable(seen).await?;
        let kept = sqlx::query_scalar!(
            r#"SELECT coalesce(json_group_array(id), '[]') AS "kept!: String" FROM companies"#
        )
        .fetch_one(self.database.readers())
        .await?;
        let kept: BTreeSet<CompanyId> =
            serde_json::from_str(&kept).map_err(|why| StoreError::unreadable("companies", &why))?;
        Ok(kept.difference(seen).copied().collect())
    }

    async fn write(
        &self,
        writer: &mut SqliteConnection,
        incoming: Vec<Incoming>,
        marks: &Marks,
        cause: Cause,
        span: Span,
    ) -> Result<Applied, StoreError> {
        let (offline, clocks) = (OfflineKeys::read(writer).await?, self.clocks());
        let pasts = write::pasts(writer, incoming.iter().map(|next| next.company.id)).await?;
        let mut states = BTreeMap::new();
        let mut changes = Vec::new();
        for next in &incoming {
            states.extend(next.states(&pasts, &offline, &clocks, span));
            changes.extend(next.changes(&states, cause, span.now));
        }
        let rows: Vec<Row> = incoming.into_iter().map(|next| next.into_row(&states)).collect();
        rows.iter().for_each(|row| self.seen.put(row.facts.id, None));
        let mut transaction = begin(writer).await?;
        write::companies(&mut transaction, &rows).await?;
        write::connections(&mut transaction, &states).await?;
        journal::write(&mut transaction, &mut changes).await?;
        unreadable::write(&mut transaction, marks, span.now).await?;
        let prints: Vec<_> = rows.iter().map(|row| (row.facts.id, row.print)).collect();
        let patch = marks.on(Patch::upserts(rows.into_iter().map(|row| row.facts).collect()));
        let version = self.commit(transaction, patch).await?;
        self.unreadable.apply(marks);
        prints.into_iter().for_each(|(id, print)| self.seen.put(id, print));
        Ok(Applied { version, changes, missing_connections: Vec::new() })
    }
}

/// The companies in the order they came, each once, as it was said last.
fn in_order<'a>(
    companies: &'a [Item<Listed>],
    said: &BTreeMap<CompanyId, &'a Item<Listed>>,
) -> Vec<(CompanyId, &'a Item<Listed>)> {
    let mut seen = BTreeSet::new();
    let ids = companies.iter().map(|item| item.value.id).filter(|id| seen.insert(*id));
    ids.filter_map(|id| Some((id, *said.get(&id)?))).collect()
}

/// One company on its way in.
struct Incoming {
    /// As it was kept; what cannot be compared did not change.
    old: Option<Company>,
    /// Whether that was read from what is kept.
    is_compared: bool,
    /// As it is said now, with the connections that it no longer lists and that are not known to be gone.
    company: Company,
    raw: String,
    /// Connections that `raw` lacks and that are not known to be gone.
    retained: Vec<Connection>,
}

impl Incoming {
    fn new(mut company: Company, raw: &str, kept: Option<&Kept>) -> Result<Self, StoreError> {
        let readable = kept.and_then(|kept| kept.readable(company.id));
        let is_compared = readable.is_some();
        let old = readable.or_else(|| kept.map(|_| company.clone()));
        let retained: Vec<Connection> =
            old.iter().flat_map(|old| diff::missing(old, &company)).cloned().collect();
        company.data_connections.extend(retained.iter().cloned());
        Ok(Self { old, is_compared, company, raw: raw.to_owned(), retained })
    }

    fn into_row(self, states: &BTreeMap<ConnectionId, State>) -> Row {
        let ends = self.company.data_connections.iter().filter_map(|it| states.get(&it.id)?.expires);
        let row = Row::new(Facts::of(&self.company, ends.min()), self.raw, self.retained);
        match self.old.filter(|_| self.is_compared) {
            Some(old) => row.after(&old),
            None => row,
        }
    }

    /// What is to be remembered of each connection.
    fn states(
        &self,
        pasts: &BTreeMap<ConnectionId, Past>,
        offline: &OfflineKeys,
        clocks: &Clocks,
        span: Span,
    ) -> impl Iterator<Item = (ConnectionId, State)> {
        self.company.data_connections.iter().map(move |connection| {
            let past = Past::go_on(pasts.get(&connection.id).copied(), connection, span);
            let offline = offline.has(&connection.integration_key);
            (connection.id, State::new(self.company.id, connection, past, offline, clocks))
        })
    }

    fn changes(
        &self,
        states: &BTreeMap<ConnectionId, State>,
        cause: Cause,
        now: Timestamp,
    ) -> impl Iterator<Item = Change> {
        diff::differences(self.old.as_ref(), &self.company).into_iter().map(move |difference| {
            let state = difference.connection.and_then(|connection| states.get(&connection.id));
            let one_time = state.is_some_and(|state| state.one_time);
            let change = about(&self.company, difference.connection, difference.kind, cause, now);
            Change { one_time, ..change }
        })
    }
}

/// A change that has no place in the journal yet.
fn about(
    company: &Company,
    connection: Option<&Connection>,
    kind: ChangeKind,
    cause: Cause,
    now: Timestamp,
) -> Change {
    Change {
        seq: 0,
        at: to_the_millisecond(now),
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

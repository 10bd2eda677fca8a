//! The complete state. It changes only by applying a [`Change`], which is stored before. Loading a file
//! applies its changes.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    change::{Change, KeyRecord, ProfileRecord},
    clock::ClockAnchor,
    document_store::{DocumentKind, DocumentStore},
    idempotency::Replays,
    link_state::LinkState,
    options::Plan,
    read::{self, Expiry, Reads, TimelineEvent},
    record::{CompanyRecord, Slot},
    seed,
    world::{Origin, World},
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) reads: Reads,
    pub(crate) keys: BTreeMap<u32, KeyRecord>,
    pub(crate) profile: ProfileRecord,
    pub(crate) replays: Replays,
    pub(crate) clock: ClockAnchor,
    pub(crate) link: LinkState,
    /// Settings, consumers, files and others.
    pub(crate) documents: DocumentStore,
    /// The client's plan. Not stored.
    pub(crate) plan: Plan,
    /// When each company was last evaluated.
    evaluated_at: BTreeMap<Slot, Timestamp>,
    /// Increases whenever the content of a list may have changed by time.
    epoch: u64,
    /// Increases with every change, and whenever something changed by time.
    revision: u64,
    /// The revision of a company's last change, if it is later than `all_companies_revision`.
    company_revisions: BTreeMap<Slot, u64>,
    /// The revision of the last change that can affect all companies.
    all_companies_revision: u64,
    last_key: u32,
    base: String,
}

impl State {
    /// The initial state. `base` is the sandbox's URL, such as `http://127.0.0.1:8787`.
    pub(crate) fn new(origin: Origin, base: &str) -> Self {
        Self {
            world: World::new(origin),
            reads: Reads::default(),
            keys: BTreeMap::new(),
            profile: ProfileRecord {
                name: "Sandbox".to_owned(),
                logo_url: None,
                icon_url: None,
                redirect_url: format!("{base}/company/{{companyId}}"),
                white_list_urls: Vec::new(),
                confirm_company_name: false,
            },
            replays: Replays::default(),
            clock: ClockAnchor { host: origin.born, sandbox: origin.born },
            link: LinkState::default(),
            documents: DocumentStore::default(),
            plan: Plan::Paid,
            evaluated_at: BTreeMap::new(),
            epoch: 0,
            revision: 0,
            company_revisions: BTreeMap::new(),
            all_companies_revision: 0,
            last_key: 0,
            base: base.to_owned(),
        }
    }

    pub(crate) fn apply(&mut self, change: Change) {
        self.revision += 1;
        self.record_revision(&change);
        match change {
            Change::Company(slot, record) => self.world.put(slot, record),
            Change::Refresh(refresh) => {
                self.world.mark_dirty(refresh.slot);
                self.reads.add(refresh);
            }
            Change::Sync(company, history) => {
                match company {
                    Some(slot) => self.world.mark_dirty(slot),
                    None => self.world.mark_all_dirty(),
                }
                self.reads.sync.put(company, history);
            }
            Change::Key(number, record) => {
                self.last_key = self.last_key.max(number);
                match record {
                    Some(record) => self.keys.insert(number, record),
                    None => self.keys.remove(&number),
                };
            }
            Change::Profile(profile) => self.profile = profile,
            Change::Clock(anchor) => self.clock = anchor,
            Change::Replay(key, replay) => self.replays.put(key, replay),
            Change::Link(name, value) => self.link.apply(&name, value.as_ref()),
            Change::Document(kind, key, value) => {
                if kind == DocumentKind::Outage {
                    self.reads.outages.put(key.clone(), value.as_ref());
                    self.world.mark_all_dirty();
                }
                self.documents.put(kind, key, value);
            }
        }
    }

    /// Updates the revisions of the companies that a change affects.
    fn record_revision(&mut self, change: &Change) {
        match change {
            Change::Company(slot, _) | Change::Sync(Some(slot), _) => {
                self.company_revisions.insert(*slot, self.revision);
            }
            Change::Refresh(refresh) => {
                self.company_revisions.insert(refresh.slot, self.revision);
            }
            Change::Sync(None, _)
            | Change::Profile(_)
            | Change::Clock(_)
            | Change::Link(..)
            | Change::Document(DocumentKind::Outage, ..) => {
                self.company_revisions.clear();
                self.all_companies_revision = self.revision;
            }
            Change::Key(..) | Change::Replay(..) | Change::Document(..) => {}
        }
    }

    /// All changes that lead from the initial state to this one, except the clock.
    pub(crate) fn changes(&self) -> Vec<Change> {
        // Destructured, so that the compiler reports new fields that are not handled here.
        let Self {
            world,
            reads,
            keys,
            profile,
            replays,
            clock: _,
            link,
            documents: shelves,
            plan: _,
            evaluated_at: _,
            epoch: _,
            revision: _,
            company_revisions: _,
            all_companies_revision: _,
            last_key,
            base: _,
        } = self;
        let mut all: Vec<Change> =
            world.overlay().map(|(slot, record)| Change::Company(slot, record.clone())).collect();
        all.extend(reads.all().cloned().map(Change::Refresh));
        all.extend(reads.sync.all().map(|(company, history)| Change::Sync(company, history.clone())));
        if !keys.contains_key(last_key) && *last_key > 0 {
            // Numbers are not reused.
            all.push(Change::Key(*last_key, None));
        }
        all.extend(keys.iter().map(|(number, record)| Change::Key(*number, Some(record.clone()))));
        all.push(Change::Profile(profile.clone()));
        all.extend(
            replays.all().map(|(key, replay)| Change::Replay(key.clone(), Some(Box::new(replay.clone())))),
        );
        all.extend(link.changes());
        let stored = shelves.all();
        all.extend(stored.map(|(shelf, key, it)| Change::Document(shelf, key.to_owned(), Some(it.clone()))));
        all
    }

    pub(crate) fn client_id(&self) -> Uuid {
        seed::derive_id(seed::namespace(self.world.origin().seed), "client", 0)
    }

    /// Whether the state has to be advanced to `now`.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.world.is_due(now)
    }

    /// Advances the state to `now`: expired access and ended reads. Each company is evaluated once, however
    /// much time has passed.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        let due = self.world.deadlines().take_due(now);
        self.epoch += u64::from(!due.is_empty());
        self.revision += u64::from(!due.is_empty());
        for slot in due {
            self.reevaluate(slot, now);
            self.evaluated_at.insert(slot, now);
            self.company_revisions.insert(slot, self.revision);
        }
    }

    fn reevaluate(&mut self, slot: Slot, now: Timestamp) {
        let Some(company) = self.world.changed(slot) else { return };
        let (mut expired, mut next_changes) = (Vec::new(), Vec::new());
        for (n, connection) in company.connections.iter().enumerate() {
            let (expiry, next_change) = self.reads.expiry_and_next_change(slot, connection, now);
            match expiry {
                Expiry::At(at) => {
                    expired.push((n, at));
                    continue;
                }
                Expiry::NotBefore(at) => next_changes.push(at),
                Expiry::Never => {}
            }
            next_changes.extend(next_change);
        }
        let ended: Vec<usize> = expired.iter().map(|(n, _)| *n).collect();
        self.world.set_expired(slot, expired);
        if let Some(company) = self.world.record(slot).filter(|_| !ended.is_empty()) {
            // A connection with newly expired access can still have pending reads.
            let newly_expired = ended.iter().filter_map(|n| company.connections.get(*n));
            next_changes.extend(newly_expired.filter_map(|it| self.reads.next_change(slot, it, now)));
        }
        self.world.deadlines().set(slot, next_changes.into_iter().min());
    }

    /// The timeline events after `from`, up to and including `to`, in order.
    pub(crate) fn timeline(&self, from: Timestamp, to: Timestamp) -> Vec<TimelineEvent> {
        read::timeline(&self.reads, self.companies_evaluated_since(from), from, to)
    }

    /// See [`read::count_reads_between`].
    pub(crate) fn reads_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        read::count_reads_between(&self.reads, self.companies_evaluated_since(from), from, to)
    }

    fn companies_evaluated_since(
        &self,
        from: Timestamp,
    ) -> impl Iterator<Item = (Slot, Cow<'_, CompanyRecord>)> {
        self.evaluated_since(from).filter_map(|slot| Some((slot, self.world.record(slot)?)))
    }

    /// The companies that may have events after `from`.
    pub(crate) fn evaluated_since(&self, from: Timestamp) -> impl Iterator<Item = Slot> {
        self.evaluated_at.iter().filter(move |(_, at)| **at > from).map(|(slot, _)| *slot)
    }

    /// Increases whenever the content of a list may have changed by time.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Increases with every change. At the same revision a request has the same response.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// The revision of a company's last change.
    pub(crate) fn company_revisions(&self, slot: Slot) -> u64 {
        self.company_revisions.get(&slot).copied().unwrap_or(self.all_companies_revision)
    }

    pub(crate) fn has_api_key(&self, key: &str) -> bool {
        self.keys.values().any(|record| record.api_key == key)
    }

    /// The change that adds a key. Without a value, one is derived.
    pub(crate) fn new_key(&self, name: Option<String>, value: Option<&str>, now: Timestamp) -> Change {
        let number = self.last_key + 1;
        let space = seed::namespace(self.world.origin().seed);
        // The first key is part of the derivation, so that the seed alone does not reveal the other keys.
        let first = self.keys.values().next().map(|record| record.api_key.as_str()).unwrap_or_default();
        let secret = || seed::derive_id(seed::derive_id(space, first, 0), "key", u64::from(number));
        let record = KeyRecord {
            id: seed::derive_id(space, "key", u64::from(number)),
            name,
            api_key: value.map_or_else(|| secret().simple().to_string(), str::to_owned),
            created_date: now,
        };
        Change::Key(number, Some(record))
    }

    /// A MAC of `text` for `purpose`, derived from the first API key.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        let first = self.keys.values().next().map(|record| record.api_key.as_str()).unwrap_or_default();
        let space = seed::derive_id(seed::namespace(self.world.origin().seed), first, 0);
        seed::derive_id(seed::derive_id(space, purpose, 0), text, 0).simple().to_string()
    }

    /// The sandbox's URL, such as `http://127.0.0.1:8787`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    fn one_time_password(&self, id: Uuid, now: Timestamp) -> Option<String> {
        self.link.issue(&|purpose, text| self.seal(purpose, text), &id.to_string(), now)
    }

    /// The Link URL of a company, with a one-time password if they are enabled.
    pub(crate) fn company_link(&self, id: Uuid, now: Timestamp) -> String {
        let link = format!("{}/company/{id}", self.base);
        match self.one_time_password(id, now) {
            Some(otp) => format!("{link}?link.otp={otp}"),
            None => link,
        }
    }

    /// The Link URL of a connection, with a one-time password if they are enabled.
    pub(crate) fn connection_link(&self, company: Uuid, id: Uuid, now: Timestamp) -> String {
        let link = format!("{}/companies/{company}/connections/{id}/start", self.base);
        match self.one_time_password(id, now) {
            Some(otp) => format!("{link}?otp={otp}"),
            None => link,
        }
    }
}

//! The complete state. It changes only by applying a [`Change`], which is stored before. Loading a file
//! applies its changes.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    change::{Change, KeyRecord, ProfileRecord},
    clock::Anchor,
    idempotency::Replays,
    link_state::LinkState,
    options::Plan,
    read::{self, Happening, Lapse, Reads},
    record::{CompanyRecord, Slot},
    seed,
    shelf::{Shelf, Shelves},
    world::{Origin, World},
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) reads: Reads,
    pub(crate) keys: BTreeMap<u32, KeyRecord>,
    pub(crate) profile: ProfileRecord,
    pub(crate) replays: Replays,
    pub(crate) clock: Anchor,
    pub(crate) link: LinkState,
    /// Settings, consumers, files and others.
    pub(crate) shelves: Shelves,
    /// The client's plan. Not stored.
    pub(crate) plan: Plan,
    /// When each company was last evaluated.
    stirred: BTreeMap<Slot, Timestamp>,
    /// Increases whenever the content of a list may have changed by time.
    epoch: u64,
    /// Increases with every change, and whenever something changed by time.
    revision: u64,
    /// The revision of a company's last change, if it is later than `moved_all`.
    moved: BTreeMap<Slot, u64>,
    /// The revision of the last change that can affect all companies.
    moved_all: u64,
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
                white_list_urls: vec![],
                confirm_company_name: false,
            },
            replays: Replays::default(),
            clock: Anchor { host: origin.born, here: origin.born },
            link: LinkState::default(),
            shelves: Shelves::default(),
            plan: Plan::Paid,
            stirred: BTreeMap::new(),
            epoch: 0,
            revision: 0,
            moved: BTreeMap::new(),
            moved_all: 0,
            last_key: 0,
            base: base.to_owned(),
        }
    }

    pub(crate) fn apply(&mut self, change: Change) {
        self.revision += 1;
        self.note(&change);
        match change {
            Change::Company(slot, record) => self.world.put(slot, record),
            Change::Refresh(refresh) => {
                self.world.stir(refresh.slot);
                self.reads.add(refresh);
            }
            Change::Sync(company, history) => {
                match company {
                    Some(slot) => self.world.stir(slot),
                    None => self.world.stir_all(),
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
            Change::Link(name, value) => self.link.take(&name, value.as_ref()),
            Change::Shelf(shelf, key, thing) => {
                if shelf == Shelf::Outage {
                    self.reads.outages.put(key.clone(), thing.as_ref());
                    self.world.stir_all();
                }
                self.shelves.put(shelf, key, thing);
            }
        }
    }

    /// Updates the revisions of the companies that a change affects.
    fn note(&mut self, change: &Change) {
        match change {
            Change::Company(slot, _) | Change::Sync(Some(slot), _) => {
                self.moved.insert(*slot, self.revision);
            }
            Change::Refresh(refresh) => {
                self.moved.insert(refresh.slot, self.revision);
            }
            Change::Sync(None, _)
            | Change::Profile(_)
            | Change::Clock(_)
            | Change::Link(..)
            | Change::Shelf(Shelf::Outage, ..) => {
                self.moved.clear();
                self.moved_all = self.revision;
            }
            Change::Key(..) | Change::Replay(..) | Change::Shelf(..) => {}
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
            shelves,
            plan: _,
            stirred: _,
            epoch: _,
            revision: _,
            moved: _,
            moved_all: _,
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
        all.extend(link.all());
        let things = shelves.all();
        all.extend(things.map(|(shelf, key, it)| Change::Shelf(shelf, key.to_owned(), Some(it.clone()))));
        all
    }

    pub(crate) fn client_id(&self) -> Uuid {
        seed::named(seed::namespace(self.world.origin().seed), "client", 0)
    }

    /// Whether the state has to be advanced to `now`.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.world.is_due(now)
    }

    /// Advances the state to `now`: expired access and ended reads. Each company is evaluated once, however
    /// much time has passed.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        let due = self.world.agenda().take_due(now);
        self.epoch += u64::from(!due.is_empty());
        self.revision += u64::from(!due.is_empty());
        for slot in due {
            self.look_over(slot, now);
            self.stirred.insert(slot, now);
            self.moved.insert(slot, self.revision);
        }
    }

    fn look_over(&mut self, slot: Slot, now: Timestamp) {
        let Some(company) = self.world.changed(slot) else { return };
        let (mut lapsed, mut next) = (vec![], vec![]);
        for (n, connection) in company.connections.iter().enumerate() {
            let (lapse, then) = self.reads.outlook(slot, connection, now);
            match lapse {
                Lapse::At(at) => {
                    lapsed.push((n, at));
                    continue;
                }
                Lapse::NotBefore(at) => next.push(at),
                Lapse::Never => {}
            }
            next.extend(then);
        }
        let ended: Vec<usize> = lapsed.iter().map(|(n, _)| *n).collect();
        self.world.set_lapsed(slot, lapsed);
        if let Some(company) = self.world.record(slot).filter(|_| !ended.is_empty()) {
            // A connection with newly expired access can still have pending reads.
            let of = ended.iter().filter_map(|n| company.connections.get(*n));
            next.extend(of.filter_map(|it| self.reads.next(slot, it, now)));
        }
        self.world.agenda().set(slot, next.into_iter().min());
    }

    /// The timeline events after `from`, up to and including `to`, in order.
    pub(crate) fn happenings(&self, from: Timestamp, to: Timestamp) -> Vec<Happening> {
        read::happenings(&self.reads, self.companies_stirred_since(from), from, to)
    }

    /// See [`read::reads_between`].
    pub(crate) fn reads_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        read::reads_between(&self.reads, self.companies_stirred_since(from), from, to)
    }

    fn companies_stirred_since(
        &self,
        from: Timestamp,
    ) -> impl Iterator<Item = (Slot, Cow<'_, CompanyRecord>)> {
        self.stirred_since(from).filter_map(|slot| Some((slot, self.world.record(slot)?)))
    }

    /// The companies that may have events after `from`.
    pub(crate) fn stirred_since(&self, from: Timestamp) -> impl Iterator<Item = Slot> {
        self.stirred.iter().filter(move |(_, at)| **at > from).map(|(slot, _)| *slot)
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
    pub(crate) fn moved(&self, slot: Slot) -> u64 {
        self.moved.get(&slot).copied().unwrap_or(self.moved_all)
    }

    pub(crate) fn knows_key(&self, key: &str) -> bool {
        self.keys.values().any(|record| record.api_key == key)
    }

    /// The change that adds a key. Without a value, one is derived.
    pub(crate) fn new_key(&self, name: Option<String>, value: Option<&str>, now: Timestamp) -> Change {
        let number = self.last_key + 1;
        let space = seed::namespace(self.world.origin().seed);
        // The first key is part of the derivation, so that the seed alone does not reveal the other keys.
        let first = self.keys.values().next().map(|record| record.api_key.as_str()).unwrap_or_default();
        let secret = || seed::named(seed::named(space, first, 0), "key", u64::from(number));
        let record = KeyRecord {
            id: seed::named(space, "key", u64::from(number)),
            name,
            api_key: value.map_or_else(|| secret().simple().to_string(), str::to_owned),
            created_date: now,
        };
        Change::Key(number, Some(record))
    }

    /// A MAC of `text` for `purpose`, derived from the first API key.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        let first = self.keys.values().next().map(|record| record.api_key.as_str()).unwrap_or_default();
        let space = seed::named(seed::namespace(self.world.origin().seed), first, 0);
        seed::named(seed::named(space, purpose, 0), text, 0).simple().to_string()
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

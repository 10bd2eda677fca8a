//! What a workspace's schedules and keep-alive will send: gathered for the engine, which reckons with it.

use std::collections::{BTreeMap, BTreeSet};

use codat::{CompanyId, expiry::Clock};
use engine::{Class, IdleClocks, ScheduleCost, Usage, cheapest_read, keep_alive_every, rest_of_day};
use jiff::{SignedDuration, Timestamp};
use store::Store;

use crate::{
    clock,
    commands::schedules::{Surveyed, survey},
    desk::Desk,
    error::WireError,
    schedules,
    wire::KeepAliveMode,
};

/// What a workspace's schedules and keep-alive are.
pub(crate) struct Gathered {
    /// The schedules that run on this computer.
    pub(crate) schedules: Vec<Surveyed>,
    /// Whether schedules run on this computer.
    pub(crate) here: bool,
    /// Whether keep-alive queues reads.
    pub(crate) keeps_alive: bool,
}

impl Gathered {
    pub(crate) async fn of(desk: &Desk) -> Result<Self, WireError> {
        let store = desk.store()?;
        let here = schedules::run_here(&store, desk.workspace().kind).await?;
        let mut schedules = if here { survey(&store).await? } else { Vec::new() };
        schedules.retain(|one| one.on);
        let mode = KeepAliveMode::kept(&store).await?.within(desk.workspace().safe_mode);
        let keeps_alive = mode == engine::KeepAliveMode::On;
        Ok(Self { schedules, here, keeps_alive })
    }

    /// What each schedule costs.
    pub(crate) fn costs(&self) -> Vec<ScheduleCost> {
        self.schedules.iter().map(Surveyed::cost).collect()
    }

    /// Requests that are begun from now until `until`.
    pub(crate) async fn rest_of_day(
        &self,
        store: &Store,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Usage, WireError> {
        let here = clock::zone();
        let mut rest = Usage::default();
        for one in &self.schedules {
            let requests = rest_of_day(&one.plan, &one.standings, one.decided, &here, now, until);
            rest.add(Class::Schedule, requests);
        }
        if self.keeps_alive {
            let (_, due) = store.idle_due(until, 0).await?;
            rest.add(Class::KeepAlive, due.into());
        }
        Ok(rest)
    }

    /// The connections that keep-alive has to see to, because no schedule reads them in time.
    pub(crate) async fn idle(&self, store: &Store) -> Result<Vec<IdleClocks>, WireError> {
        if !self.keeps_alive {
            return Ok(Vec::new());
        }
        let mut idle = Vec::new();
        for (covering, keys) in self.by_covering(store).await? {
            let growing = self.companies(covering.iter().copied().filter(|at| self.costs()[*at].grows()));
            let all = self.companies(covering.iter().copied());
            let (connections, left) = (store.idle_but_of(&growing).await?, store.idle_but_of(&all).await?);
            for (key, days) in keys {
                let connections = connections.get(&key).copied().unwrap_or(0);
                let left = left.get(&key).copied().unwrap_or(0);
                idle.push(IdleClocks { days, connections, chosen: connections.saturating_sub(left) });
            }
        }
        Ok(idle)
    }

    /// Integrations with idle clocks that something can be read for, with their days, by which schedules read
    /// in time.
    async fn by_covering(
        &self,
        store: &Store,
    ) -> Result<BTreeMap<Vec<usize>, Vec<(String, u16)>>, WireError> {
        let clocks = store.clocks();
        let mut found = BTreeMap::<_, Vec<_>>::new();
        for integration in store.integrations().await? {
            let readable: Vec<_> = integration.readable().map(str::to_owned).collect();
            let Some(Clock::Idle(days)) = clocks.clock(&integration.key) else { continue };
            if cheapest_read(&readable).is_some() {
                let covering = self.reading_within(keep_alive_every(days));
                found.entry(covering).or_default().push((integration.key.clone(), days));
            }
        }
        Ok(found)
    }

    /// Schedules that read everything at least so often.
    fn reading_within(&self, every: SignedDuration) -> Vec<usize> {
        let costs = self.costs();
        let reads = |cost: &ScheduleCost| cost.reads_all() && cost.period().is_some_and(|it| it <= every);
        costs.iter().enumerate().filter(|(_, cost)| reads(cost)).map(|(at, _)| at).collect()
    }

    fn companies(&self, schedules: impl Iterator<Item = usize>) -> Vec<CompanyId> {
        let all: BTreeSet<_> = schedules.flat_map(|at| self.schedules[at].readable()).collect();
        all.into_iter().collect()
    }
}

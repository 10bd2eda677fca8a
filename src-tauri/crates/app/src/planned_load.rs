//! The future requests of a workspace's schedules and keep-alive, collected for the quota forecast of the
//! engine.

use std::collections::{BTreeMap, BTreeSet};

use codat::{CompanyId, expiry::Clock};
use domain::{KeepAliveMode, Priority};
use engine::{IdleClocks, ScheduleCost, Usage, cheapest_read, keep_alive_interval, rest_of_day};
use jiff::{SignedDuration, Timestamp};
use store::Store;

use crate::{
    clock,
    commands::schedules::{SurveyedSchedule, survey},
    error::WireError,
    keep_alive,
    open_workspace::OpenWorkspace,
    schedules,
};

/// The active schedules and the keep-alive mode of a workspace.
pub(crate) struct PlannedLoad {
    pub(crate) schedules: Vec<SurveyedSchedule>,
    pub(crate) runs_here: bool,
    /// Whether keep-alive queues reads.
    pub(crate) keeps_alive: bool,
}

impl PlannedLoad {
    pub(crate) async fn load(workspace: &OpenWorkspace) -> Result<Self, WireError> {
        let store = workspace.store()?;
        let runs_here = schedules::runs_here(&store, workspace.record().kind).await?;
        let mut schedules = if runs_here { survey(&store, workspace.now()).await? } else { Vec::new() };
        schedules.retain(|schedule| schedule.on);
        let mode = keep_alive::load(&store).await?.within(workspace.record().safe_mode);
        let keeps_alive = mode == KeepAliveMode::On;
        Ok(Self { schedules, runs_here, keeps_alive })
    }

    pub(crate) fn costs(&self) -> Vec<ScheduleCost> {
        self.schedules.iter().map(SurveyedSchedule::cost).collect()
    }

    /// The requests that start between now and `until`.
    pub(crate) async fn rest_of_day(
        &self,
        store: &Store,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Usage, WireError> {
        let zone = clock::zone();
        let mut rest = Usage::default();
        for schedule in &self.schedules {
            let requests =
                rest_of_day(&schedule.plan, &schedule.histories, schedule.decided, &zone, now, until);
            rest.add(Priority::Schedule, requests);
        }
        if self.keeps_alive {
            let (_, due) = store.due_idle_connections(until, 0).await?;
            rest.add(Priority::KeepAlive, due.into());
        }
        Ok(rest)
    }

    /// The connections that keep-alive must read because no schedule reads them in time.
    pub(crate) async fn idle(&self, store: &Store) -> Result<Vec<IdleClocks>, WireError> {
        if !self.keeps_alive {
            return Ok(Vec::new());
        }
        let mut idle = Vec::new();
        for (covering, keys) in self.by_covering_schedules(store).await? {
            let growing = self.companies(covering.iter().copied().filter(|at| self.costs()[*at].grows()));
            let all = self.companies(covering.iter().copied());
            let (connections, left) = (
                store.idle_connection_counts_excluding(&growing).await?,
                store.idle_connection_counts_excluding(&all).await?,
            );
            for (key, days) in keys {
                let connections = connections.get(&key).copied().unwrap_or(0);
                let left = left.get(&key).copied().unwrap_or(0);
                idle.push(IdleClocks { days, connections, chosen: connections.saturating_sub(left) });
            }
        }
        Ok(idle)
    }

    /// The integrations with an idle clock and a readable data type, with the days of the clock. The key is
    /// the indexes of the schedules that read them in time.
    async fn by_covering_schedules(
        &self,
        store: &Store,
    ) -> Result<BTreeMap<Vec<usize>, Vec<(String, u16)>>, WireError> {
        let clocks = store.clocks();
        let mut found = BTreeMap::<_, Vec<_>>::new();
        for integration in store.integrations().await? {
            let readable: Vec<_> = integration.readable().map(str::to_owned).collect();
            let Some(Clock::Idle(days)) = clocks.clock(&integration.key) else { continue };
            if cheapest_read(&readable).is_some() {
                let covering = self.schedules_reading_within(keep_alive_interval(days));
                found.entry(covering).or_default().push((integration.key.clone(), days));
            }
        }
        Ok(found)
    }

    /// The indexes of the schedules that read all data at least this often.
    fn schedules_reading_within(&self, every: SignedDuration) -> Vec<usize> {
        let costs = self.costs();
        let reads = |cost: &ScheduleCost| cost.reads_all() && cost.period().is_some_and(|it| it <= every);
        costs.iter().enumerate().filter(|(_, cost)| reads(cost)).map(|(at, _)| at).collect()
    }

    fn companies(&self, schedules: impl Iterator<Item = usize>) -> Vec<CompanyId> {
        let all: BTreeSet<_> = schedules.flat_map(|at| self.schedules[at].readable()).collect();
        all.into_iter().collect()
    }
}

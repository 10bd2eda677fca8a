//! Some days of schedules on stepped time, in a world in which nothing goes wrong: what they sent, and what the
//! planner said that they would.

use std::{collections::BTreeMap, path::Path};

use engine::{
    Config, Event, Outcome, RequestId, ScheduleCost,
    schedule::{Plan, Schedule, ScheduleId, Target},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use store::WantedCompanies;

use crate::{
    check,
    clock::Clock,
    line::Line,
    nobody::Nobody,
    scenario::Scenario,
    site::{Led, Site},
    trouble::Trouble,
    world::World,
};

/// So soon answers come.
const LATENCY: SignedDuration = SignedDuration::from_millis(200);
/// An engine that wants to be woken at once, again and again, is woken this often, as in the app.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(50);
/// Sweeps show so often what was read.
const SWEEP_SECS: i64 = 240;

/// What was said of some days, and what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Companies that the schedule reads.
    pub companies: u64,
    /// Requests for schedules, by the planner's figure for a day.
    pub said: u64,
    /// Requests for schedules that went over the line.
    pub sent: u64,
}

/// So many days of a schedule over all companies of a world with so many connections, with the app's files in
/// this folder.
///
/// # Errors
/// When it cannot go on.
pub fn planned(plan: &Plan, connections: u32, days: u32, folder: &Path) -> Result<Planned, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::System("the runtime", error))?;
    runtime.block_on(Box::pin(run(plan, connections, days, folder)))
}

async fn run(plan: &Plan, connections: u32, days: u32, folder: &Path) -> Result<Planned, Trouble> {
    let mut days_of = Days::new(connections, folder).await?;
    days_of.pass(SignedDuration::from_hours(1)).await?;
    let companies = days_of.schedule(plan).await?;
    let before = days_of.sent();
    days_of.pass(SignedDuration::from_hours(24 * i64::from(days))).await?;
    let a_day = ScheduleCost::of(plan, companies).requests_a_day();
    Ok(Planned { companies, said: a_day * u64::from(days), sent: days_of.sent() - before })
}

struct Days {
    clock: Clock,
    line: Line,
    site: Site,
    /// Answers, each at its time.
    due: BTreeMap<(Timestamp, u64), (RequestId, Outcome)>,
    order: u64,
    // It is what the line reaches.
    _world: World,
}

impl Days {
    async fn new(connections: u32, folder: &Path) -> Result<Self, Trouble> {
        let clock = Clock::at(Scenario::start());
        let world = World::new(connections, 7, &clock).await?;
        let line = Line::new(clock.clone());
        let config =
            Config { sweep_floor_secs: SWEEP_SECS, status_floor_secs: SWEEP_SECS, ..Config::default() };
        let site = Site::new(folder.to_owned(), config, clock.clone(), &line, &world, Nobody::default())?;
        let mut days = Self { clock, line, site, due: BTreeMap::new(), order: 0, _world: world };
        let led = days.site.start().await?;
        days.follow(led).await;
        Ok(days)
    }

    /// Keeps the schedule and tells the engine. How many companies it reads.
    async fn schedule(&mut self, plan: &Plan) -> Result<u64, Trouble> {
        let now = self.clock.now();
        let Some(store) = self.site.store() else { return Ok(0) };
        let id = store.put_schedule(None, "Planned", true, "{}", None).await?.unwrap_or_default();
        let search = match &plan.target {
            Target::Matching(search) => search.clone(),
            Target::Companies(_) => String::new(),
        };
        let standings =
            store.standings(id, WantedCompanies::Matching(&search), plan.data_type.as_deref(), now).await?;
        let readable = standings.iter().filter(|standing| standing.readable).count();
        let decided = Some(TimeZone::UTC.to_datetime(now));
        let name = "Planned".to_owned();
        let schedule = Schedule { id: ScheduleId(id), name, on: true, plan: plan.clone(), decided };
        self.give(Event::Schedules { here: true, zone: TimeZone::UTC, schedules: vec![schedule] }).await?;
        Ok(readable as u64)
    }

    async fn pass(&mut self, time: SignedDuration) -> Result<(), Trouble> {
        let end = self.clock.now() + time;
        loop {
            let wake = self.site.next_wake().map(|wake| wake.max(self.clock.now() + AT_ONCE));
            let answer = self.due.keys().next().map(|(at, _)| *at);
            let Some(at) = wake.into_iter().chain(answer).min().filter(|at| *at < end) else {
                self.clock.go_to(end);
                return Ok(());
            };
            self.clock.go_to(at);
            let is_answer = answer.is_some_and(|answer| answer <= at);
            let answer = if is_answer { self.due.pop_first() } else { None };
            let event = match answer {
                Some((_, (id, outcome))) => Event::Answer(id, outcome),
                None => Event::Due,
            };
            self.give(event).await?;
        }
    }

    async fn give(&mut self, event: Event) -> Result<(), Trouble> {
        let led = self.site.give(event).await?;
        self.follow(led).await;
        Ok(())
    }

    async fn follow(&mut self, led: Led) {
        for (id, call, class) in led.sent {
            self.line.is_for(check::name(class));
            let Some(outcome) = self.site.call(call).await else { continue };
            self.order += 1;
            self.due.insert((self.clock.now() + LATENCY, self.order), (id, outcome));
        }
    }

    /// Requests for schedules so far.
    fn sent(&self) -> u64 {
        self.line.traffic(|traffic| traffic.requests.get("schedule").copied().unwrap_or(0))
    }
}

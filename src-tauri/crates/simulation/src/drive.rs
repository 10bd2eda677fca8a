//! The driver: whatever is next, at its time, one thing after another.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use codat::{Failure, FailureKind};
use engine::{Act, ActId, Config, Event, Outcome, RequestId};
use jiff::{SignedDuration, Timestamp, civil};
use serde_json::Value;
use store::{ExpiryFilter, view::ClockKind};

use crate::{
    account::Account,
    check::{self, Companies, Endings, FORETOLD, Met, Told},
    clock::{Clock, after},
    dice::Dice,
    line::Line,
    nobody::Nobody,
    person::Person,
    report::{Report, SIMPLIFIED},
    scenario::Scenario,
    schedule,
    site::{Led, Site},
    trouble::Trouble,
    weather::{Blow, Weather},
    world::{World, connections_of, text},
};

/// One full sweep a day.
const A_DAY_SECS: i64 = 86_400;
/// And a status sweep every six hours.
const SIX_HOURS_SECS: i64 = 21_600;
/// Who gets no answer gives up after this.
const PATIENCE: Duration = Duration::from_secs(30);
/// An engine that wants to be woken at once, again and again, is woken this often, as in the app.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(50);
/// How long everything is left in peace in the end, so that what must be known can be known.
pub(crate) const IN_PEACE: SignedDuration = SignedDuration::from_hours(50);
/// How long the app takes at the most to look at everything.
const A_LOOK: SignedDuration = SignedDuration::from_mins(15);

/// Something that is to happen at a time.
enum Due {
    /// An answer comes, to the app as it was started that time.
    Answer { life: u64, id: RequestId, outcome: Outcome },
    /// Chance.
    Weather(Weather),
    /// A customer links a connection again.
    Relink(String),
    /// The person does something.
    Person,
    /// A week has passed.
    Week,
    /// The network is back.
    Mended,
    /// The app is started.
    Start,
    /// The app is killed, and started again then.
    Kill(Timestamp),
    /// The computer wakes.
    Wake,
}

/// One site in its world, and all that happens to it.
pub(crate) struct Drive {
    pub(crate) scenario: Scenario,
    pub(crate) clock: Clock,
    world: World,
    line: Line,
    desktop: Nobody,
    site: Site,
    person: Person,
    pub(crate) told: Told,
    /// What was another world's and told here.
    pub(crate) foreign_news: Vec<String>,
    endings: Endings,
    met: Met,
    /// The furthest that the clock on the wall went, wherever that wall was.
    furthest: civil::DateTime,
    /// Whether customers link again.
    customers: Dice,
    /// How long answers take.
    latency: Dice,
    chance: BTreeMap<Weather, Dice>,
    due: BTreeMap<(Timestamp, u64), Due>,
    order: u64,
    asleep: bool,
    /// The last wake, and whether anything else happened since.
    woken: Option<Timestamp>,
    steps: u64,
    starts: u64,
}

impl Drive {
    pub(crate) async fn new(scenario: Scenario, account: Account, folder: &Path) -> Result<Self, Trouble> {
        let clock = Clock::at(Scenario::start());
        let world = World::new(scenario.connections, scenario.seed, account.clone(), &clock).await?;
        let line = Line::new(clock.clone(), account.clone());
        let desktop = Nobody::default();
        let config = Config {
            seed: scenario.seed,
            sweep_floor_secs: A_DAY_SECS,
            status_floor_secs: SIX_HOURS_SECS,
            ..Config::default()
        };
        let client = account.client(line.to(world.transport()))?;
        let site = Site::new(folder.to_owned(), config, clock.clone(), client, desktop.clone());
        let dice = |kind: &Weather| (*kind, Dice::of(scenario.seed, &format!("{kind:?}")));
        Ok(Self {
            clock,
            world,
            line,
            desktop,
            site,
            person: Person::new(scenario.seed),
            told: Told::default(),
            foreign_news: Vec::new(),
            endings: Endings::default(),
            met: Met::default(),
            furthest: civil::DateTime::MIN,
            customers: Dice::of(scenario.seed, "customers"),
            latency: Dice::of(scenario.seed, "latency"),
            chance: Weather::all(scenario.is_rough).iter().map(dice).collect(),
            scenario,
            due: BTreeMap::new(),
            order: 0,
            asleep: false,
            woken: None,
            steps: 0,
            starts: 0,
        })
    }

    /// Starts the app, and lets chance begin.
    pub(crate) async fn begin(&mut self) -> Result<(), Trouble> {
        for kind in Weather::all(self.scenario.is_rough) {
            self.put_off(*kind);
        }
        let wait = self.person.wait();
        self.put(after(self.clock.now(), wait), Due::Person);
        self.put(self.clock.now() + FORETOLD, Due::Week);
        self.start().await
    }

    /// Does what is next; false when there is nothing more before `end`.
    pub(crate) async fn step(&mut self, end: Timestamp) -> Result<bool, Trouble> {
        let (wake, next) = (self.poll_timeout(), self.next_due());
        let is_wake = wake.is_some_and(|wake| next.is_none_or(|next| wake < next));
        let Some(at) = (if is_wake { wake } else { next }).filter(|at| *at < end) else {
            self.clock.go_to(end);
            return Ok(false);
        };
        self.clock.go_to(at);
        if is_wake {
            self.woken = Some(self.clock.now());
            self.give(Event::Timeout).await?;
        } else if let Some((_, due)) = self.due.pop_first() {
            self.woken = None;
            self.happen(due).await?;
        }
        Ok(true)
    }

    /// When there is something to do next.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.poll_timeout().into_iter().chain(self.next_due()).min()
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        let wake = self.site.poll_timeout().filter(|_| !self.asleep)?;
        Some(self.woken.map_or(wake, |woken| wake.max(woken + AT_ONCE)))
    }

    async fn happen(&mut self, due: Due) -> Result<(), Trouble> {
        let now = self.clock.now();
        match due {
            Due::Answer { life, id, outcome } => {
                if life == self.site.life() && self.site.is_running() {
                    self.give(Event::Answer(id, outcome)).await?;
                }
            }
            Due::Weather(kind) => {
                self.put_off(kind);
                let Some(dice) = self.chance.get_mut(&kind) else { return Ok(()) };
                let blow = kind.happen(&self.world, &self.line, dice, now).await?;
                self.suffer(blow).await?;
            }
            // What is linked again already, or has gone, is left alone.
            Due::Relink(target) => drop(self.world.try_ask("POST", &target, &Value::Null).await?),
            Due::Person => {
                let wait = self.person.wait();
                self.put(after(now, wait), Due::Person);
                if self.site.is_running() && !self.asleep {
                    self.act().await?;
                }
            }
            Due::Week => {
                self.put(now + FORETOLD, Due::Week);
                self.foretell().await?;
                self.link_again().await?;
                if let Some(store) = self.site.store() {
                    self.met.look(store, now).await?;
                }
            }
            Due::Mended => {
                self.line.set_dead(false);
                self.give(Event::NetworkChanged).await?;
            }
            Due::Start => {
                if !self.site.is_running() {
                    self.start().await?;
                }
            }
            Due::Kill(back) => self.end(false, back).await,
            Due::Wake => {
                self.asleep = false;
                self.give(Event::Resumed).await?;
            }
        }
        Ok(())
    }

    async fn suffer(&mut self, blow: Blow) -> Result<(), Trouble> {
        match blow {
            Blow::None => {}
            Blow::Dead(until) => {
                self.endings.away(self.clock.now(), until);
                self.put(until, Due::Mended);
            }
            Blow::Restart(in_good_order, back) => self.end(in_good_order, back).await,
            Blow::Sleep(until) => {
                if !self.asleep {
                    self.sleep(until);
                }
            }
            Blow::Travel(zone) => {
                self.look_at_wall();
                let led = self.site.travel(zone).await?;
                self.follow(led).await;
                self.look_at_wall();
            }
            Blow::Death(connection, again) => {
                self.endings.killed(connection);
                if let Some((at, target)) = again {
                    self.put(at, Due::Relink(target));
                }
            }
        }
        Ok(())
    }

    fn look_at_wall(&mut self) {
        self.furthest = self.furthest.max(self.site.wall());
    }

    /// The computer sleeps: answers that were on their way are lost with their connections.
    fn sleep(&mut self, until: Timestamp) {
        self.asleep = true;
        self.endings.away(self.clock.now(), until);
        let waiting = core::mem::take(&mut self.due);
        for ((at, order), due) in waiting {
            if let Due::Answer { life, id, .. } = due
                && at < until
            {
                let lost = Failure::without_answer(FailureKind::NoAnswer, "the connection was closed");
                self.due.insert((until, order), Due::Answer { life, id, outcome: Err(lost) });
            } else {
                self.due.insert((at, order), due);
            }
        }
        self.put(until, Due::Wake);
    }

    async fn act(&mut self) -> Result<(), Trouble> {
        let (id, act) = self.person.act(&self.world).await?;
        if self.scenario.is_rough && self.person.is_cut_short() {
            let now = self.clock.now();
            self.put(after(now, 40), Due::Kill(after(now, 60_000)));
        }
        self.give(Event::Act(id, act)).await
    }

    async fn start(&mut self) -> Result<(), Trouble> {
        self.starts += 1;
        let led = self.site.start().await?;
        self.follow(led).await;
        Ok(())
    }

    async fn end(&mut self, in_good_order: bool, back: Timestamp) {
        if self.site.is_running() && !self.asleep {
            self.site.end(in_good_order).await;
            self.person.left_alone();
            self.endings.away(self.clock.now(), back);
            self.put(back, Due::Start);
        }
    }

    pub(crate) async fn give(&mut self, event: Event) -> Result<(), Trouble> {
        self.steps += 1;
        let led = self.site.give(event).await?;
        self.follow(led).await;
        Ok(())
    }

    /// Takes down which consents the app says will end within a week.
    async fn foretell(&mut self) -> Result<(), Trouble> {
        let now = self.clock.now();
        let Some(store) = self.site.store().filter(|_| !self.asleep) else { return Ok(()) };
        let filter = ExpiryFilter {
            clock: Some(ClockKind::Consent),
            from: Some(now.as_millisecond()),
            until: Some((now + FORETOLD).as_millisecond()),
        };
        let rows = store.expiring(&filter, 0, u32::MAX).await?;
        self.endings.foretold(now, rows.iter().map(|row| row.connection.id.to_string()).collect());
        Ok(())
    }

    /// Of those whose access ended, some link again within the week.
    async fn link_again(&mut self) -> Result<(), Trouble> {
        let now = self.clock.now();
        let week = FORETOLD.as_millis().unsigned_abs();
        for company in self.world.list(Some("dataConnections.status%3DDeauthorized")).await? {
            for connection in connections_of(&company) {
                if text(connection, "status") == "Deauthorized" && self.customers.percent(40) {
                    let at = after(now, self.customers.below(u64::try_from(week).unwrap_or(1)));
                    let target = format!("/_sandbox/connections/{}/link", text(connection, "id"));
                    self.put(at, Due::Relink(target));
                }
            }
        }
        Ok(())
    }

    /// Sends what is to be sent; the answers come later.
    async fn follow(&mut self, led: Led) {
        for (id, result) in &led.settled {
            self.person.settled(*id, result);
        }
        self.told.take(self.desktop.take_shown());
        self.told.hear(&led.alerts);
        self.endings.told(&led.alerts);
        for (id, call, priority) in led.sent {
            self.line.is_for(check::name(priority));
            let Some(outcome) = self.site.call(call).await else { continue };
            let at = self.clock.now() + self.latency(&outcome);
            let life = self.site.life();
            self.put(at, Due::Answer { life, id, outcome });
        }
    }

    fn latency(&mut self, outcome: &Outcome) -> Duration {
        let usual = Duration::from_millis(self.latency.between(60, 900));
        let late = self.line.take_delay();
        match outcome {
            Err(failure) if failure.kind == FailureKind::NoAnswer => PATIENCE,
            Err(failure) if failure.kind == FailureKind::Unreachable => Duration::from_millis(5),
            _ => usual + late,
        }
    }

    fn put(&mut self, at: Timestamp, due: Due) {
        self.order += 1;
        self.due.insert((at, self.order), due);
    }

    fn put_off(&mut self, kind: Weather) {
        let Some(dice) = self.chance.get_mut(&kind) else { return };
        let wait = kind.wait(dice, self.scenario.connections);
        self.put(after(self.clock.now(), wait), Due::Weather(kind));
    }

    /// Ends all that goes wrong, and has the app running.
    pub(crate) async fn calm_down(&mut self) -> Result<(), Trouble> {
        self.due.retain(|_, due| matches!(due, Due::Answer { .. } | Due::Wake | Due::Start));
        self.world.ask("DELETE", "/_sandbox/faults", &Value::Null).await?;
        self.line.set_dead(false);
        self.asleep = false;
        if !self.site.is_running() {
            self.start().await?;
        }
        self.give(Event::NetworkChanged).await
    }

    /// The app looks at everything; how it was before that.
    pub(crate) async fn look_once_more(&mut self) -> Result<Companies, Trouble> {
        let before = check::companies(&self.world).await?;
        self.give(Event::Act(ActId(u64::MAX), Act::Sweep)).await?;
        let end = self.clock.now() + A_LOOK;
        while self.step(end).await? {}
        Ok(before)
    }

    /// Whether nothing more is under way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.due.is_empty()
            && self.poll_timeout().is_none_or(|wake| wake > self.clock.now() + SignedDuration::from_hours(1))
    }

    /// The identifiers of all companies and connections that its world has.
    pub(crate) async fn own(&self) -> Result<BTreeSet<String>, Trouble> {
        let companies = self.world.list(None).await?;
        let connections = companies.iter().flat_map(connections_of);
        Ok(connections.chain(&companies).map(|it| text(it, "id").to_owned()).collect())
    }

    pub(crate) async fn report(
        mut self,
        before: &Companies,
        statements: u64,
        took: Duration,
    ) -> Result<Report, Trouble> {
        let disagreements = match self.site.store() {
            Some(store) => check::disagreements(store, &self.world, before).await?,
            None => vec!["the app does not run".to_owned()],
        };
        self.look_at_wall();
        if let Some(store) = self.site.store() {
            self.met.look(store, Timestamp::MAX).await?;
        }
        self.met.passed(schedule::passed(self.furthest));
        let reads = self.line.traffic(|traffic| core::mem::take(&mut traffic.kept_alive));
        let saved = match self.site.store() {
            Some(store) => check::saved(store, &reads, self.clock.now()).await?,
            None => 0,
        };
        let (companies, met) = (self.world.list(None).await?, self.met);
        let double_acts = self.person.wrongly_made(&companies);
        let verdict = self.endings.judge(&companies, Scenario::start(), self.clock.now());
        let (transactions, told) = (self.site.transactions(), self.told);
        Ok(self.line.traffic(|traffic| Report {
            replay: self.scenario.command(),
            seed: self.scenario.seed,
            companies: self.world.companies(),
            scenario: self.scenario,
            steps: self.steps,
            requests: traffic.requests.clone(),
            answers: traffic.answers.clone(),
            unreachable: traffic.unreachable,
            bytes: traffic.bytes,
            transactions,
            statements,
            busiest_day: traffic.busiest,
            budget_breaches: core::mem::take(&mut traffic.breaches),
            double_queues: core::mem::take(&mut traffic.doubled),
            double_acts,
            foreign_requests: core::mem::take(&mut traffic.strangers),
            foreign_news: self.foreign_news,
            schedule_times: met.decided,
            schedule_times_met: met.in_time,
            schedule_times_late: met.late,
            schedule_times_missed: met.missed,
            schedule_reads: met.reads,
            schedule_reads_explained: met.not_read,
            schedules_unexplained: met.unexplained,
            consent_endings: verdict.consents,
            shortest_consent_warning_days: verdict.shortest,
            consents_unwarned: verdict.unwarned,
            consents_unwarned_while_away: verdict.excused,
            idle_reads: reads.values().map(|times| times.len() as u64).sum(),
            idle_deaths_saved: saved,
            idle_deaths_lost: verdict.lost,
            idle_deaths_while_away: verdict.lost_away,
            forecast_precision: verdict.precision,
            forecast_recall: verdict.recall,
            double_alerts: told.twice,
            acts_never_settled: self.person.waiting(),
            acts: self.person.outcomes,
            notifications: told.notifications,
            alerts: told.alerts.len() as u64,
            starts: self.starts,
            disagreements,
            digest: format!("{:016x}", traffic.digest()),
            wall_seconds: (took.as_secs_f64() * 1_000.0).round() / 1_000.0,
            simplified: SIMPLIFIED.to_vec(),
        }))
    }
}

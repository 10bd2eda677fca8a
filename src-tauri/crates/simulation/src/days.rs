//! Days on stepped time in a world in which nothing goes wrong by chance.

use std::{collections::BTreeMap, path::Path};

use codat::Transport;
use engine::{Config, Event, Outcome, RequestId};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check,
    clock::Clock,
    line::Line,
    nobody::Nobody,
    site::{Led, Site},
    trouble::Trouble,
    world::World,
};

/// So soon answers come.
const LATENCY: SignedDuration = SignedDuration::from_millis(200);
/// An engine that wants to be woken at once, again and again, is woken this often, as in the app.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(50);

/// A site whose days pass one after another.
pub(crate) struct Days {
    pub(crate) clock: Clock,
    pub(crate) site: Site,
    /// What the line reaches.
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests move it"))]
    pub(crate) world: World,
    line: Line,
    /// Answers, each at its time.
    due: BTreeMap<(Timestamp, u64), (RequestId, Outcome)>,
    order: u64,
}

impl Days {
    /// Starts the app in this folder. `way` is what lies between the line and the world.
    pub(crate) async fn begin(
        world: World,
        clock: Clock,
        config: Config,
        folder: &Path,
        way: impl FnOnce(Transport) -> Transport,
    ) -> Result<Self, Trouble> {
        let line = Line::new(clock.clone(), world.account().clone());
        let client = world.account().client(line.to(way(world.transport())))?;
        let site = Site::new(folder.to_owned(), config, clock.clone(), client, Nobody::default());
        let mut days = Self { clock, site, world, line, due: BTreeMap::new(), order: 0 };
        let led = days.site.start().await?;
        days.follow(led).await;
        Ok(days)
    }

    /// Does what is due in this time.
    pub(crate) async fn pass(&mut self, time: SignedDuration) -> Result<(), Trouble> {
        let end = self.clock.now() + time;
        loop {
            let wake = self.site.poll_timeout().map(|wake| wake.max(self.clock.now() + AT_ONCE));
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
                None => Event::Timeout,
            };
            self.give(event).await?;
        }
    }

    pub(crate) async fn give(&mut self, event: Event) -> Result<(), Trouble> {
        let led = self.site.give(event).await?;
        self.follow(led).await;
        Ok(())
    }

    async fn follow(&mut self, led: Led) {
        for (id, call, priority) in led.sent {
            self.line.is_for(check::name(priority));
            let Some(outcome) = self.site.call(call).await else { continue };
            self.order += 1;
            self.due.insert((self.clock.now() + LATENCY, self.order), (id, outcome));
        }
    }

    /// Requests so far that were for this.
    pub(crate) fn sent(&self, cause: &str) -> u64 {
        self.line.traffic(|traffic| traffic.requests.get(cause).copied().unwrap_or(0))
    }
}

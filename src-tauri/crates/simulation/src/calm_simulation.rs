//! A simulation without random disturbances.

use std::{collections::BTreeMap, path::Path};

use codat::Transport;
use engine::{Config, Event, Outcome, RequestId};
use jiff::{SignedDuration, Timestamp};

use crate::{
    app_instance::{AppInstance, StepOutput},
    check,
    clock::Clock,
    error::SimulationError,
    headless_desktop::HeadlessDesktop,
    network::Network,
    world::World,
};

/// The time until an answer arrives.
const LATENCY: SignedDuration = SignedDuration::from_millis(200);
/// The minimum time between two wakes, as in the app.
const MIN_WAKE_DELAY: SignedDuration = SignedDuration::from_millis(50);

pub(crate) struct CalmSimulation {
    pub(crate) clock: Clock,
    pub(crate) instance: AppInstance,
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests move it"))]
    pub(crate) world: World,
    network: Network,
    /// Answers by the time of their arrival.
    due: BTreeMap<(Timestamp, u64), (RequestId, Outcome)>,
    order: u64,
}

impl CalmSimulation {
    /// Starts the app in this folder. `wrap` may wrap the transport between network and world.
    pub(crate) async fn start(
        world: World,
        clock: Clock,
        config: Config,
        folder: &Path,
        wrap: impl FnOnce(Transport) -> Transport,
    ) -> Result<Self, SimulationError> {
        let network = Network::new(clock.clone(), world.account().clone());
        let client = world.account().client(network.to(wrap(world.transport())))?;
        let instance =
            AppInstance::new(folder.to_owned(), config, clock.clone(), client, HeadlessDesktop::default());
        let mut simulation = Self { clock, instance, world, network, due: BTreeMap::new(), order: 0 };
        let output = simulation.instance.start().await?;
        simulation.process_output(output).await;
        Ok(simulation)
    }

    /// Handles everything that is due in this time.
    pub(crate) async fn advance(&mut self, time: SignedDuration) -> Result<(), SimulationError> {
        let end = self.clock.now() + time;
        loop {
            let wake = self.instance.poll_timeout().map(|wake| wake.max(self.clock.now() + MIN_WAKE_DELAY));
            let answer = self.due.keys().next().map(|(at, _)| *at);
            let Some(at) = wake.into_iter().chain(answer).min().filter(|at| *at < end) else {
                self.clock.advance_to(end);
                return Ok(());
            };
            self.clock.advance_to(at);
            let is_answer = answer.is_some_and(|answer| answer <= at);
            let answer = if is_answer { self.due.pop_first() } else { None };
            let event = match answer {
                Some((_, (id, outcome))) => Event::Answer(id, outcome),
                None => Event::Timeout,
            };
            self.handle(event).await?;
        }
    }

    pub(crate) async fn handle(&mut self, event: Event) -> Result<(), SimulationError> {
        let output = self.instance.handle(event).await?;
        self.process_output(output).await;
        Ok(())
    }

    async fn process_output(&mut self, output: StepOutput) {
        for (id, call, priority) in output.sent {
            self.network.set_cause(check::name(priority));
            let Some(outcome) = self.instance.call(call).await else { continue };
            self.order += 1;
            self.due.insert((self.clock.now() + LATENCY, self.order), (id, outcome));
        }
    }

    /// The requests so far for this cause.
    pub(crate) fn sent(&self, cause: &str) -> u64 {
        self.network.traffic(|traffic| traffic.requests.get(cause).copied().unwrap_or(0))
    }
}

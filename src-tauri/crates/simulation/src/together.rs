//! Runs one simulation, or several on one time line, and creates the reports.

use std::{collections::BTreeSet, path::Path, time::Instant};

use engine::{Act, ActId, Event};
use jiff::{SignedDuration, Timestamp};

use crate::{
    account::Account,
    driver::{SETTLE_TIME, Simulation},
    error::SimulationError,
    report::Report,
    scenario::Scenario,
    sql_statements,
};

/// Simulates, with the app's files in this folder.
///
/// # Errors
/// When the simulation cannot continue. Violated invariants are in the report.
pub async fn run(scenario: &Scenario, folder: &Path) -> Result<Report, SimulationError> {
    let simulation = Simulation::new(scenario.clone(), Account::FIRST, folder).await?;
    let mut reports = simulate(vec![simulation]).await?;
    reports.pop().ok_or_else(|| SimulationError::Wrong("nothing was simulated".to_owned()))
}

/// The same with its own runtime.
///
/// # Errors
/// As [`run`].
pub fn run_alone(scenario: &Scenario, folder: &Path) -> Result<Report, SimulationError> {
    block_on_new_runtime(run(scenario, folder))
}

/// Simulates several workspaces in one process, each with its own sandbox, address and key, in order of their
/// events.
///
/// # Errors
/// As [`run`].
pub fn run_together(scenarios: &[Scenario], folder: &Path) -> Result<Vec<Report>, SimulationError> {
    block_on_new_runtime(async {
        let mut simulations = Vec::new();
        for (number, scenario) in (0_u16..).zip(scenarios) {
            let folder = folder.join(number.to_string());
            std::fs::create_dir(&folder).map_err(|error| SimulationError::System("a folder", error))?;
            simulations.push(Simulation::new(scenario.clone(), Account::numbered(number), &folder).await?);
        }
        simulate(simulations).await
    })
}

fn block_on_new_runtime<T>(
    run: impl Future<Output = Result<T, SimulationError>>,
) -> Result<T, SimulationError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| SimulationError::System("the runtime", error))?;
    runtime.block_on(Box::pin(run))
}

async fn simulate(mut simulations: Vec<Simulation>) -> Result<Vec<Report>, SimulationError> {
    let begun = Instant::now();
    let statements = sql_statements::count();
    for simulation in &mut simulations {
        simulation.begin().await?;
    }
    let first = if simulations.len() > 1 { all_ids(&simulations).await? } else { Vec::new() };
    let end = |simulation: &Simulation| {
        Scenario::start() + SignedDuration::from_hours(24 * i64::from(simulation.scenario.days))
    };
    interleave(&mut simulations, end, |_| false).await?;
    for simulation in &mut simulations {
        simulation.end_disturbances().await?;
    }
    // Once for work in progress, and once more for its results.
    for _ in 0..2 {
        for simulation in &mut simulations {
            simulation.handle(Event::Act(ActId(u64::MAX), Act::Sweep)).await?;
        }
        interleave(&mut simulations, |simulation| simulation.clock.now() + SETTLE_TIME, Simulation::is_idle)
            .await?;
        for simulation in &simulations {
            simulation.clock.advance_to(simulation.clock.now() + SignedDuration::from_hours(1));
        }
    }
    if simulations.len() > 1 {
        let last = all_ids(&simulations).await?;
        for (number, simulation) in simulations.iter_mut().enumerate() {
            let others = first.iter().chain(&last).filter(|(of, _)| *of != number);
            let foreign = others.flat_map(|(_, own)| own.intersection(&simulation.shown_alerts.about));
            simulation.foreign_news = foreign.cloned().collect();
        }
    }
    let mut reports = Vec::new();
    for mut simulation in simulations {
        let before = simulation.final_sweep().await?;
        reports
            .push(simulation.report(&before, sql_statements::count() - statements, begun.elapsed()).await?);
    }
    Ok(reports)
}

/// Handles the next event of all workspaces, until each has reached its `end` or `is_over`.
async fn interleave(
    simulations: &mut [Simulation],
    end: impl Fn(&Simulation) -> Timestamp,
    is_over: impl Fn(&Simulation) -> bool,
) -> Result<(), SimulationError> {
    let mut open: Vec<&mut Simulation> = simulations.iter_mut().collect();
    while let Some(first) = (0..open.len()).min_by_key(|number| open.get(*number).map(|it| it.next())) {
        let Some(simulation) = open.get_mut(first) else { break };
        let until = end(simulation);
        if !simulation.step(until).await? || is_over(simulation) {
            open.remove(first);
        }
    }
    Ok(())
}

/// The IDs of each world, by the index of its simulation.
async fn all_ids(simulations: &[Simulation]) -> Result<Vec<(usize, BTreeSet<String>)>, SimulationError> {
    let mut all = Vec::new();
    for (number, simulation) in simulations.iter().enumerate() {
        all.push((number, simulation.ids().await?));
    }
    Ok(all)
}

//! Simulations from their beginning to their report, one alone or several on one time line.

use std::{collections::BTreeSet, path::Path, time::Instant};

use engine::{Act, ActId, Event};
use jiff::{SignedDuration, Timestamp};

use crate::{
    account::Account,
    counted,
    drive::{Drive, IN_PEACE},
    report::Report,
    scenario::Scenario,
    trouble::Trouble,
};

/// Simulates, with the app's files in this folder.
///
/// # Errors
/// When it cannot go on; what it finds is in the report.
pub async fn run(scenario: &Scenario, folder: &Path) -> Result<Report, Trouble> {
    let drive = Drive::new(scenario.clone(), Account::FIRST, folder).await?;
    let mut reports = simulate(vec![drive]).await?;
    reports.pop().ok_or_else(|| Trouble::Wrong("nothing was simulated".to_owned()))
}

/// The same, on a runtime of its own: for programs and tests that have none.
///
/// # Errors
/// As [`run`].
pub fn run_alone(scenario: &Scenario, folder: &Path) -> Result<Report, Trouble> {
    on_a_runtime(run(scenario, folder))
}

/// Simulates several workspaces in one process, each with its own sandbox, address and key, in the order of their
/// events.
///
/// # Errors
/// As [`run`].
pub fn run_together(scenarios: &[Scenario], folder: &Path) -> Result<Vec<Report>, Trouble> {
    on_a_runtime(async {
        let mut drives = Vec::new();
        for (number, scenario) in (0_u16..).zip(scenarios) {
            let folder = folder.join(number.to_string());
            std::fs::create_dir(&folder).map_err(|error| Trouble::System("a folder", error))?;
            drives.push(Drive::new(scenario.clone(), Account::numbered(number), &folder).await?);
        }
        simulate(drives).await
    })
}

fn on_a_runtime<T>(run: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::System("the runtime", error))?;
    runtime.block_on(Box::pin(run))
}

async fn simulate(mut drives: Vec<Drive>) -> Result<Vec<Report>, Trouble> {
    let begun = Instant::now();
    let statements = counted::statements();
    for drive in &mut drives {
        drive.begin().await?;
    }
    let first = if drives.len() > 1 { all_own(&drives).await? } else { Vec::new() };
    let end =
        |drive: &Drive| Scenario::start() + SignedDuration::from_hours(24 * i64::from(drive.scenario.days));
    interleave(&mut drives, end, |_| false).await?;
    for drive in &mut drives {
        drive.calm_down().await?;
    }
    // Once for what was under way, and once more for what came of it.
    for _ in 0..2 {
        for drive in &mut drives {
            drive.give(Event::Act(ActId(u64::MAX), Act::Sweep)).await?;
        }
        interleave(&mut drives, |drive| drive.clock.now() + IN_PEACE, Drive::is_quiet).await?;
        for drive in &drives {
            drive.clock.go_to(drive.clock.now() + SignedDuration::from_hours(1));
        }
    }
    if drives.len() > 1 {
        let last = all_own(&drives).await?;
        for (number, drive) in drives.iter_mut().enumerate() {
            let others = first.iter().chain(&last).filter(|(of, _)| *of != number);
            let foreign = others.flat_map(|(_, own)| own.intersection(&drive.told.about));
            drive.foreign_news = foreign.cloned().collect();
        }
    }
    let mut reports = Vec::new();
    for mut drive in drives {
        let before = drive.look_once_more().await?;
        reports.push(drive.report(&before, counted::statements() - statements, begun.elapsed()).await?);
    }
    Ok(reports)
}

/// Carries out the next event of all workspaces, again and again, until each has reached its `end` or `is_over`.
async fn interleave(
    drives: &mut [Drive],
    end: impl Fn(&Drive) -> Timestamp,
    is_over: impl Fn(&Drive) -> bool,
) -> Result<(), Trouble> {
    let mut open: Vec<&mut Drive> = drives.iter_mut().collect();
    while let Some(first) = (0..open.len()).min_by_key(|number| open.get(*number).map(|it| it.next())) {
        let Some(drive) = open.get_mut(first) else { break };
        let until = end(drive);
        if !drive.step(until).await? || is_over(drive) {
            open.remove(first);
        }
    }
    Ok(())
}

/// The identifiers of each world, by the number of its drive.
async fn all_own(drives: &[Drive]) -> Result<Vec<(usize, BTreeSet<String>)>, Trouble> {
    let mut all = Vec::new();
    for (number, drive) in drives.iter().enumerate() {
        all.push((number, drive.own().await?));
    }
    Ok(all)
}

//! Months in which everything goes wrong that can: whatever the seed, nothing is asked beyond the budget,
//! queued, made or told twice, and in the end the app knows the world as it is.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use simulation::{Report, Scenario};

fn simulate(scenario: &Scenario) -> Report {
    let folder = tempfile::tempdir().unwrap();
    simulation::run_alone(scenario, folder.path()).unwrap()
}

#[track_caller]
fn expect_well(report: &Report) {
    assert_eq!(report.faults(), Vec::<String>::new(), "see it again: {}", report.replay);
}

fn rough(seed: u64) -> Scenario {
    Scenario { connections: 40, days: 40, seed, is_rough: true }
}

#[test]
fn a_rough_month_leaves_everything_as_it_must_be() {
    let mut without_answer = 0;
    for seed in [1, 2, 3] {
        let report = simulate(&rough(seed));
        expect_well(&report);
        without_answer += report.unreachable + report.answers.get(&0).copied().unwrap_or(0);
        assert!(report.starts > 3, "the app was ended and started: {}", report.starts);
        assert!(report.answers.contains_key(&429), "the server asked for quiet: {:?}", report.answers);
        assert!(report.schedule_times >= 5, "a time each week, or two in one: {}", report.schedule_times);
        assert!(report.acts.get("done").is_some_and(|done| *done > 50), "{:?}", report.acts);
    }
    assert!(without_answer > 30, "the network failed, and answers were lost: {without_answer}");
}

#[test]
fn the_same_seed_is_the_same_run_and_another_is_not() {
    let (first, again, other) = (simulate(&rough(4)), simulate(&rough(4)), simulate(&rough(5)));
    assert_eq!(first.digest, again.digest, "the same requests at the same times with the same answers");
    assert_eq!((first.steps, first.transactions), (again.steps, again.transactions));
    assert_eq!((first.alerts, first.acts), (again.alerts, again.acts));
    assert_ne!(first.digest, other.digest, "another seed, another run");
}

//! Two workspaces at once: whatever happens to one, the other is as it would be alone.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use simulation::{Report, Scenario};

fn scenario(connections: u32, seed: u64) -> Scenario {
    Scenario { connections, days: 20, seed, is_rough: true }
}

fn alone(scenario: &Scenario) -> Report {
    let folder = tempfile::tempdir().unwrap();
    simulation::run_alone(scenario, folder.path()).unwrap()
}

#[test]
fn two_workspaces_at_once_share_no_quota_no_name_and_no_news() {
    let scenarios = [scenario(20, 11), scenario(12, 12)];
    let folder = tempfile::tempdir().unwrap();
    let together = simulation::run_together(&scenarios, folder.path()).unwrap();
    for (scenario, report) in scenarios.iter().zip(&together) {
        assert_eq!(report.faults(), Vec::<String>::new(), "of seed {}", scenario.seed);
        assert!(report.alerts > 0 && report.starts > 1, "something happened: {report:?}");
        let alone = alone(scenario);
        assert_eq!(report.digest, alone.digest, "the same requests at the same times with the same answers");
        assert_eq!((report.alerts, &report.acts), (alone.alerts, &alone.acts));
        assert_eq!(report.busiest_day, alone.busiest_day);
    }
    assert_ne!(together[0].digest, together[1].digest);
}

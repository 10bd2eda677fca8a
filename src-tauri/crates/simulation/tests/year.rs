//! A year with 300 connections, over HTTP bytes and SQLite: what it costs does not depend on the machine, so
//! it has limits. Alone in its file, because statements are counted for the whole process.

use simulation::Scenario;

#[test]
fn a_year_keeps_its_limits() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Scenario { connections: 300, days: 365, seed: 7, is_rough: false };
    let report = simulation::run_alone(&scenario, folder.path()).unwrap();
    assert_eq!(report.faults(), Vec::<String>::new(), "see it again: {}", report.replay);
    let requests: u64 = report.requests.values().sum();
    let sweeps = report.requests.get("sweep").copied().unwrap_or(0);
    assert!((365..=800).contains(&sweeps), "a sweep a day, and what the person asked for: {sweeps}");
    assert!(requests <= 6_000, "{requests} requests: {:?}", report.requests);
    assert!(report.transactions <= 6_000, "{} transactions", report.transactions);
    assert!((10_000..=20_000).contains(&report.statements), "{} statements", report.statements);
}

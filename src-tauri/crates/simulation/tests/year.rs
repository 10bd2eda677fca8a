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
    assert!(report.idle_reads > 300, "idle clocks are kept from ending: {}", report.idle_reads);
    assert!((250..=report.idle_reads).contains(&report.idle_deaths_saved), "{}", report.idle_deaths_saved);
    assert!(report.forecast_precision.is_some_and(|part| part > 0.9), "{:?}", report.forecast_precision);
    assert!(report.forecast_recall.is_some_and(|part| part > 0.7), "{:?}", report.forecast_recall);
    assert_eq!((report.schedule_times, report.schedule_times_met), (52, 52), "a time each week");
    assert!(report.shortest_consent_warning_days.is_some_and(|days| days >= 14.0), "warned of in time");
    assert!((1_250..=1_460).contains(&sweeps), "one of all a day and status sweeps every 6 hours: {sweeps}");
    assert!(requests <= 11_500, "{requests} requests: {:?}", report.requests);
    assert!(report.transactions <= 25_000, "{} transactions", report.transactions);
    assert!((10_000..=93_000).contains(&report.statements), "{} statements", report.statements);
}

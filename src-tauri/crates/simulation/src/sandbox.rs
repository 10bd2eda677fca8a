//! The sandbox: 100,000 companies, and a year of 1,000.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{BenchError, Figure, client::Client, figure::Limit, load, program::Program, say};

const LIST: &str = "/companies?pageSize=100";
const CLIENTS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(1);
const TIME: Duration = Duration::from_secs(8);
/// The median of this many starts counts.
const STARTS: usize = 3;
/// The data types that are read every day.
const TYPES: [&str; 3] = ["invoices", "bills", "bankTransactions"];
const DAYS: u32 = 365;

/// A file with 100,000 companies: the time to the first response, the request rate, and the memory.
pub(crate) fn large(program: &Path) -> Result<Vec<Figure>, BenchError> {
    say("sandbox: a file with 100,000 companies");
    let folder = tempfile::tempdir().map_err(|error| BenchError::System("a folder", error))?;
    let file = folder.path().join("sandbox.db");
    let file = file.to_str().ok_or_else(|| BenchError::Wrong("the folder has no name".to_owned()))?;
    let made = Program::start(program, &["--companies", "100000", "--db", file])?;
    check(&Client::connect(made.address())?.json("GET", LIST, "")?)?;
    made.stop()?;

    say("sandbox: starts from it");
    let mut starts = vec![];
    for _ in 1..STARTS {
        let (started, took) = start(program, file)?;
        starts.push(took);
        started.stop()?;
    }
    let (running, took) = start(program, file)?;
    starts.push(took);
    starts.sort_unstable();
    let start = starts.get(STARTS / 2).copied().unwrap_or(took);

    say("sandbox: 16 clients list companies");
    let load = load::put(running.address(), LIST, CLIENTS, WARM_UP, TIME)?;
    let memory = running.proportional_memory();
    running.stop()?;

    let against = |name, value, unit, against| Figure { name, value, unit, against };
    let mut figures = vec![
        against("sandbox_list_rps", load.rate, "1/s", Limit::AtLeast(3_000.0)),
        against("sandbox_list_p99_ms", load.slowest, "ms", Limit::AtMost(20.0)),
        against("sandbox_start_100k_ms", start.as_secs_f64() * 1_000.0, "ms", Limit::AtMost(5_000.0)),
    ];
    // Only Linux reports the proportional set size.
    figures.extend(memory.map(|it| against("sandbox_pss_100k_mb", it, "MB", Limit::AtMost(300.0))));
    Ok(figures)
}

/// The time from the start to the first response.
fn start(program: &Path, file: &str) -> Result<(Program, Duration), BenchError> {
    let begun = Instant::now();
    let running = Program::start(program, &["--db", file])?;
    let page = Client::connect(running.address())?.json("GET", LIST, "")?;
    let took = begun.elapsed();
    check(&page)?;
    Ok((running, took))
}

fn check(page: &Value) -> Result<(), BenchError> {
    let on_it = page.get("results").and_then(Value::as_array).map(Vec::len);
    let total = page.get("totalResults").and_then(Value::as_u64);
    if (on_it, total) == (Some(100), Some(100_000)) {
        return Ok(());
    }
    Err(BenchError::Wrong(format!("the list has {on_it:?} of {total:?} companies")))
}

/// 1,000 companies whose data is read daily for a year. Each day all companies and all events are listed.
pub(crate) fn year(program: &Path) -> Result<Figure, BenchError> {
    say("sandbox: a year of 1,000 companies");
    let running = Program::start(program, &["--companies", "1000", "--time-scale", "0"])?;
    let mut client = Client::connect(running.address())?;
    schedule(&mut client)?;
    let begun = Instant::now();
    let mut reads = 0;
    for day in 0..DAYS {
        client.ask("POST", "/_sandbox/clock", r#"{"advance":"1d"}"#)?;
        let companies = client.total("/companies?pageSize=1000")?;
        let count = client.total("/_sandbox/happenings?pageSize=5000")?;
        if companies != 1_000 || (day > 1 && count < 300) {
            return Err(BenchError::Wrong(format!("day {day}: {companies} companies, {count} reads")));
        }
        reads += count;
    }
    let took = begun.elapsed();
    say(&format!("sandbox: {reads} reads happened in {:.1} s", took.as_secs_f64()));
    running.stop()?;
    let value = took.as_secs_f64();
    Ok(Figure { name: "sandbox_year_1000_s", value, unit: "s", against: Limit::AtMost(30.0) })
}

fn schedule(client: &mut Client) -> Result<(), BenchError> {
    let now = client.json("GET", "/profile/syncSettings", "")?;
    let daily = |data_type: &&str| json!({ "dataType": data_type, "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 0 });
    let settings: Vec<Value> = TYPES.iter().map(daily).collect();
    let id = now.get("clientId").cloned().unwrap_or_default();
    let body = json!({ "clientId": id, "settings": settings, "overridesDefaults": true });
    client.ask("POST", "/profile/syncSettings", &body.to_string()).map(drop)
}

//! `portal-sandbox`: the emulator as a program of its own.

use std::{
    io::{self, Write as _},
    net::IpAddr,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::Parser;
use jiff::Timestamp;
use sandbox::{Limits, Options, Plan, Sandbox, TimeScale};

/// An emulator of Codat's API on this computer.
///
/// It listens on 127.0.0.1 unless --listen says otherwise, and speaks HTTP: the whole Platform API and its data, with
/// the query language, paging, errors and headers of the real API. Point a client at the address that it prints, with the
/// key that it prints. Link URLs, and /invite for new customers, open in a browser. The page at / shows companies,
/// live reads, webhooks and the last requests, and controls everything below. See docs/sandbox.md for more.
///
/// These requests control the sandbox; they need the key:
///
///   GET, POST /_sandbox/clock               the sandbox's time; {"advance": "95d"} or {"to": "2027-01-01T00:00:00Z"}
///   GET /_sandbox/happenings?from=&to=      what happened, in order
///   GET, PUT /_sandbox/snapshot             the whole state as one document
///   GET, POST, DELETE /_sandbox/faults      faults: {"route": "/companies", "status": 429, "retryAfter": 30, "times": 3};
///                                           {"outage": "gbol"} starts an outage of a platform
///   POST /_sandbox/connections/{id}/ACT     link, deauthorize, revoke, unlink, error
///   POST /_sandbox/companies/{id}/vanish    deletes a company silently, as if deleted elsewhere
///   GET, PUT /_sandbox/link                 how Link behaves
///   GET, POST, DELETE /_sandbox/webhooks    consumers and their messages; /{id}/replay sends one again
///   GET /_sandbox/reads                     the reads in progress
///   GET, DELETE /_sandbox/requests          the last requests, with their bodies
#[derive(Debug, Parser)]
#[command(name = "portal-sandbox", version, verbatim_doc_comment)]
struct Arguments {
    /// The port to listen on; 0 chooses a free one and prints it.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The address to listen on. With 0.0.0.0, other computers and containers can connect; they need --host-name.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// A name under which clients reach the sandbox, such as `sandbox` or `localhost:9000`. The first one is in Link
    /// URLs. Can be repeated.
    #[arg(long = "host-name", value_name = "NAME")]
    host_names: Vec<String>,
    /// The API key to accept. Clients send `Authorization: Basic`, then the key in Base64.
    #[arg(long, env = "PORTAL_SANDBOX_API_KEY", default_value = "sandbox", hide_env_values = true)]
    api_key: String,
    /// How many companies a new world starts with: the hand-made ones first, then generated ones. By default only
    /// the hand-made ones.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    companies: Option<u32>,
    /// The seed of a new world's identifiers, names and times.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The file to store the state in; created if it doesn't exist. An existing file keeps its world and ignores
    /// --companies and --seed. By default the state is lost when the sandbox stops.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The time at which the sandbox's clock starts, such as 2026-11-23T09:00:00Z; by default now. If the file's
    /// clock is later, that time counts.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    now: Option<Timestamp>,
    /// How fast the sandbox's clock runs: 1 is real time, 3600 an hour a second, 0 stands still until
    /// POST /_sandbox/clock moves it.
    #[arg(long, value_name = "X", default_value = "1")]
    time_scale: TimeScale,
    /// The client's plan. The free plan rejects the 51st company and hourly schedules with 402.
    #[arg(long, value_name = "free|paid", default_value = "paid", value_parser = plan)]
    plan: Plan,
    /// The rate limits: real (1,000 requests a day and 1,000 more for each linked company, 1,000 a minute, 10
    /// at a time for each linked company), off, or numbers such as day=5000,minute=60,concurrent=4. Missing numbers
    /// are as in real; form=date writes Retry-After as a date. The sandbox's clock counts.
    #[arg(long, value_name = "real|off|FIGURES", default_value = "real")]
    limits: Limits,
    /// Deliver webhooks to any host over http://, not only to consumers on this computer.
    #[arg(long)]
    webhooks_anywhere: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(io::stderr)
        .init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where not even this can be written, the exit code says it.
            let _ = writeln!(io::stderr().lock(), "portal-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let options = Options {
        listen: arguments.listen,
        port: arguments.port,
        host_names: arguments.host_names,
        api_key: arguments.api_key,
        companies: arguments.companies,
        seed: arguments.seed,
        db: arguments.db,
        now: arguments.now,
        time_scale: arguments.time_scale,
        plan: arguments.plan,
        limits: arguments.limits,
        webhooks_anywhere: arguments.webhooks_anywhere,
    };
    let sandbox = Sandbox::start(options, Arc::new(wall_clock)).await?;
    greet(&sandbox)?;
    interrupted().await?;
    sandbox.stop().await;
    Ok(())
}

fn greet(sandbox: &Sandbox) -> io::Result<()> {
    let (base, key) = (sandbox.base_url(), sandbox.api_key());
    let mut out = io::stdout().lock();
    writeln!(out, "address  {base}")?;
    writeln!(out, "key      {key}")?;
    writeln!(out, "invite   {}", sandbox.invite_url())?;
    // The key is in the fragment, which a browser keeps to itself.
    let fragment = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
    writeln!(out, "page     {base}/#key={fragment}")?;
    writeln!(out)?;
    let quoted = key.replace('\'', r"'\''");
    writeln!(
        out,
        "curl -H \"Authorization: Basic $(printf %s '{quoted}' | base64 -w0)\" '{base}/companies?pageSize=5'"
    )?;
    writeln!(out)?;
    writeln!(out, "Press Ctrl+C to stop.")?;
    out.flush()
}

async fn interrupted() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

#[expect(clippy::disallowed_methods, reason = "the program is a host: this is where its time comes in")]
fn wall_clock() -> Timestamp {
    Timestamp::now()
}

fn plan(text: &str) -> Result<Plan, String> {
    match text {
        "free" => Ok(Plan::Free),
        "paid" => Ok(Plan::Paid),
        _ => Err("choose free or paid".to_owned()),
    }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    codat::datetime::parse(text).map_err(|error| error.to_string())
}

//! `webhost`: Portal Desktop in a browser page on this computer.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use app::{App, Folders, Limits, Options};
use clap::Parser;
use tokio_util::sync::CancellationToken;
use webhost::{BrowserDesktop, Commands, Pages, Server, Token};

/// Serves Portal Desktop to a browser on this machine. Prints the address to open, which contains a token. Requests
/// without the token are rejected.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port on 127.0.0.1; 0 chooses a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Store all data in this folder instead of the platform's.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Serve the interface from this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    ui: Option<PathBuf>,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
    /// How many companies a new sandbox has; by default about 60 that show every case.
    #[arg(long, value_name = "N")]
    companies: Option<u32>,
    /// The limits of the built-in sandbox: real, off, or numbers such as day=5000,minute=60,form=date.
    #[arg(long, value_name = "LIMITS")]
    limits: Option<Limits>,
    /// The address of Codat's API, for tests.
    #[arg(long, value_name = "URL", hide = true)]
    codat_base: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a terminal there is no one to inform.
            let _ = writeln!(std::io::stderr(), "webhost: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let folders = match &arguments.data_dir {
        Some(dir) => Folders::under(dir),
        None => Folders::platform()?,
    };
    folders.prepare()?;
    let _log = app::start_log(&folders.log());
    app::report_panics_to(&folders.panics());
    let shutdown = CancellationToken::new();
    let server = Server::bind(arguments.port, Token::random()?).await?;
    let desktop = Arc::new(BrowserDesktop::new(shutdown.clone()));
    let options = Options {
        sandbox_companies: arguments.companies,
        sandbox_limits: arguments.limits,
        codat_base: arguments.codat_base,
        ..Options::default()
    };
    let app = App::start(folders, desktop, options).await?;
    tokio::spawn(cancel_on_signal(shutdown.clone()));

    let address = server.address();
    writeln!(std::io::stdout(), "Portal Desktop: {address}")?;
    if arguments.open {
        open(&address);
    }
    let pages = arguments.ui.map_or(Pages::BuiltIn, Pages::Folder);
    let commands: Arc<dyn Commands> = app.clone();
    let served = server.serve(commands, pages, shutdown).await;
    app.stop().await;
    Ok(served?)
}

/// Cancels the token on Ctrl+C or SIGTERM.
async fn cancel_on_signal(shutdown: CancellationToken) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    drop(tokio::signal::ctrl_c().await);
    shutdown.cancel();
}

fn open(address: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let mut command = Command::new(program);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        tracing::warn!(%error, "no browser could be opened");
    }
}

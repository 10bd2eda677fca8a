//! `portal-bench`: measures the core and, if possible, the window; prints a table and writes the figures to a
//! file. `cargo xtask bench` builds what it measures and starts it.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program for the terminal speaks on standard output")]

mod client;
mod figure;
mod load;
mod program;
mod record_grid;
mod run_start;
mod sandbox;
mod simulated_year;
mod window;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use figure::Figure;

/// Measures the core and the window against their limits.
#[derive(Debug, Parser)]
struct Arguments {
    /// The file to write the figures to: a list of {name, value, unit, against, ratio}.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The portal-sandbox to measure.
    #[arg(long, value_name = "PROGRAM")]
    sandbox: PathBuf,
    /// The app whose window to measure; by default none.
    #[arg(long, value_name = "PROGRAM", requires = "driver")]
    app: Option<PathBuf>,
    /// The portal-window-bench that drives the window.
    #[arg(long, value_name = "PROGRAM", requires = "app")]
    driver: Option<PathBuf>,
    /// Measure only this.
    #[arg(long, value_enum)]
    only: Option<Part>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The sandbox under load, and a year of it.
    Sandbox,
    /// A year of the core on stepped time.
    Year,
    /// The grid of records.
    Grid,
    /// Bulk refreshes.
    Runs,
    /// The real window.
    Window,
}

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
enum BenchError {
    /// The system returned an error.
    #[error("{0}: {1}")]
    System(&'static str, std::io::Error),
    /// A program or a response was not as expected.
    #[error("{0}")]
    Wrong(String),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("portal-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A failed part does not stop the others, but the program fails in the end.
fn run(arguments: &Arguments) -> Result<(), BenchError> {
    let wanted = Part::ALL.into_iter().filter(|part| arguments.only.is_none_or(|only| only == *part));
    let (mut figures, mut is_whole) = (Vec::new(), true);
    for part in wanted {
        match part.measure(arguments) {
            Ok(measured) => {
                measured.iter().for_each(|figure| say(&figure.line()));
                figures.extend(measured);
            }
            Err(error) => {
                say(&error.to_string());
                is_whole = false;
            }
        }
    }
    println!("\n{}", figure::table(&figures));
    let text =
        serde_json::to_string_pretty(&figures).map_err(|error| BenchError::Wrong(error.to_string()))?;
    std::fs::write(&arguments.out, text + "\n").map_err(|error| BenchError::System("the figures", error))?;
    println!("written to {}", arguments.out.display());
    if is_whole { Ok(()) } else { Err(BenchError::Wrong("we couldn’t measure everything".to_owned())) }
}

impl Part {
    /// In the order of measurement, the longest last.
    const ALL: [Self; 5] = [Self::Window, Self::Sandbox, Self::Grid, Self::Runs, Self::Year];

    fn measure(self, arguments: &Arguments) -> Result<Vec<Figure>, BenchError> {
        match self {
            Self::Window => match (&arguments.driver, &arguments.app) {
                (Some(driver), Some(app)) => window::clicks(driver, app),
                (None, _) | (_, None) => Ok(Vec::new()),
            },
            Self::Sandbox => {
                let mut figures = sandbox::large(&arguments.sandbox)?;
                figures.push(sandbox::year(&arguments.sandbox)?);
                Ok(figures)
            }
            Self::Grid => Ok(vec![record_grid::record_grid()?]),
            Self::Runs => run_start::run_start(),
            Self::Year => Ok(vec![simulated_year::year()?]),
        }
    }
}

/// Reports progress.
fn say(what: &str) {
    println!("{what}");
}

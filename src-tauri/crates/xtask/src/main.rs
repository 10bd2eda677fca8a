//! `cargo xtask`: everything that is done with this repository, by one name each.
//!
//! It spawns programs, and its few dependencies build in seconds on a bare machine, before anything it is about to
//! install is there.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod flags;
mod interface;
mod isolation;
mod junit;
mod lanes;
mod launch;
mod module_cycles;
mod packages;
mod planted_error;
mod prepared_queries;
mod process;
mod python;
mod repository;
mod setup;
mod summary;
mod tasks;
mod virtual_display;

use std::process::ExitCode;

use flags::{Help, Xtask, XtaskCmd};
use packages::Purpose;
use repository::Repository;

fn main() -> ExitCode {
    match run(Xtask::from_env_or_exit().subcommand) {
        Ok(code) => code,
        Err(error) => {
            println!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: XtaskCmd) -> anyhow::Result<ExitCode> {
    let repository = Repository::find()?;
    match task {
        XtaskCmd::Help(_) => println!("{}", Help::TEXT),
        XtaskCmd::Setup(setup) => {
            setup::prepare(&repository, Purpose::Test, setup.dry_run)?;
            if !setup.dry_run {
                python::install_tools(&repository)?;
                interface::install_packages(&repository)?;
            }
        }
        XtaskCmd::Run(run) => return launch::launch(&repository, &run),
        XtaskCmd::Test(test) => return lanes::test(&repository, test.lane.as_deref()),
        XtaskCmd::Check(_) => return lanes::check(&repository),
        XtaskCmd::Bench(_) => tasks::bench(&repository)?,
        XtaskCmd::Simulate(simulate) => tasks::simulate(&repository, &simulate)?,
        XtaskCmd::Crash(crash) => tasks::crash(&repository, crash.kills.unwrap_or(1_000))?,
        XtaskCmd::Fuzz(fuzz) => tasks::fuzz(&repository, fuzz.minutes.unwrap_or(10))?,
        XtaskCmd::Sqlx(_) => prepared_queries::rewrite(&repository)?,
        XtaskCmd::Bundle(_) => tasks::bundle(&repository)?,
    }
    Ok(ExitCode::SUCCESS)
}

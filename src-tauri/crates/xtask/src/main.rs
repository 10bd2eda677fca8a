//! `cargo xtask`: everything that is done with this repository, by one name each.
//!
//! It spawns programs and depends on nothing but the standard library, so that it builds in
//! seconds on a bare machine, before anything it is about to install is there.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program for the terminal speaks on standard output")]

mod bench;
mod bundle;
mod command_line;
mod counting;
mod crash;
mod fuzz;
mod interface;
mod lanes;
mod launch;
mod module_cycles;
mod outside;
mod packages;
mod planted_error;
mod prepared_queries;
mod python_clients;
mod setup;
mod shell;
mod simulate;
mod summary;
mod tree;
mod virtual_display;

use std::process::ExitCode;

use command_line::Task;
use packages::Purpose;
use tree::Tree;

/// What went wrong, in words for the person at the terminal.
type Trouble = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command_line::read(&arguments).and_then(carry_out) {
        Ok(code) => code,
        Err(trouble) => {
            println!("\nxtask: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(task: Task) -> Result<ExitCode, Trouble> {
    let tree = Tree::find()?;
    match task {
        Task::Help => {
            println!("{}", command_line::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Task::Setup { dry_run } => {
            setup::prepare(Purpose::Test, dry_run)?;
            if !dry_run {
                interface::install_packages(&tree)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Task::Run(options) => launch::launch(&tree, &options),
        Task::Test { lane } => lanes::test(&tree, lane.as_deref()),
        Task::Check => lanes::check(&tree),
        Task::Bench => bench::bench(&tree).map(|()| ExitCode::SUCCESS),
        Task::Simulate { pass_on } => simulate::simulate(&tree, &pass_on).map(|()| ExitCode::SUCCESS),
        Task::Crash { kills } => crash::crash(&tree, kills).map(|()| ExitCode::SUCCESS),
        Task::Fuzz { minutes } => fuzz::fuzz(&tree, minutes).map(|()| ExitCode::SUCCESS),
        Task::Sqlx => prepared_queries::rewrite(&tree).map(|()| ExitCode::SUCCESS),
        Task::Bundle => bundle::bundle(&tree).map(|()| ExitCode::SUCCESS),
    }
}

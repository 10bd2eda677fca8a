//! The shell: the only code that knows Tauri, D-Bus or a window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![forbid(unsafe_code)]

mod arguments;
mod calls;
mod desktop;
mod drops;
mod icon;
mod links;
mod notify;
mod shell;
mod signals;
mod surroundings;
mod tray;
mod tray_host;
mod window;

use clap::Parser;

fn main() -> std::process::ExitCode {
    match shell::run(arguments::Arguments::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the shell could not run");
            std::process::ExitCode::FAILURE
        }
    }
}

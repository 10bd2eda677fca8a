//! `cargo xtask run`: builds the app and starts it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use xshell::Cmd;

use crate::flags::Run;
use crate::packages::Purpose;
use crate::prepared_queries::Selection;
use crate::repository::Repository;
use crate::virtual_display::VirtualDisplay;
use crate::{interface, setup};

/// What shows the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    Window,
    WindowOnVirtualDisplay,
    Browser,
}

/// Prepares, builds and starts. On Unix the app takes this program's place, so that it gets the
/// signals; under a virtual display this program stays, to take the display down.
pub(crate) fn launch(repository: &Repository, options: &Run) -> Result<ExitCode> {
    let host = host(options.window, has_display());
    setup::prepare(repository, purpose(host), false)?;
    interface::build(repository)?;
    build(repository, host, options.debug).run()?;
    let profile = if options.debug { "debug" } else { "release" };
    let program = repository.command(repository.built(profile, name(host))).args(&options.arguments);
    match host {
        Host::Window => exec(program),
        Host::Browser => {
            println!("\nThere’s no display, so the app opens as a browser page (--window shows the real");
            println!("window on a virtual display). Open the address below; press Ctrl+C to stop.\n");
            exec(program)
        }
        Host::WindowOnVirtualDisplay => {
            let display = VirtualDisplay::start(repository)?;
            println!("\nThe window is on the virtual display {0}; a picture of it:", display.name());
            println!("    import -display {0} -window root window.png\n", display.name());
            display.apply(program).run()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Builds the app with its window as a release, and says where it is.
pub(crate) fn build_window(repository: &Repository) -> Result<PathBuf> {
    build(repository, Host::Window, false).run()?;
    Ok(repository.built("release", name(Host::Window)))
}

fn host(window: bool, display: bool) -> Host {
    match (display, window) {
        (true, _) => Host::Window,
        (false, true) => Host::WindowOnVirtualDisplay,
        (false, false) => Host::Browser,
    }
}

/// Only systems with X11 or Wayland can lack a display.
fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

fn purpose(host: Host) -> Purpose {
    match host {
        Host::Window => Purpose::Window,
        Host::WindowOnVirtualDisplay => Purpose::VirtualDisplay,
        Host::Browser => Purpose::Browser,
    }
}

fn name(host: Host) -> &'static str {
    match host {
        Host::Window | Host::WindowOnVirtualDisplay => "portal-desktop",
        Host::Browser => "webhost",
    }
}

/// A release build takes the one program. A development build takes what the tests take, or the
/// dependencies would be built once more with other features.
fn build(repository: &Repository, host: Host, debug: bool) -> Cmd<'_> {
    let build = repository.cargo(["build"]);
    if !debug {
        return build.args(["--release", "--package", name(host)]);
    }
    let selection = match host {
        Host::Window | Host::WindowOnVirtualDisplay => Selection::Whole,
        Host::Browser => Selection::Core,
    };
    build.arg("--all-targets").args(selection.args())
}

/// Replaces this program.
#[cfg(unix)]
fn exec(program: Cmd<'_>) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    let name = program.to_string();
    let error = std::process::Command::from(program).exec();
    Err(anyhow::Error::new(error).context(format!("couldn’t start `{name}`")))
}

#[cfg(not(unix))]
fn exec(program: Cmd<'_>) -> Result<ExitCode> {
    program.run()?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_display_the_app_comes_as_a_page_unless_the_window_is_asked_for() {
        assert_eq!(host(false, false), Host::Browser);
        assert_eq!(host(true, false), Host::WindowOnVirtualDisplay);
        assert_eq!(host(false, true), Host::Window);
        assert_eq!(host(true, true), Host::Window);
    }
}

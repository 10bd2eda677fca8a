//! `cargo xtask run`: builds the app and starts it.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::packages::Purpose;
use crate::prepared_queries::Selection;
use crate::shell::{Step, cargo};
use crate::tree::Tree;
use crate::virtual_display::VirtualDisplay;
use crate::{Trouble, interface, setup};

/// How the app is to be started.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// The real window, on a virtual display where there is no other.
    pub(crate) window: bool,
    /// A development build.
    pub(crate) debug: bool,
    /// Arguments for the program.
    pub(crate) pass_on: Vec<String>,
}

/// The face that the app gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Window,
    WindowOnVirtualDisplay,
    Browser,
}

/// Prepares, builds and starts. On Unix the app takes this program's place, so that it gets the
/// signals; under a virtual display this program stays, to take the display down.
pub(crate) fn launch(tree: &Tree, options: &Options) -> Result<ExitCode, Trouble> {
    let face = face(options.window, has_display());
    setup::prepare(purpose(face), false)?;
    interface::build(tree)?;
    build(face, options.debug).attached()?;
    let profile = if options.debug { "debug" } else { "release" };
    let program = Step::new(tree.built(profile, name(face))).args(&options.pass_on);
    match face {
        Face::Window => become_it(&program),
        Face::Browser => {
            println!(
                "\nNo display here: the same application comes as a browser page (--window shows the real"
            );
            println!("window on a virtual display). Open the address that follows; Ctrl+C ends it.\n");
            become_it(&program)
        }
        Face::WindowOnVirtualDisplay => {
            let display = VirtualDisplay::start(&tree.notes())?;
            println!("\nThe window is on the virtual display {0}; a picture of it:", display.name());
            println!("    import -display {0} -window root window.png\n", display.name());
            display.dress(program).attached()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Builds the app with its window as a release, and says where it is.
pub(crate) fn build_window(tree: &Tree) -> Result<PathBuf, Trouble> {
    build(Face::Window, false).attached()?;
    Ok(tree.built("release", name(Face::Window)))
}

fn face(window: bool, display: bool) -> Face {
    match (display, window) {
        (true, _) => Face::Window,
        (false, true) => Face::WindowOnVirtualDisplay,
        (false, false) => Face::Browser,
    }
}

/// Only systems with X11 or Wayland can lack a display.
fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

fn purpose(face: Face) -> Purpose {
    match face {
        Face::Window => Purpose::Window,
        Face::WindowOnVirtualDisplay => Purpose::VirtualDisplay,
        Face::Browser => Purpose::Browser,
    }
}

fn name(face: Face) -> &'static str {
    match face {
        Face::Window | Face::WindowOnVirtualDisplay => "portal-desktop",
        Face::Browser => "webhost",
    }
}

/// A release build takes the one program. A development build takes what the tests take, or the
/// dependencies would be built once more with other features.
fn build(face: Face, debug: bool) -> Step {
    let build = cargo().args(["build"]);
    if !debug {
        return build.args(["--release", "--package", name(face)]);
    }
    let selection = match face {
        Face::Window | Face::WindowOnVirtualDisplay => Selection::Whole,
        Face::Browser => Selection::Core,
    };
    build.args(["--all-targets"]).args(selection.args().iter().copied())
}

#[cfg(unix)]
fn become_it(program: &Step) -> Result<ExitCode, Trouble> {
    use std::os::unix::process::CommandExt;

    let error = program.command().exec();
    Err(format!("`{}` could not be started: {error}", program.line()))
}

#[cfg(not(unix))]
fn become_it(program: &Step) -> Result<ExitCode, Trouble> {
    program.attached().map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_display_the_app_comes_as_a_page_unless_the_window_is_asked_for() {
        assert_eq!(face(false, false), Face::Browser);
        assert_eq!(face(true, false), Face::WindowOnVirtualDisplay);
        assert_eq!(face(false, true), Face::Window);
        assert_eq!(face(true, true), Face::Window);
    }
}

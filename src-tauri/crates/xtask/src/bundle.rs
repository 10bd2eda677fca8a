//! `cargo xtask bundle`: packages to install.

use crate::packages::Purpose;
use crate::shell::Step;
use crate::tree::Tree;
use crate::{Trouble, interface, setup};

/// Builds the release app and its packages. AppImages are left to machines that reach the
/// bundler's downloads.
pub(crate) fn bundle(tree: &Tree) -> Result<(), Trouble> {
    setup::prepare(Purpose::Bundle, false)?;
    interface::build(tree)?;
    let mut step =
        Step::new(tree.npm_program("tauri")).args(["build"]).dir(tree.root()).env("SQLX_OFFLINE", "true");
    if cfg!(target_os = "linux") {
        // The bundler looks for a tray library that the app does not load; told which one, it stops looking.
        step = step.args(["--bundles", "deb,rpm"]).env("TAURI_LINUX_AYATANA_APPINDICATOR", "true");
    }
    step.attached()
}

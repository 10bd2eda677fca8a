//! Installing what is missing, where we know how; otherwise saying all of it at once.

use std::io::{IsTerminal, Write};

use crate::Trouble;
use crate::packages::{self, Need, Purpose};
use crate::shell::Step;

/// Makes sure that all a purpose needs is there.
///
/// With `dry_run` it only says what would be done.
///
/// # Errors
///
/// One message with everything that is missing, where it cannot be installed from here.
pub(crate) fn prepare(purpose: Purpose, dry_run: bool) -> Result<(), Trouble> {
    let missing = missing(purpose);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this machine:\n{}", list(&missing));
    let packages: Vec<&str> = missing.iter().filter_map(|need| need.package).collect();
    let by_hand: Vec<Need> = missing.iter().filter(|need| need.package.is_none()).copied().collect();
    if !packages::has_apt() {
        return Err(
            "this system's packages are not known here. Install what is listed above, then try again.".into(),
        );
    }
    if !by_hand.is_empty() {
        return Err(format!("no package brings this; install it, then try again:\n{}", list(&by_hand)));
    }
    if dry_run {
        println!("Would run: apt-get install {}", packages.join(" "));
        return Ok(());
    }
    install(&packages)?;
    let still = self::missing(purpose);
    if still.is_empty() {
        return Ok(());
    }
    Err(format!("apt-get ended well, but this is still missing:\n{}", list(&still)))
}

fn missing(purpose: Purpose) -> Vec<Need> {
    packages::needs(purpose).into_iter().filter(|need| !need.probe.succeeds()).collect()
}

fn list(needs: &[Need]) -> String {
    let line = |need: &Need| format!("  - {}: {}{}", need.what, need.why, package_of(need));
    needs.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn package_of(need: &Need) -> String {
    match (need.package, packages::has_apt()) {
        (Some(package), true) => format!(" (package {package})"),
        _ => String::new(),
    }
}

/// Who may install packages.
enum Right {
    /// We are root.
    Ours,
    /// `sudo` lends it.
    Sudo,
}

fn install(packages: &[&str]) -> Result<(), Trouble> {
    let right = right(packages)?;
    let apt = |args: &[&str]| {
        let words = ["DEBIAN_FRONTEND=noninteractive", "apt-get"].iter().chain(args).copied();
        let step = match right {
            Right::Ours => Step::new("env").args(words),
            Right::Sudo => Step::new("sudo").args(std::iter::once("env").chain(words)),
        };
        step.attached()
    };
    if let Err(trouble) = apt(&["update", "-q"]) {
        println!("{trouble} Going on with the lists that are there.");
    }
    let mut words = vec!["install", "-y", "-q", "--no-install-recommends"];
    words.extend(packages);
    apt(&words)
}

fn right(packages: &[&str]) -> Result<Right, Trouble> {
    if Step::new("id").args(["-u"]).answer().as_deref() == Some("0") {
        return Ok(Right::Ours);
    }
    let by_hand = format!("As root: apt-get install --no-install-recommends {}", packages.join(" "));
    if packages::program("sudo").is_none() {
        return Err(format!("installing takes rights this account lacks, and sudo is not here. {by_hand}"));
    }
    if Step::new("sudo").args(["-n", "true"]).answer().is_some() && unattended() {
        return Ok(Right::Sudo);
    }
    if unattended() {
        return Err(format!(
            "installing takes rights this account lacks, and nobody is here to ask. {by_hand}"
        ));
    }
    if confirmed("Install these packages with sudo?") {
        Ok(Right::Sudo)
    } else {
        Err(format!("not installed. {by_hand}"))
    }
}

/// Nobody sits at the terminal.
fn unattended() -> bool {
    let ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    ci || !std::io::stdin().is_terminal()
}

fn confirmed(question: &str) -> bool {
    print!("{question} [Y/n] ");
    let _ = std::io::stdout().flush();
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer).is_ok();
    read && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}

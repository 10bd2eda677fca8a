//! Installing what is missing, where we know how; otherwise saying all of it at once.

use std::io::{IsTerminal, Write};

use anyhow::{Result, bail, ensure};

use crate::packages::{self, Need, Purpose};
use crate::process::output_of;
use crate::repository::Repository;

/// Makes sure that all a purpose needs is there.
///
/// With `dry_run` it only says what would be done.
///
/// # Errors
///
/// One message with everything that is missing, where it cannot be installed from here.
pub(crate) fn prepare(repository: &Repository, purpose: Purpose, dry_run: bool) -> Result<()> {
    let missing = missing(repository, purpose);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this machine:\n{}", list(&missing));
    let packages: Vec<&str> = missing.iter().filter_map(|need| need.package).collect();
    let by_hand: Vec<Need> = missing.iter().filter(|need| need.package.is_none()).copied().collect();
    ensure!(
        packages::has_apt(),
        "we can’t install packages automatically on this system. Install the packages listed above, then \
         try again"
    );
    ensure!(by_hand.is_empty(), "no package provides this; install it, then try again:\n{}", list(&by_hand));
    if dry_run {
        println!("Would run: apt-get install {}", packages.join(" "));
        return Ok(());
    }
    install(repository, &packages)?;
    let still = self::missing(repository, purpose);
    ensure!(still.is_empty(), "apt-get succeeded, but these are still missing:\n{}", list(&still));
    Ok(())
}

fn missing(repository: &Repository, purpose: Purpose) -> Vec<Need> {
    packages::needs(purpose).into_iter().filter(|need| !need.probe.succeeds(repository)).collect()
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

fn install(repository: &Repository, packages: &[&str]) -> Result<()> {
    let prefix = privilege(repository, packages)?;
    let apt = |args: &[&str]| {
        let words: Vec<&str> = prefix
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .chain(args)
            .copied()
            .collect();
        repository.command(words[0]).args(&words[1..]).run()
    };
    if let Err(error) = apt(&["update", "-q"]) {
        println!("{error}. Using the existing package lists.");
    }
    Ok(apt(&[&["install", "-y", "-q", "--no-install-recommends"], packages].concat())?)
}

/// What stands before a command that needs root: nothing for root, else `sudo`, if it may be used.
fn privilege(repository: &Repository, packages: &[&str]) -> Result<&'static [&'static str]> {
    if output_of(repository.command("id").arg("-u")).as_deref() == Some("0") {
        return Ok(&[]);
    }
    let by_hand = format!("As root: apt-get install --no-install-recommends {}", packages.join(" "));
    ensure!(
        packages::program("sudo").is_some(),
        "installing needs root, and sudo isn’t installed. {by_hand}"
    );
    if unattended() {
        let asks = output_of(repository.command("sudo").args(["-n", "true"])).is_none();
        ensure!(
            !asks,
            "installing needs root, and sudo needs a password, but there’s no terminal to enter it. \
             {by_hand}"
        );
    } else if !confirmed("Install these packages with sudo?") {
        bail!("nothing installed. {by_hand}");
    }
    Ok(&["sudo"])
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

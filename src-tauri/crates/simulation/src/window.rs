//! The real window: from the click on a company that was seen before to its summary, painted, beside what a click
//! takes there at all.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{
    Figure, Trouble,
    figure::{Limit, p99},
    say,
};

/// How long clicks took, in milliseconds, each kind in the order of the clicks.
#[derive(Debug, Deserialize)]
struct Clicks {
    /// Those that change one word.
    bare: Vec<f64>,
    /// Those that open a company.
    opened: Vec<f64>,
}

/// Works the window through a program of its own, which knows how to.
pub(crate) fn clicks(driver: &Path, app: &Path) -> Result<Vec<Figure>, Trouble> {
    say("window: companies are opened, again and again");
    let ended = Command::new(driver)
        .arg(app)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Trouble::System("portal-window-bench", error))?;
    let said = String::from_utf8_lossy(&ended.stdout);
    let Clicks { bare, opened } = serde_json::from_str(said.trim())
        .map_err(|_| Trouble::Wrong("portal-window-bench did not say how long it took".to_owned()))?;
    Ok(vec![
        figure("bare_click_p99_ms", bare, Limit::Measured)?,
        figure("open_company_p99_ms", opened, Limit::AtMost(33.0))?,
    ])
}

fn figure(name: &'static str, mut took: Vec<f64>, against: Limit) -> Result<Figure, Trouble> {
    took.sort_unstable_by(f64::total_cmp);
    let value = p99(&took).ok_or_else(|| Trouble::Wrong("nothing was clicked".to_owned()))?;
    Ok(Figure { name, value, unit: "ms", against })
}

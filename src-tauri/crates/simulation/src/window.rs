//! The real window: the time from a click on a known company to its painted summary, and the time of a
//! minimal click as a reference.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{
    BenchError, Figure,
    figure::{Limit, p99},
    say,
};

/// Click times in milliseconds, in order.
#[derive(Debug, Deserialize)]
struct Clicks {
    /// Clicks that change one word.
    bare: Vec<f64>,
    /// Clicks that open a company.
    opened: Vec<f64>,
}

/// Runs the program that operates the window.
pub(crate) fn clicks(driver: &Path, app: &Path) -> Result<Vec<Figure>, BenchError> {
    say("window: companies are opened, again and again");
    let ended = Command::new(driver)
        .arg(app)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| BenchError::System("portal-window-bench", error))?;
    let said = String::from_utf8_lossy(&ended.stdout);
    let Clicks { bare, opened } = serde_json::from_str(said.trim())
        .map_err(|_| BenchError::Wrong("portal-window-bench did not say how long it took".to_owned()))?;
    Ok(vec![
        figure("bare_click_p99_ms", bare, Limit::Measured)?,
        figure("open_company_p99_ms", opened, Limit::AtMost(33.0))?,
    ])
}

fn figure(name: &'static str, mut took: Vec<f64>, against: Limit) -> Result<Figure, BenchError> {
    took.sort_unstable_by(f64::total_cmp);
    let value = p99(&took).ok_or_else(|| BenchError::Wrong("nothing was clicked".to_owned()))?;
    Ok(Figure { name, value, unit: "ms", against })
}

//! The real window: from the click on a company that was seen before to its summary, painted.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    Figure, Trouble,
    figure::{Limit, p99},
    say,
};

/// Works the window through a program of its own, which knows how to.
pub(crate) fn open_company(driver: &Path, app: &Path) -> Result<Figure, Trouble> {
    say("window: companies are opened, again and again");
    let ended = Command::new(driver)
        .arg(app)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Trouble::System("portal-window-bench", error))?;
    let said = String::from_utf8_lossy(&ended.stdout);
    let mut took: Vec<f64> = serde_json::from_str(said.trim())
        .map_err(|_| Trouble::Wrong("portal-window-bench did not say how long it took".to_owned()))?;
    took.sort_unstable_by(f64::total_cmp);
    let slowest = p99(&took).ok_or_else(|| Trouble::Wrong("no company was opened".to_owned()))?;
    Ok(Figure { name: "open_company_p99_ms", value: slowest, unit: "ms", against: Limit::AtMost(33.0) })
}

//! What is said at the end.

use std::fmt::Write;
use std::time::Duration;

use crate::counting::Tally;

/// One lane, done.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) lane: &'static str,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
    /// Why it failed, a reason a step.
    pub(crate) reasons: Vec<String>,
}

/// The table, the reasons, and last one line that tools can read.
pub(crate) fn text(lines: &[Line]) -> String {
    let mut text = format!("\n{:<12} {:<8} {:>7}  checks\n", "lane", "result", "time");
    for line in lines {
        let result = if line.tally.failed == 0 { "passed" } else { "FAILED" };
        let _ =
            writeln!(text, "{:<12} {:<8} {:>7}  {}", line.lane, result, clock(line.took), counts(line.tally));
    }
    for line in lines {
        for reason in &line.reasons {
            let _ = writeln!(text, "\n{} failed: {reason}", line.lane);
        }
    }
    let total = lines.iter().map(|line| line.tally).fold(Tally::default(), std::ops::Add::add);
    let _ = writeln!(text, "\ntotal time {}", clock(lines.iter().map(|line| line.took).sum()));
    let _ = write!(text, "{} passed, {} failed", total.passed, total.failed);
    text
}

fn counts(tally: Tally) -> String {
    match tally.failed {
        0 => format!("{} passed", tally.passed),
        failed => format!("{} passed, {failed} failed", tally.passed),
    }
}

/// Minutes and seconds.
fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_sum_of_the_lanes() {
        let line = |lane, passed, failed, reasons| Line {
            lane,
            tally: Tally { passed, failed },
            took: Duration::from_secs(75),
            reasons,
        };
        let text = text(&[
            line("rust", 40, 0, vec![]),
            line("ui", 3, 2, vec!["`vitest run`: exit status: 1".into()]),
        ]);
        assert_eq!(text.lines().last(), Some("43 passed, 2 failed"));
        assert!(text.contains("ui           FAILED      1:15  3 passed, 2 failed"), "{text}");
        assert!(text.contains("ui failed: `vitest run`: exit status: 1"), "{text}");
    }
}

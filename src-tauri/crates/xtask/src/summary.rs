//! What is printed at the end.

use std::fmt::Write;
use std::time::Duration;

use crate::junit::Counts;

/// The result of one lane.
#[derive(Debug)]
pub(crate) struct LaneResult {
    pub(crate) lane: &'static str,
    pub(crate) counts: Counts,
    pub(crate) duration: Duration,
    /// Why checks failed.
    pub(crate) reasons: Vec<String>,
}

/// The table, the reasons, and last one line that tools can read.
pub(crate) fn text(results: &[LaneResult]) -> String {
    let mut text = format!("\n{:<12} {:<8} {:>7}  checks\n", "lane", "result", "time");
    for LaneResult { lane, counts, duration, .. } in results {
        let word = if counts.failed == 0 { "passed" } else { "FAILED" };
        let _ = writeln!(text, "{lane:<12} {word:<8} {:>7}  {}", clock(*duration), words(*counts));
    }
    for result in results {
        for reason in &result.reasons {
            let _ = writeln!(text, "\n{} failed: {reason}", result.lane);
        }
    }
    let total: Counts = results.iter().map(|result| result.counts).sum();
    let _ = writeln!(text, "\ntotal time {}", clock(results.iter().map(|result| result.duration).sum()));
    let _ = write!(text, "{} passed, {} failed", total.passed, total.failed);
    text
}

fn words(counts: Counts) -> String {
    match counts.failed {
        0 => format!("{} passed", counts.passed),
        failed => format!("{} passed, {failed} failed", counts.passed),
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
        let result = |lane, passed, failed, reasons| LaneResult {
            lane,
            counts: Counts { passed, failed },
            duration: Duration::from_secs(75),
            reasons,
        };
        let text = text(&[
            result("rust", 40, 0, vec![]),
            result("ui", 3, 2, vec!["`vitest run`: exit status: 1".into()]),
        ]);
        assert_eq!(text.lines().last(), Some("43 passed, 2 failed"));
        assert!(text.contains("ui           FAILED      1:15  3 passed, 2 failed"), "{text}");
        assert!(text.contains("ui failed: `vitest run`: exit status: 1"), "{text}");
    }
}

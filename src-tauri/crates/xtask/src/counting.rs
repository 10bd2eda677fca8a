//! Reading from a test runner's output how many tests it ran.

/// How many of something went well, and how many did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// No test runner: the whole step counts as one.
    None,
    /// `cargo nextest run`.
    Nextest,
    /// `cargo test`.
    Cargo,
    /// `vitest run`.
    Vitest,
    /// `playwright test`.
    Playwright,
    /// `tests/clients/run.py`.
    Clients,
}

/// The tests that a step ran. A step that failed counts at least one failure, and one that ran a
/// test runner without a single test is a failure: it checked nothing.
pub(crate) fn tally(runner: Runner, lines: &[String], success: bool) -> Tally {
    let counted = match runner {
        Runner::None => Tally { passed: u32::from(success), failed: 0 },
        Runner::Nextest => sum(lines, |line| line.trim_start().starts_with("Summary ")),
        Runner::Cargo => sum(lines, |line| line.starts_with("test result: ")),
        Runner::Vitest => sum(lines, |line| line.trim_start().starts_with("Tests ")),
        Runner::Playwright => sum(lines, is_playwright_count),
        Runner::Clients => sum(lines, |line| line.starts_with("clients: ")),
    };
    let nothing = runner != Runner::None && runner != Runner::Cargo && counted == Tally::default();
    let silent_failure = counted.failed == 0 && (!success || nothing);
    Tally { failed: counted.failed + u32::from(silent_failure), ..counted }
}

fn sum(lines: &[String], is_count: impl Fn(&str) -> bool) -> Tally {
    let counts = lines.iter().filter(|line| is_count(line));
    counts.map(|line| counts_in(line)).fold(Tally::default(), std::ops::Add::add)
}

/// All numbers that stand before a word we know, whatever is between them.
fn counts_in(line: &str) -> Tally {
    let words: Vec<&str> = line.split(|character: char| !character.is_ascii_alphanumeric()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let before = |names: &[&str]| -> u32 {
        words
            .windows(2)
            .filter(|pair| names.contains(&pair[1]))
            .filter_map(|pair| pair[0].parse::<u32>().ok())
            .sum()
    };
    Tally { passed: before(&["passed", "flaky"]), failed: before(&["failed", "timed", "interrupted"]) }
}

/// Playwright ends with a line a kind, such as `  12 passed (8.1s)`.
fn is_playwright_count(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let number = words.next().is_some_and(|word| word.parse::<u32>().is_ok());
    let kind = words.next().is_some_and(|word| ["passed", "failed", "flaky", "interrupted"].contains(&word));
    let rest = words.next().is_none_or(|word| word.starts_with('('));
    number && kind && rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(runner: Runner, text: &str, success: bool) -> (u32, u32) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let tally = tally(runner, &lines, success);
        (tally.passed, tally.failed)
    }

    #[test]
    fn every_runner_is_understood() {
        let nextest =
            "     Summary [   1.2s] 23 tests run: 20 passed (1 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(count(Runner::Nextest, nextest, false), (20, 3));
        let cargo = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out
test a ... ok
test result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(count(Runner::Cargo, cargo, false), (6, 2));
        let vitest = " Test Files  1 failed | 3 passed (4)\n      Tests  1 failed | 41 passed (42)";
        assert_eq!(count(Runner::Vitest, vitest, false), (41, 1));
        let playwright =
            "Running 14 tests using 2 workers\n  1 failed\n    a.spec.ts:3:1 › one\n  13 passed (20.1s)";
        assert_eq!(count(Runner::Playwright, playwright, false), (13, 1));
        let clients = "Ran 9 tests in 0.4s\ncodat_platform: 52 of 52 operations were called\nclients: 7 passed, 2 failed";
        assert_eq!(count(Runner::Clients, clients, false), (7, 2));
    }

    #[test]
    fn a_failure_that_names_no_test_still_counts() {
        assert_eq!(count(Runner::Nextest, "error: could not compile", false), (0, 1));
        assert_eq!(count(Runner::None, "", false), (0, 1));
    }

    #[test]
    fn a_runner_that_ran_nothing_has_failed() {
        assert_eq!(count(Runner::Vitest, "no tests", true), (0, 1));
        assert_eq!(count(Runner::Playwright, "", true), (0, 1));
        assert_eq!(count(Runner::Clients, "", true), (0, 1));
        assert_eq!(
            count(Runner::Cargo, "test result: ok. 0 passed; 0 failed", true),
            (0, 0),
            "doctests may be none"
        );
    }

    #[test]
    fn a_step_without_a_runner_counts_as_one() {
        assert_eq!(count(Runner::None, "All matched files use Prettier code style!", true), (1, 0));
    }
}

//! Which tests passed and failed, from the JUnit files that test runners write.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use roxmltree::Document;

/// How many checks passed, and how many did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl Counts {
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0 };
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1 };
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), std::ops::Add::add)
    }
}

/// What one runner wrote.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) counts: Counts,
    /// The names of the tests that failed.
    pub(crate) failed: Vec<String>,
}

/// The tests in a file. A file without a test is an error: nothing was checked.
pub(crate) fn read(file: &Path) -> anyhow::Result<Report> {
    let text =
        fs::read_to_string(file).with_context(|| format!("{} is missing after the run", file.display()))?;
    let report = parse(&text).with_context(|| format!("can’t read {}", file.display()))?;
    ensure!(report.counts != Counts::default(), "it ran no tests");
    Ok(report)
}

/// Skipped tests count as neither.
fn parse(text: &str) -> Result<Report, roxmltree::Error> {
    let document = Document::parse(text)?;
    let mut report = Report::default();
    for test in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let has = |names: &[&str]| test.children().any(|child| names.contains(&child.tag_name().name()));
        if has(&["failure", "error"]) {
            report.counts.failed += 1;
            report.failed.push(test.attribute("name").unwrap_or("a test without a name").to_owned());
        } else if !has(&["skipped"]) {
            report.counts.passed += 1;
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, passed: u32, failed: &[&str]) {
        let counts = Counts { passed, failed: failed.len() as u32 };
        let failed = failed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(parse(text), Ok(Report { counts, failed }));
    }

    #[test]
    fn every_runner_is_understood() {
        let nextest = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="4" failures="2" errors="0">
  <testsuite name="store" tests="4" disabled="0" errors="0" failures="2">
    <testcase name="a" classname="store" time="0.01"/>
    <testcase name="b" classname="store"><failure type="test failure">left &lt; right</failure></testcase>
    <testcase name="c" classname="store"><failure type="test timeout"/></testcase>
    <testcase name="d" classname="store"><flakyFailure type="test failure"/></testcase>
  </testsuite>
</testsuites>"#;
        check(nextest, 2, &["b", "c"]);
        let vitest = r#"<testsuites name="vitest tests" tests="3"><testsuite name="a.test.ts" skipped="1">
  <testcase classname="a.test.ts" name="one"/><testcase classname="a.test.ts" name="two"><skipped/></testcase>
  <testcase classname="a.test.ts" name="three"><failure message="no"><![CDATA[<html>]]></failure></testcase>
</testsuite></testsuites>"#;
        check(vitest, 1, &["three"]);
        let playwright = r#"<testsuites id="" tests="2"><testsuite name="list.spec.ts">
  <testcase name="one"><system-out><![CDATA[x]]></system-out></testcase>
  <testcase name="two"><failure message="list.spec.ts:3:1 two" type="FAILURE"/></testcase>
</testsuite></testsuites>"#;
        check(playwright, 1, &["two"]);
        let clients = r#"<testsuites><testsuite name="clients"><testcase name="a" /><testcase name="b"><error /></testcase></testsuite></testsuites>"#;
        check(clients, 1, &["b"]);
    }

    #[test]
    fn a_file_without_tests_is_an_error_and_so_is_none() {
        let folder = xshell::Shell::new().expect("a shell").create_temp_dir().expect("a folder");
        let file = folder.path().join("junit.xml");
        assert!(read(&file).is_err(), "it was not written");
        fs::write(&file, "<testsuites></testsuites>").expect("written");
        assert_eq!(read(&file).expect_err("no tests").to_string(), "it ran no tests");
        fs::write(&file, "<testsuites><testsuite>").expect("written");
        assert!(read(&file).is_err(), "it is cut off");
    }
}

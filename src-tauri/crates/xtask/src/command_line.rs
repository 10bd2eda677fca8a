//! Reading the command line.

use crate::Trouble;
use crate::launch;

pub(crate) const HELP: &str = "\
Usage: cargo xtask <task>

  run [--window] [--debug] [-- ARGS]  install what is missing, build the interface and the release
                                      app, and start it; without a display the same application is
                                      served to a browser (webhost)
        --window                      the real window all the same, on a virtual display
        --debug                       a development build
        -- ARGS                       passed to the program, for example -- --data-dir DIR
  test [--lane NAME]                  every lane, as CI runs them: formatting, lints, rust, types,
                                      clients, ui, journeys, window, outside
  check                               the quick one for every day: formatting, lints, core tests, types
  setup [--dry-run]                   install all that run and test need (--dry-run: only say what)
  bench                               build a release, measure core and window against their limits,
                                      print a table and write target/bench.json
  simulate [--connections N] [--days N] [--seed N] [--calm]
                                      drive engine, client, store and sandbox through a year on
                                      stepped time, and print what came of it as one JSON object
  crash [--kills N]                   kill the program N times (1,000) at random moments of its work,
                                      and look for what was lost or done twice
  fuzz [--minutes N]                  run the property tests over answers, queries, files and links
                                      with many random cases for N minutes (10)
  sqlx                                rewrite .sqlx, the checked form of the SQL queries
  bundle                              .deb and .rpm packages
  help                                this text";

/// One thing to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Task {
    Help,
    Setup { dry_run: bool },
    Run(launch::Options),
    Test { lane: Option<String> },
    Check,
    Bench,
    Simulate { pass_on: Vec<String> },
    Crash { kills: u32 },
    Fuzz { minutes: u32 },
    Sqlx,
    Bundle,
}

/// The task that the arguments (without the program's name) ask for.
pub(crate) fn read(arguments: &[String]) -> Result<Task, Trouble> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => Ok(Task::Help),
        ["setup"] => Ok(Task::Setup { dry_run: false }),
        ["setup", "--dry-run"] => Ok(Task::Setup { dry_run: true }),
        ["run", rest @ ..] => read_run(rest),
        ["test"] => Ok(Task::Test { lane: None }),
        ["test", "--lane", name] => Ok(Task::Test { lane: Some((*name).to_owned()) }),
        ["check"] => Ok(Task::Check),
        ["bench"] => Ok(Task::Bench),
        ["simulate", rest @ ..] => {
            Ok(Task::Simulate { pass_on: rest.iter().map(|word| (*word).to_owned()).collect() })
        }
        ["crash"] => Ok(Task::Crash { kills: 1_000 }),
        ["crash", "--kills", kills] => {
            let kills = kills.parse().map_err(|_| format!("`{kills}` is no number of kills."))?;
            Ok(Task::Crash { kills })
        }
        ["fuzz"] => Ok(Task::Fuzz { minutes: 10 }),
        ["fuzz", "--minutes", minutes] => {
            let minutes = minutes.parse().map_err(|_| format!("`{minutes}` is no number of minutes."))?;
            Ok(Task::Fuzz { minutes })
        }
        ["sqlx"] => Ok(Task::Sqlx),
        ["bundle"] => Ok(Task::Bundle),
        _ => Err(format!("`{}` is not understood.\n\n{HELP}", words.join(" "))),
    }
}

fn read_run(words: &[&str]) -> Result<Task, Trouble> {
    let mut options = launch::Options::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--window" => options.window = true,
            "--debug" => options.debug = true,
            "--" => options.pass_on = words.by_ref().map(|word| (*word).to_owned()).collect(),
            other => {
                return Err(format!(
                    "`run {other}` is not understood; what is for the app goes behind `--`."
                ));
            }
        }
    }
    Ok(Task::Run(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Task, Trouble> {
        read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_behind_the_dashes_goes_to_the_app() {
        let task = read_line("run --window -- --data-dir here --debug").expect("understood");
        let expected = launch::Options {
            window: true,
            debug: false,
            pass_on: vec!["--data-dir".into(), "here".into(), "--debug".into()],
        };
        assert_eq!(task, Task::Run(expected));
    }

    #[test]
    fn one_lane_can_be_named() {
        assert_eq!(read_line("test --lane rust"), Ok(Task::Test { lane: Some("rust".into()) }));
    }

    #[test]
    fn what_is_behind_simulate_goes_to_the_simulation() {
        let pass_on = vec!["--days".into(), "30".into()];
        assert_eq!(read_line("simulate --days 30"), Ok(Task::Simulate { pass_on }));
    }

    #[test]
    fn what_is_not_understood_is_said_with_the_help() {
        let trouble = read_line("tset").expect_err("not a task");
        assert!(trouble.contains("`tset`") && trouble.contains("Usage:"), "{trouble}");
    }
}

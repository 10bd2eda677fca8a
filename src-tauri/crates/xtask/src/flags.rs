//! The command line.

use std::ffi::OsString;

xflags::xflags! {
    /// Every task of this repository.
    cmd xtask {
        /// Print this text.
        default cmd help {}

        /// Install missing packages, build the interface and the release app, and start it. Without a display
        /// it serves the same app to a browser (webhost).
        cmd run {
            /// Show the real window on a virtual display.
            optional --window
            /// Make a development build.
            optional --debug
            /// After `--`: arguments of the program, for example -- --data-dir DIR
            repeated arguments: OsString
        }

        /// Run every lane, as CI does: formatting, lints, rust, types, clients, ui, journeys, window, outside.
        cmd test {
            /// Run only this lane.
            optional --lane name: String
        }

        /// The quick checks for every day: formatting, lints, core tests, types.
        cmd check {}

        /// Install everything that run and test need.
        cmd setup {
            /// Only print the missing packages.
            optional --dry-run
        }

        /// Build a release, measure core and window against their limits, print a table and write
        /// target/bench.json.
        cmd bench {}

        /// Simulate a year of the engine, client, store and sandbox, and print the result as one
        /// JSON object.
        cmd simulate {
            optional --connections count: u32
            optional --days count: u32
            optional --seed number: u64
            /// Inject no faults; customers still break their connections.
            optional --calm
        }

        /// Kill the program at random moments, and check that nothing is lost or done twice.
        cmd crash {
            /// The number of kills; 1,000 by default.
            optional --kills count: u32
        }

        /// Run the property tests over answers, queries, files and links with many random cases.
        cmd fuzz {
            /// How long, in minutes; 10 by default.
            optional --minutes count: u32
        }

        /// Rewrite .sqlx, the checked form of the SQL queries.
        cmd sqlx {}

        /// Build .deb and .rpm packages.
        cmd bundle {}
    }
}

impl Help {
    /// The text of `--help`.
    pub(crate) const TEXT: &str = Xtask::HELP_;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> xflags::Result<XtaskCmd> {
        Xtask::from_vec(line.split_whitespace().map(Into::into).collect()).map(|flags| flags.subcommand)
    }

    #[test]
    fn what_is_behind_the_dashes_goes_to_the_app() {
        let Ok(XtaskCmd::Run(run)) = parse("run --window -- --data-dir here --debug") else {
            panic!("it is understood")
        };
        assert!(run.window && !run.debug);
        assert_eq!(run.arguments, ["--data-dir", "here", "--debug"]);
    }

    #[test]
    fn one_lane_can_be_named() {
        let Ok(XtaskCmd::Test(test)) = parse("test --lane rust") else { panic!("it is understood") };
        assert_eq!(test.lane.as_deref(), Some("rust"));
    }

    #[test]
    fn what_is_behind_simulate_goes_to_the_simulation() {
        let Ok(XtaskCmd::Simulate(simulate)) = parse("simulate --days 30 --calm") else {
            panic!("it is understood")
        };
        assert_eq!(crate::tasks::arguments(&simulate), ["--days", "30", "--calm"]);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let error = parse("tset").expect_err("not a task").to_string();
        assert!(error.contains("tset"), "{error}");
    }

    #[test]
    fn without_a_task_there_is_help() {
        assert!(matches!(parse(""), Ok(XtaskCmd::Help(_))));
    }
}

//! A schedule's plan as the interface has it, and as the engine has it.

use codat::{CompanyId, data::DataType};
use engine::schedule::{Blackout, ClockTimes, Days, Plan, Target, Timing};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    commands::company_id,
    error::{Code, WireError},
    schedules::search_problem,
};

/// The longest search that is kept.
const LONGEST_SEARCH: usize = 2_000;

/// What a schedule does and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchedulePlan {
    /// Of whom.
    pub target: ScheduleTarget,
    /// The data type's key; none for all that are fetched on first link.
    pub data_type: Option<String>,
    /// When.
    pub timing: ScheduleTiming,
    /// The IANA time zone of its times and blackouts; none for that of this computer.
    pub zone: Option<String>,
    /// Nothing begins within these.
    pub blackouts: Vec<ScheduleBlackout>,
    /// Minutes over which the reads of one run are spread.
    pub spread_minutes: u32,
}

/// Of whom a schedule reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum ScheduleTarget {
    /// All companies.
    All,
    /// Whom a search of the list finds when it runs.
    Matching {
        /// As in the search box.
        search: String,
    },
    /// These.
    Companies {
        /// Their identifiers.
        ids: Vec<String>,
    },
}

/// When a schedule is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum ScheduleTiming {
    /// So many hours after the last successful read.
    Every {
        /// Hours.
        hours: u32,
    },
    /// At times of day.
    Clock {
        /// `HH:MM`.
        times: Vec<String>,
        /// A bit a day of the week, Monday's the lowest.
        days: u8,
    },
}

/// A time of the week in which nothing begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub(crate) struct ScheduleBlackout {
    /// A bit for each day on which it begins, Monday's the lowest.
    pub days: u8,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`, on the next day where it is not later than `from`.
    pub until: String,
}

impl SchedulePlan {
    /// As the engine has it.
    ///
    /// # Errors
    /// Where a text is no time, no search, no company, no data type. Whether it makes sense is the engine's to say.
    pub(crate) fn to_plan(&self, now: Timestamp) -> Result<Plan, WireError> {
        let target = match &self.target {
            ScheduleTarget::All => Target::Matching(String::new()),
            ScheduleTarget::Matching { search } if search.trim().is_empty() => {
                return Err(search_invalid("Type a search, or choose all companies.".to_owned()));
            }
            ScheduleTarget::Matching { search } if search.chars().count() > LONGEST_SEARCH => {
                return Err(wrong(format!("The search is longer than {LONGEST_SEARCH} characters.")));
            }
            ScheduleTarget::Matching { search } => Target::Matching(search.trim().to_owned()),
            ScheduleTarget::Companies { ids } => Target::Companies(chosen(ids)?),
        };
        if let Some(problem) = search_problem(&target, now) {
            return Err(search_invalid(problem));
        }
        let timing = match &self.timing {
            ScheduleTiming::Every { hours } => Timing::Every { hours: *hours },
            ScheduleTiming::Clock { times, days } => {
                let mut times = times.iter().map(|text| time(text)).collect::<Result<Vec<_>, _>>()?;
                times.sort_unstable();
                times.dedup();
                Timing::Clock(ClockTimes { times, days: Days::of_bits(*days) })
            }
        };
        Ok(Plan {
            target,
            data_type: self.data_type.as_deref().map(data_type).transpose()?,
            timing,
            zone: self.zone.clone().filter(|zone| !zone.is_empty()),
            blackouts: self.blackouts.iter().map(blackout).collect::<Result<_, _>>()?,
            spread_mins: self.spread_minutes,
        })
    }

    /// As the interface has it.
    pub(crate) fn of(plan: &Plan) -> Self {
        let target = match &plan.target {
            Target::Matching(search) if search.is_empty() => ScheduleTarget::All,
            Target::Matching(search) => ScheduleTarget::Matching { search: search.clone() },
            Target::Companies(companies) => {
                ScheduleTarget::Companies { ids: companies.iter().map(ToString::to_string).collect() }
            }
        };
        let timing = match &plan.timing {
            Timing::Every { hours } => ScheduleTiming::Every { hours: *hours },
            Timing::Clock(clock) => ScheduleTiming::Clock {
                times: clock.times.iter().copied().map(hours_and_minutes).collect(),
                days: clock.days.bits(),
            },
        };
        let blackouts = plan.blackouts.iter().map(|blackout| ScheduleBlackout {
            days: blackout.days.bits(),
            from: hours_and_minutes(blackout.from),
            until: hours_and_minutes(blackout.until),
        });
        Self {
            target,
            data_type: plan.data_type.clone(),
            timing,
            zone: plan.zone.clone(),
            blackouts: blackouts.collect(),
            spread_minutes: plan.spread_mins,
        }
    }
}

fn chosen(ids: &[String]) -> Result<Vec<CompanyId>, WireError> {
    let mut chosen = Vec::with_capacity(ids.len());
    for id in ids {
        let id = company_id(id)?;
        if !chosen.contains(&id) {
            chosen.push(id);
        }
    }
    Ok(chosen)
}

/// The key as Codat spells it. One that this version does not know is taken as it is, where it can be a key.
fn data_type(key: &str) -> Result<String, WireError> {
    if let Some(known) = DataType::of_key(key) {
        return Ok(known.key.to_owned());
    }
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '/');
    let fits = (1..=100).contains(&key.len());
    if plain && fits { Ok(key.to_owned()) } else { Err(wrong(format!("“{key}” is no data type."))) }
}

fn blackout(blackout: &ScheduleBlackout) -> Result<Blackout, WireError> {
    Ok(Blackout {
        days: Days::of_bits(blackout.days),
        from: time(&blackout.from)?,
        until: time(&blackout.until)?,
    })
}

fn time(text: &str) -> Result<civil::Time, WireError> {
    let parsed = text
        .split_once(':')
        .and_then(|(hours, minutes)| civil::Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok());
    parsed.ok_or_else(|| wrong(format!("“{text}” is no time of day. Write it like 09:30.")))
}

fn hours_and_minutes(time: civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn search_invalid(message: String) -> WireError {
    WireError::new(Code::SearchInvalid, message)
}

fn wrong(message: String) -> WireError {
    WireError::new(Code::BadArguments, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn plan() -> SchedulePlan {
        SchedulePlan {
            target: ScheduleTarget::Matching { search: "tag:region=uk".to_owned() },
            data_type: Some("invoices".to_owned()),
            timing: ScheduleTiming::Clock { times: vec!["09:30".to_owned()], days: 0b1_1111 },
            zone: Some("Europe/London".to_owned()),
            blackouts: vec![ScheduleBlackout {
                days: 127,
                from: "22:00".to_owned(),
                until: "06:00".to_owned(),
            }],
            spread_minutes: 15,
        }
    }

    #[test]
    fn a_plan_comes_back_as_it_went_and_is_kept_so() {
        let engine = plan().to_plan(NOW).unwrap();
        assert_eq!(SchedulePlan::of(&engine), plan());
        let kept: Plan = serde_json::from_str(&serde_json::to_string(&engine).unwrap()).unwrap();
        assert_eq!(kept, engine);
    }

    #[test]
    fn what_is_typed_wrong_is_said() {
        let problem = |spoil: fn(&mut SchedulePlan)| {
            let mut plan = plan();
            spoil(&mut plan);
            plan.to_plan(NOW).unwrap_err().message
        };

        assert!(
            problem(|plan| plan.timing = ScheduleTiming::Clock { times: vec!["25:00".into()], days: 1 })
                .contains("25:00")
        );
        assert!(problem(|plan| plan.data_type = Some("../apiKeys".into())).contains("no data type"));
        assert!(
            problem(|plan| plan.target = ScheduleTarget::Companies { ids: vec!["x".into()] }).contains("“x”")
        );
        assert!(
            problem(|plan| plan.target = ScheduleTarget::Matching { search: "x".repeat(2_001) })
                .contains("longer")
        );
    }

    #[test]
    fn a_search_that_is_empty_or_not_understood_is_refused_and_the_wrong_word_is_named() {
        let refused = |search: &str| {
            let target = ScheduleTarget::Matching { search: search.to_owned() };
            SchedulePlan { target, ..plan() }.to_plan(NOW).unwrap_err()
        };
        for search in ["", "  ", "is:blue", "region:uk", "acme stale:soon", "\"never closed"] {
            assert_eq!(refused(search).code, Code::SearchInvalid, "{search}");
        }
        assert!(refused("acme is:blue").message.contains("blue"), "{}", refused("is:blue").message);
        let all = SchedulePlan { target: ScheduleTarget::All, ..plan() }.to_plan(NOW).unwrap();
        assert_eq!(SchedulePlan::of(&all).target, ScheduleTarget::All);
    }

    #[test]
    fn times_are_sorted_and_each_is_there_once() {
        let timing =
            ScheduleTiming::Clock { times: ["17:00", "09:00", "17:00"].map(String::from).to_vec(), days: 1 };
        let plan = SchedulePlan { timing, ..plan() }.to_plan(NOW).unwrap();
        let ScheduleTiming::Clock { times, .. } = SchedulePlan::of(&plan).timing else { panic!("{plan:?}") };
        assert_eq!(times, ["09:00", "17:00"]);
    }
}

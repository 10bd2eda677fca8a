//! The plan of a schedule in the interface's types, and its conversion to and from the engine's types.

use codat::{CompanyId, data::DataType};
use engine::schedule::{ClockTimes, Days, Plan, Target, Timing};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    commands::company_id,
    error::{Code, WireError},
    schedules::search_problem,
    weekly_time::{ScheduleBlackout, blackout, hours_and_minutes, time},
};

/// The maximum length of a search, in characters.
const MAX_SEARCH_LENGTH: usize = 2_000;
/// The maximum number of chosen data types. Each costs a request per company.
const MAX_DATA_TYPES: usize = 20;

/// What a schedule reads and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchedulePlan {
    /// The companies.
    pub target: ScheduleTarget,
    /// The keys of the data types. Empty: all types that are fetched on first link.
    pub data_types: Vec<String>,
    pub timing: ScheduleTiming,
    /// The IANA time zone of its times and blackouts. None: that of this computer.
    pub zone: Option<String>,
    /// Times in which the schedule does not start.
    pub blackouts: Vec<ScheduleBlackout>,
    /// Minutes over which the reads of one run are spread.
    pub spread_minutes: u32,
}

/// The companies that a schedule reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum ScheduleTarget {
    /// All companies.
    All,
    /// The companies that match a search when the schedule runs.
    Matching {
        /// In the syntax of the search box.
        search: String,
    },
    /// Selected companies.
    Companies { ids: Vec<String> },
}

/// When a schedule is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum ScheduleTiming {
    /// This many hours after the last successful read.
    Every { hours: u32 },
    /// At times of the day.
    Clock {
        /// `HH:MM`.
        times: Vec<String>,
        /// A bit for each day of the week; the lowest is Monday.
        days: u8,
    },
}

impl SchedulePlan {
    /// The plan in the engine's type.
    ///
    /// # Errors
    /// If a text is not a valid time, search, company ID or data type. The engine checks the plan as a whole.
    pub(crate) fn to_plan(&self, now: Timestamp) -> Result<Plan, WireError> {
        let target = match &self.target {
            ScheduleTarget::All => Target::Matching(String::new()),
            ScheduleTarget::Matching { search } if search.trim().is_empty() => {
                return Err(search_invalid("Type a search, or choose all companies.".to_owned()));
            }
            ScheduleTarget::Matching { search } if search.chars().count() > MAX_SEARCH_LENGTH => {
                return Err(invalid(format!("The search is longer than {MAX_SEARCH_LENGTH} characters.")));
            }
            ScheduleTarget::Matching { search } => Target::Matching(search.trim().to_owned()),
            ScheduleTarget::Companies { ids } => Target::Companies(company_ids(ids)?),
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
                Timing::Clock(ClockTimes { times, days: Days::from_bits(*days) })
            }
        };
        Ok(Plan {
            target,
            data_types: data_types(&self.data_types)?,
            timing,
            zone: self.zone.clone().filter(|zone| !zone.is_empty()),
            blackouts: self.blackouts.iter().map(blackout).collect::<Result<_, _>>()?,
            spread_mins: self.spread_minutes,
        })
    }

    /// The plan in the interface's type.
    pub(crate) fn from_plan(plan: &Plan) -> Self {
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
            data_types: plan.data_types.clone(),
            timing,
            zone: plan.zone.clone(),
            blackouts: blackouts.collect(),
            spread_minutes: plan.spread_mins,
        }
    }
}

fn company_ids(ids: &[String]) -> Result<Vec<CompanyId>, WireError> {
    let mut company_ids = Vec::with_capacity(ids.len());
    for id in ids {
        let id = company_id(id)?;
        if !company_ids.contains(&id) {
            company_ids.push(id);
        }
    }
    Ok(company_ids)
}

/// Each key once, in the order of the request.
fn data_types(keys: &[String]) -> Result<Vec<String>, WireError> {
    let mut data_types = Vec::with_capacity(keys.len().min(MAX_DATA_TYPES));
    for key in keys {
        let key = data_type(key)?;
        if !data_types.contains(&key) {
            data_types.push(key);
        }
    }
    if data_types.len() > MAX_DATA_TYPES {
        return Err(invalid(format!("Choose at most {MAX_DATA_TYPES} data types, or all of them.")));
    }
    Ok(data_types)
}

/// The key in Codat's spelling. An unknown key is accepted if it has the form of a key.
fn data_type(key: &str) -> Result<String, WireError> {
    if let Some(known) = DataType::of_key(key) {
        return Ok(known.key.to_owned());
    }
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '/');
    let fits = (1..=100).contains(&key.len());
    if plain && fits { Ok(key.to_owned()) } else { Err(invalid(format!("“{key}” isn’t a data type."))) }
}

fn search_invalid(message: String) -> WireError {
    WireError::new(Code::SearchInvalid, message)
}

fn invalid(message: String) -> WireError {
    WireError::new(Code::BadArguments, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn plan() -> SchedulePlan {
        SchedulePlan {
            target: ScheduleTarget::Matching { search: "tag:region=uk".to_owned() },
            data_types: vec!["invoices".to_owned(), "bills".to_owned()],
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
        assert_eq!(SchedulePlan::from_plan(&engine), plan());
        let stored: Plan = serde_json::from_str(&serde_json::to_string(&engine).unwrap()).unwrap();
        assert_eq!(stored, engine);
    }

    #[test]
    fn what_is_typed_wrong_is_said() {
        let problem = |change: fn(&mut SchedulePlan)| {
            let mut plan = plan();
            change(&mut plan);
            plan.to_plan(NOW).unwrap_err().message
        };

        assert!(
            problem(|plan| plan.timing = ScheduleTiming::Clock { times: vec!["25:00".into()], days: 1 })
                .contains("25:00")
        );
        assert!(problem(|plan| plan.data_types = vec!["../apiKeys".into()]).contains("isn’t a data type"));
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
        assert_eq!(SchedulePlan::from_plan(&all).target, ScheduleTarget::All);
    }

    #[test]
    fn each_data_type_is_there_once() {
        let data_types = ["bills", "invoices", "bills"].map(String::from).to_vec();
        let engine = SchedulePlan { data_types, ..plan() }.to_plan(NOW).unwrap();
        assert_eq!(engine.data_types, ["bills", "invoices"]);
    }

    #[test]
    fn a_plan_of_an_older_version_keeps_its_data_type() {
        let mut stored = serde_json::to_value(plan().to_plan(NOW).unwrap()).unwrap();
        let fields = stored.as_object_mut().unwrap();
        fields.remove("dataTypes").unwrap();
        for (older, types) in [(serde_json::json!("bills"), vec!["bills"]), (serde_json::Value::Null, vec![])]
        {
            fields.insert("dataType".to_owned(), older);
            let plan: Plan = serde_json::from_value(fields.clone().into()).unwrap();
            assert_eq!(plan.data_types, types);
        }
    }

    #[test]
    fn times_are_sorted_and_each_is_there_once() {
        let timing =
            ScheduleTiming::Clock { times: ["17:00", "09:00", "17:00"].map(String::from).to_vec(), days: 1 };
        let plan = SchedulePlan { timing, ..plan() }.to_plan(NOW).unwrap();
        let ScheduleTiming::Clock { times, .. } = SchedulePlan::from_plan(&plan).timing else {
            panic!("{plan:?}")
        };
        assert_eq!(times, ["09:00", "17:00"]);
    }
}

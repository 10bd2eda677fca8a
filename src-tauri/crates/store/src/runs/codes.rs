//! The names and codes of runs in the database.

use domain::{RunAct, RunCause, RunState, ScheduleId};

use crate::{error::StoreError, sql};

/// The columns `cause` and `schedule`.
pub(super) fn cause_columns(cause: RunCause) -> (&'static str, Option<i64>) {
    match cause {
        RunCause::Person => ("person", None),
        RunCause::Schedule(ScheduleId(schedule)) => ("schedule", Some(schedule)),
        RunCause::KeepAlive => ("keepAlive", None),
    }
}

pub(super) fn parse_cause(name: &str, schedule: Option<i64>) -> Result<RunCause, StoreError> {
    match (name, schedule) {
        ("person", _) => Ok(RunCause::Person),
        ("schedule", Some(schedule)) => Ok(RunCause::Schedule(ScheduleId(schedule))),
        ("keepAlive", _) => Ok(RunCause::KeepAlive),
        _ => Err(StoreError::unreadable("who wanted a refresh", &name)),
    }
}

/// The columns `act` and `tags`.
pub(super) fn act_columns(act: &RunAct) -> Result<(Option<&'static str>, Option<String>), StoreError> {
    match act {
        RunAct::Read => Ok((None, None)),
        RunAct::ChangeTags(change) => Ok((Some("changeTags"), Some(sql::json_parameter(change)?))),
        RunAct::DeleteCompany => Ok((Some("deleteCompany"), None)),
    }
}

pub(super) fn parse_act(name: Option<&str>, tags: Option<&str>) -> Result<RunAct, StoreError> {
    match (name, tags) {
        (None, _) => Ok(RunAct::Read),
        (Some("changeTags"), Some(tags)) => {
            let change = serde_json::from_str(tags);
            Ok(RunAct::ChangeTags(change.map_err(|why| StoreError::unreadable("tags to change", &why))?))
        }
        (Some("deleteCompany"), _) => Ok(RunAct::DeleteCompany),
        (Some(name), _) => Err(StoreError::unreadable("what a run does", &name)),
    }
}

pub(super) fn parse_state(code: i64) -> Result<RunState, StoreError> {
    match code {
        0 => Ok(RunState::Running),
        1 => Ok(RunState::Paused),
        2 => Ok(RunState::Done),
        3 => Ok(RunState::Cancelled),
        _ => Err(StoreError::unreadable("how a refresh stands", &code)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::{RunAct, RunCause, TagChange};

    use super::{act_columns, parse_act, parse_cause, parse_state};
    use crate::{ItemState, StoreError};

    #[test]
    fn what_this_version_does_not_know_is_not_guessed() {
        assert_eq!(parse_cause("keepAlive", None).unwrap(), RunCause::KeepAlive);
        for unknown in [parse_cause("webhook", None), parse_cause("schedule", None)] {
            assert!(matches!(unknown, Err(StoreError::Unreadable { .. })), "{unknown:?}");
        }
        assert!(matches!(parse_act(Some("rename"), None), Err(StoreError::Unreadable { .. })));
        assert!(matches!(parse_state(9), Err(StoreError::Unreadable { .. })));
        assert!(matches!(ItemState::from_code(9, false), Err(StoreError::Unreadable { .. })));
    }

    #[test]
    fn what_a_run_does_is_the_same_after_it_was_stored() {
        let change = TagChange {
            add: BTreeMap::from([("region".to_owned(), "uk".to_owned())]),
            remove: BTreeSet::from(["old".to_owned()]),
        };
        for act in [RunAct::Read, RunAct::ChangeTags(change), RunAct::DeleteCompany] {
            let (name, tags) = act_columns(&act).unwrap();
            assert_eq!(parse_act(name, tags.as_deref()).unwrap(), act);
        }
    }
}

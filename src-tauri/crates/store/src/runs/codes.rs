//! The names and codes of runs in the database.

use domain::{RunCause, RunState, ScheduleId};

use crate::error::StoreError;

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
    use domain::RunCause;

    use super::{parse_cause, parse_state};
    use crate::{ItemState, StoreError};

    #[test]
    fn what_this_version_does_not_know_is_not_guessed() {
        assert_eq!(parse_cause("keepAlive", None).unwrap(), RunCause::KeepAlive);
        for unknown in [parse_cause("webhook", None), parse_cause("schedule", None)] {
            assert!(matches!(unknown, Err(StoreError::Unreadable { .. })), "{unknown:?}");
        }
        assert!(matches!(parse_state(9), Err(StoreError::Unreadable { .. })));
        assert!(matches!(ItemState::from_code(9, false), Err(StoreError::Unreadable { .. })));
    }
}

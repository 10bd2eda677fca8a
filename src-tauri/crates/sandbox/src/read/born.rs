//! The reads that exist when the world starts: for each connection with a `last_sync` the reads of that
//! round, and those of the connection's scenario.

use jiff::{SignedDuration, Timestamp};

use super::dataset::{Course, Dataset, after, read_id};
use crate::{
    datatype,
    integration::Platform,
    read_outcome::{Ending, Script},
    record::ConnectionRecord,
    seed::Dice,
};

/// Read numbers of the initial reads. Refreshes start at 1.
const LAST_SYNC: u64 = 0;
const TRIED_AGAIN: u64 = u64::MAX;
const UNDER_WAY: u64 = u64::MAX - 1;
const FOUND_OUT: u64 = u64::MAX - 2;

/// A busy connection has a read in each stage: the data type and its completed share in percent.
const BUSY: [(&str, i64); 9] = [
    ("accountTransactions", 3),
    ("billPayments", 10),
    ("bills", 30),
    ("directCosts", 47),
    ("invoices", 56),
    ("journalEntries", 66),
    ("journals", 74),
    ("payments", 82),
    ("transfers", 92),
];

/// The work of a busy connection's reads.
const BUSY_WORK: SignedDuration = SignedDuration::from_hours(24);

/// The initial reads of a type, oldest first. The first round started at `began`.
pub(super) fn datasets(
    connection: &ConnectionRecord,
    platform: &Platform,
    (nth_type, data_type): (usize, &'static str),
    began: Timestamp,
) -> Vec<Dataset> {
    let last = connection.last_sync.unwrap_or(began);
    let made = |number: u64, requested: Timestamp, course: Course| {
        let id = read_id(connection.id, number, data_type);
        Dataset::new((id, connection.id, data_type), requested, course, |ready| ready)
    };
    let mut all = vec![made(LAST_SYNC, began, first(connection, nth_type, data_type))];
    match connection.script {
        Some(Script::Troubled) => {
            let id = read_id(connection.id, TRIED_AGAIN, data_type);
            let course = Course::of(connection.script, data_type, &mut Dice::of(id));
            if course.ending != Ending::Complete {
                all.push(made(TRIED_AGAIN, after(last, SignedDuration::from_mins(50)), course));
            }
        }
        Some(Script::Busy(born)) => {
            if let Some((_, percent)) = BUSY.into_iter().find(|(name, _)| *name == data_type) {
                let gone = SignedDuration::from_secs(BUSY_WORK.as_secs() / 100 * percent);
                let course =
                    Course { work: BUSY_WORK, pause: SignedDuration::ZERO, ending: Ending::Complete };
                all.push(made(UNDER_WAY, before(born, gone), course));
            }
        }
        Some(Script::Limited(born)) if data_type == "commerce-products" => {
            let work = SignedDuration::from_secs(6);
            let course = Course { work, pause: SignedDuration::from_hours(6), ending: Ending::Complete };
            all.push(made(UNDER_WAY, before(born, SignedDuration::from_mins(2)), course));
        }
        Some(Script::Withdrawn(at)) if datatype::supported(platform.kind).first() == Some(&data_type) => {
            let id = read_id(connection.id, FOUND_OUT, data_type);
            let course =
                Course { ending: Ending::AuthError, ..Course::of(None, data_type, &mut Dice::of(id)) };
            all.push(made(FOUND_OUT, before(at, course.lasts()), course));
        }
        Some(Script::Limited(_) | Script::Withdrawn(_) | Script::Revoked | Script::Down) | None => {}
    }
    all
}

/// The start of the first round. Its last read completed at the connection's `last_sync`.
pub(super) fn began(connection: &ConnectionRecord, platform: &Platform) -> Option<Timestamp> {
    let last = connection.last_sync?;
    let types = datatype::supported(platform.kind).iter().enumerate();
    let good = types.map(|(nth, data_type)| first(connection, nth, data_type));
    let longest = good.filter(|it| it.ending.succeeds()).map(|it| it.lasts()).max();
    Some(before(last, longest.unwrap_or_default()))
}

/// The first round's read of a type. No hashing, because this runs for all types on each evaluation.
fn first(connection: &ConnectionRecord, nth_type: usize, data_type: &str) -> Course {
    let mut dice = Dice::of(connection.id).branch(nth_type as u64).branch(LAST_SYNC);
    let ending = connection.script.map_or(Ending::Complete, |script| script.ending(data_type, true));
    Course { ending, pause: SignedDuration::ZERO, ..Course::of(None, data_type, &mut dice) }
}

fn before(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_sub(span).unwrap_or(instant)
}

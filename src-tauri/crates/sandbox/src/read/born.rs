//! The reads with which the world begins: for every connection that was ever read, those that were complete
//! at its last sync, and what its script has besides.

use jiff::{SignedDuration, Timestamp};

use super::dataset::{Course, Dataset, after, read_id};
use crate::{
    datatype,
    integration::Platform,
    read_outcome::{Ending, Script},
    record::ConnectionRecord,
    seed::Dice,
};

/// What the reads at the world's beginning are numbered by, apart from refreshes, which count from 1.
const LAST_SYNC: u64 = 0;
const TRIED_AGAIN: u64 = u64::MAX;
const UNDER_WAY: u64 = u64::MAX - 1;
const FOUND_OUT: u64 = u64::MAX - 2;

/// The types of which a busy connection has one in every stage, and how far each is, in percent.
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

/// How long a busy connection's reads work.
const BUSY_WORK: SignedDuration = SignedDuration::from_hours(24);

/// The reads of a type with which the world begins, oldest first,
/// of which the first round began at `began`.
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

/// When the reads began with which the world begins, if there are any: the last of them went well at the
/// connection's last sync.
pub(super) fn began(connection: &ConnectionRecord, platform: &Platform) -> Option<Timestamp> {
    let last = connection.last_sync?;
    let types = datatype::supported(platform.kind).iter().enumerate();
    let good = types.map(|(nth, data_type)| first(connection, nth, data_type));
    let longest = good.filter(|it| it.ending.succeeds()).map(|it| it.lasts()).max();
    Some(before(last, longest.unwrap_or_default()))
}

/// How the first round's read of a type went; derived without hashing, because every look needs all of them.
fn first(connection: &ConnectionRecord, nth_type: usize, data_type: &str) -> Course {
    let mut dice = Dice::of(connection.id).branch(nth_type as u64).branch(LAST_SYNC);
    let ending = connection.script.map_or(Ending::Complete, |script| script.ending(data_type, true));
    Course { ending, pause: SignedDuration::ZERO, ..Course::of(None, data_type, &mut dice) }
}

fn before(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_sub(span).unwrap_or(instant)
}

//! The reads that exist when the world starts: for each connection with a `last_sync` the reads of that
//! round, and those of the connection's scenario.

use jiff::{SignedDuration, Timestamp};

use super::dataset::{Dataset, ReadTiming, after, read_id};
use crate::{
    data_type,
    integration::Platform,
    read_outcome::{ReadOutcome, ReadScenario},
    record::ConnectionRecord,
    seed::Rng,
};

/// Read numbers of the initial reads. Refreshes start at 1.
const LAST_SYNC_NUMBER: u64 = 0;
const RETRY_NUMBER: u64 = u64::MAX;
const IN_PROGRESS_NUMBER: u64 = u64::MAX - 1;
const ACCESS_DENIED_NUMBER: u64 = u64::MAX - 2;

/// A busy connection has a read in each stage: the data type and its completed share in percent.
const BUSY_TYPES: [(&str, i64); 9] = [
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
const BUSY_DURATION: SignedDuration = SignedDuration::from_hours(24);

/// The initial reads of a type, oldest first. The first round started at `initial_reads_start`.
pub(super) fn initial_reads(
    connection: &ConnectionRecord,
    platform: &Platform,
    (nth_type, data_type): (usize, &'static str),
    initial_reads_start: Timestamp,
) -> Vec<Dataset> {
    let last = connection.last_sync.unwrap_or(initial_reads_start);
    let new_read = |number: u64, requested: Timestamp, course: ReadTiming| {
        let id = read_id(connection.id, number, data_type);
        Dataset::new((id, connection.id, data_type), requested, course, |ready| ready)
    };
    let mut reads = vec![new_read(
        LAST_SYNC_NUMBER,
        initial_reads_start,
        initial_timing(connection, nth_type, data_type),
    )];
    match connection.scenario {
        Some(ReadScenario::Troubled) => {
            let id = read_id(connection.id, RETRY_NUMBER, data_type);
            let course = ReadTiming::for_scenario(connection.scenario, data_type, &mut Rng::from_id(id));
            if course.outcome != ReadOutcome::Complete {
                reads.push(new_read(RETRY_NUMBER, after(last, SignedDuration::from_mins(50)), course));
            }
        }
        Some(ReadScenario::Busy(born)) => {
            if let Some((_, percent)) = BUSY_TYPES.into_iter().find(|(name, _)| *name == data_type) {
                let gone = SignedDuration::from_secs(BUSY_DURATION.as_secs() / 100 * percent);
                let course = ReadTiming {
                    work: BUSY_DURATION,
                    pause: SignedDuration::ZERO,
                    outcome: ReadOutcome::Complete,
                };
                reads.push(new_read(IN_PROGRESS_NUMBER, before(born, gone), course));
            }
        }
        Some(ReadScenario::Limited(born)) if data_type == "commerce-products" => {
            let work = SignedDuration::from_secs(6);
            let course =
                ReadTiming { work, pause: SignedDuration::from_hours(6), outcome: ReadOutcome::Complete };
            reads.push(new_read(IN_PROGRESS_NUMBER, before(born, SignedDuration::from_mins(2)), course));
        }
        Some(ReadScenario::Withdrawn(at))
            if data_type::supported(platform.kind).first() == Some(&data_type) =>
        {
            let id = read_id(connection.id, ACCESS_DENIED_NUMBER, data_type);
            let course = ReadTiming {
                outcome: ReadOutcome::AuthError,
                ..ReadTiming::for_scenario(None, data_type, &mut Rng::from_id(id))
            };
            reads.push(new_read(ACCESS_DENIED_NUMBER, before(at, course.duration()), course));
        }
        Some(
            ReadScenario::Limited(_)
            | ReadScenario::Withdrawn(_)
            | ReadScenario::Revoked
            | ReadScenario::Down,
        )
        | None => {}
    }
    reads
}

/// The start of the first round. Its last read completed at the connection's `last_sync`.
pub(super) fn initial_reads_start(connection: &ConnectionRecord, platform: &Platform) -> Option<Timestamp> {
    let last = connection.last_sync?;
    let types = data_type::supported(platform.kind).iter().enumerate();
    let good = types.map(|(nth, data_type)| initial_timing(connection, nth, data_type));
    let longest = good.filter(|it| it.outcome.succeeds()).map(|it| it.duration()).max();
    Some(before(last, longest.unwrap_or_default()))
}

/// The first round's read of a type. No hashing, because this runs for all types on each evaluation.
fn initial_timing(connection: &ConnectionRecord, nth_type: usize, data_type: &str) -> ReadTiming {
    let mut rng = Rng::from_id(connection.id).branch(nth_type as u64).branch(LAST_SYNC_NUMBER);
    let ending = connection.scenario.map_or(ReadOutcome::Complete, |script| script.outcome(data_type, true));
    ReadTiming {
        outcome: ending,
        pause: SignedDuration::ZERO,
        ..ReadTiming::for_scenario(None, data_type, &mut rng)
    }
}

fn before(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_sub(span).unwrap_or(instant)
}

//! A message to one consumer, and its retries (§7.3).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The delays in seconds, each after the attempt before.
const RETRY_DELAYS: [i64; 8] = [0, 5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 10 * 3_600];
/// A consumer is disabled after failing for this long.
pub(crate) const DISABLE_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MessageState {
    Success,
    /// All attempts failed.
    Failure,
    /// Waiting for the next attempt.
    Attempting,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    /// Counts the messages of the sandbox.
    pub(crate) number: u64,
    /// The `webhook-id` header, the same for all attempts.
    pub(crate) id: String,
    pub(crate) consumer: Uuid,
    pub(crate) event_type: String,
    pub(crate) body: String,
    pub(crate) made: Timestamp,
    pub(crate) state: MessageState,
    /// The time of the next attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<Timestamp>,
    #[serde(default)]
    pub(crate) attempts: Vec<Attempt>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    pub(crate) at: Timestamp,
    /// The status of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The start of the response body, or why there was none.
    pub(crate) answer: String,
}

/// The result of an attempt.
#[derive(Debug, Clone)]
pub(crate) struct AttemptResult {
    pub(crate) status: Option<u16>,
    pub(crate) answer: String,
}

impl AttemptResult {
    /// Any 2xx.
    pub(crate) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

impl Message {
    /// The key in the document store.
    pub(crate) fn key(&self) -> String {
        key(self.number)
    }

    /// Records the result of an attempt that was due at `at`.
    pub(crate) fn record_attempt(&mut self, at: Timestamp, result: &AttemptResult) {
        self.attempts.push(Attempt { at, status: result.status, answer: result.answer.clone() });
        if result.is_success() {
            (self.state, self.next) = (MessageState::Success, None);
            return;
        }
        match RETRY_DELAYS.get(self.attempts.len()) {
            Some(seconds) => {
                self.next =
                    Some(at.saturating_add(SignedDuration::from_secs(*seconds)).unwrap_or(Timestamp::MAX));
            }
            None => (self.state, self.next) = (MessageState::Failure, None),
        }
    }

    /// Schedules one more attempt now, whatever the state.
    pub(crate) fn replay(&mut self, now: Timestamp) {
        (self.state, self.next) = (MessageState::Attempting, Some(now));
    }
}

/// The key of a message in the document store. It sorts messages by number.
pub(crate) fn key(number: u64) -> String {
    format!("{number:012}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(at: Timestamp) -> Message {
        Message {
            number: 1,
            id: "msg_1".to_owned(),
            consumer: Uuid::nil(),
            event_type: "company.created".to_owned(),
            body: "{}".to_owned(),
            made: at,
            state: MessageState::Attempting,
            next: Some(at),
            attempts: Vec::new(),
        }
    }

    #[test]
    fn a_message_is_tried_on_the_published_schedule_and_then_given_up() {
        let begun: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        let mut message = message(begun);
        let refused = AttemptResult { status: Some(500), answer: "no".to_owned() };
        let mut waits = Vec::new();
        while let Some(at) = message.next {
            message.record_attempt(at, &refused);
            waits.extend(message.next.map(|next| next.duration_since(at).as_secs()));
        }
        assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]);
        assert_eq!((message.state, message.attempts.len()), (MessageState::Failure, 8));
        message.replay(begun);
        assert_eq!(message.state, MessageState::Attempting);
        message.record_attempt(begun, &AttemptResult { status: Some(204), answer: String::new() });
        assert_eq!((message.state, message.next), (MessageState::Success, None));
    }
}

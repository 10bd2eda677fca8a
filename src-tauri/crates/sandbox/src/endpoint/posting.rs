//! Webhooks on their way: what happened becomes messages, and messages that are due are sent.

use jiff::Timestamp;

use super::{Endpoint, Inner};
use crate::{
    lock::lock,
    webhook::{Event, post},
};

/// So many messages are under way at once.
const AT_ONCE: usize = 16;

impl Endpoint {
    /// Tells consumers of webhooks what is due by now: whoever drives the time calls it when the time has
    /// moved. A message that fails and is due again by now is tried again, in the order of the times.
    pub async fn deliver(&self) {
        self.0.post().await;
        loop {
            let now = self.0.time();
            let due = post::due(&self.0.state(), now);
            if due.is_empty() {
                return;
            }
            let anywhere = self.0.webhooks_anywhere;
            for some in due.chunks(AT_ONCE) {
                let sending = some.iter().map(|due| post::send(due, anywhere));
                let answered = futures_util::future::join_all(sending).await;
                let _turn = self.0.turn.lock().await;
                for (due, answered) in some.iter().zip(&answered) {
                    let changes = post::tried(&self.0.state(), due, answered);
                    if let Err(error) = self.0.carry(changes).await {
                        tracing::error!(%error, "what came of a webhook could not be kept");
                        return;
                    }
                }
            }
        }
    }
}

impl Inner {
    /// Makes messages of what happened by itself.
    async fn post(&self) {
        let _turn = self.turn.lock().await;
        let now = self.time();
        let news = self.news();
        let changes = post::messages(&self.state(), &[], news, now);
        if let Err(error) = self.carry(changes).await {
            tracing::error!(%error, "webhooks could not be kept");
        }
    }

    /// What is new of the day's quota.
    pub(super) fn news(&self) -> Vec<Event> {
        let quota = self.limits.quota(self.state().world.tally().linked_companies());
        let now = self.time();
        let news = lock(&self.meter).news(now);
        news.into_iter().map(|(reached, resets)| quota_event(reached, quota, resets, now)).collect()
    }
}

fn quota_event(reached: bool, quota: u64, resets: Timestamp, now: Timestamp) -> Event {
    if reached {
        Event::of_quota("client.rateLimit.reached", quota, 0, resets, now)
    } else {
        Event::of_quota("client.rateLimit.reset", quota, quota, resets, now)
    }
}

//! Creates webhook messages from events, and sends the messages that are due.

use jiff::Timestamp;

use super::{Endpoint, Inner};
use crate::{
    lock::lock,
    webhook::{Event, delivery},
};

const MAX_CONCURRENT: usize = 16;

impl Endpoint {
    /// Sends the webhook messages that are due. The owner of the clock calls it after moving the clock. A
    /// failed message whose retry is due by now is sent again, in order of the due times.
    pub async fn deliver(&self) {
        self.0.post().await;
        loop {
            let now = self.0.time();
            let due = delivery::due(&self.0.state(), now);
            if due.is_empty() {
                return;
            }
            let anywhere = self.0.webhooks_anywhere;
            for some in due.chunks(MAX_CONCURRENT) {
                let sending = some.iter().map(|due| delivery::send(due, anywhere));
                let results = futures_util::future::join_all(sending).await;
                let _turn = self.0.turn.lock().await;
                for (due, result) in some.iter().zip(&results) {
                    let changes = delivery::attempt_changes(&self.0.state(), due, result);
                    if let Err(error) = self.0.carry(changes).await {
                        tracing::error!(%error, "the result of a webhook message could not be saved");
                        return;
                    }
                }
            }
        }
    }
}

impl Inner {
    /// Creates messages for the timeline events.
    async fn post(&self) {
        let _turn = self.turn.lock().await;
        let now = self.time();
        let news = self.news();
        let changes = delivery::messages(&self.state(), &[], news, now);
        if let Err(error) = self.carry(changes).await {
            tracing::error!(%error, "webhooks could not be kept");
        }
    }

    /// Events for changes of the daily quota.
    pub(super) fn news(&self) -> Vec<Event> {
        let quota = self.limits.quota(self.state().world.connection_counts().linked_companies());
        let now = self.time();
        let news = lock(&self.meter).take_quota_changes(now);
        news.into_iter().map(|(reached, resets)| quota_event(reached, quota, resets, now)).collect()
    }
}

fn quota_event(reached: bool, quota: u64, resets: Timestamp, now: Timestamp) -> Event {
    if reached {
        Event::quota("client.rateLimit.reached", quota, 0, resets, now)
    } else {
        Event::quota("client.rateLimit.reset", quota, quota, resets, now)
    }
}

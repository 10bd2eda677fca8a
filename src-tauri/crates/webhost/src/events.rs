//! `GET /events`: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt, future, stream};
use tokio_util::sync::CancellationToken;

use crate::commands::Commands;

/// The source of the events and the shutdown of the server.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) commands: Arc<dyn Commands>,
    pub(crate) shutdown: CancellationToken,
}

/// The events from now on. A comment comes first, so that the page knows that it is connected.
pub(crate) async fn events(
    State(source): State<Source>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let greeting = stream::once(future::ready(Event::default().comment("listening")));
    let events = source.commands.events().map(|json| Event::default().data(json));
    let guard_of_stream = ListenerGuard(source.commands.clone());
    let until_the_end =
        greeting.chain(events).take_until(source.shutdown.cancelled_owned()).map(move |event| {
            // Dropped with the stream.
            let _listens = &guard_of_stream;
            Ok(event)
        });
    Sse::new(until_the_end).keep_alive(KeepAlive::default())
}

/// Reports a closed page when it is dropped.
struct ListenerGuard(Arc<dyn Commands>);

impl Drop for ListenerGuard {
    fn drop(&mut self) {
        // Without a runtime the program is shutting down, and no report is needed.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.0.clone().page_closed());
        }
    }
}

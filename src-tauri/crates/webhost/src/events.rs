//! `GET /events`: what happens, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt, future, stream};
use tokio_util::sync::CancellationToken;

use crate::commands::Commands;

/// What the stream needs: where events come from, and when the server ends.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) commands: Arc<dyn Commands>,
    pub(crate) ending: CancellationToken,
}

/// The events from now on. A comment comes first, so that the page knows at once that it listens.
pub(crate) async fn events(
    State(source): State<Source>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let hello = stream::once(future::ready(Event::default().comment("listening")));
    let events = source.commands.events().map(|json| Event::default().data(json));
    let leaving = Leaving(source.commands.clone());
    let until_the_end = hello.chain(events).take_until(source.ending.cancelled_owned()).map(move |event| {
        // Kept as long as the stream is, and told of its end.
        let _listens = &leaving;
        Ok(event)
    });
    Sse::new(until_the_end).keep_alive(KeepAlive::default())
}

/// A page that listens.
struct Leaving(Arc<dyn Commands>);

impl Drop for Leaving {
    fn drop(&mut self) {
        // Outside of a runtime the program ends, and nobody has to be told.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.0.clone().left());
        }
    }
}

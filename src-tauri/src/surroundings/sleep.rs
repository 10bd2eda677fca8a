//! Wake-ups from logind.

use app::App;
use futures_util::StreamExt as _;
use zbus::{Connection, MatchRule, MessageStream};

/// Reports each wake-up, until the bus ends.
pub(super) async fn follow(bus: &Connection, app: &App) {
    let mut signals = match signals(bus).await {
        Ok(signals) => signals,
        Err(error) => {
            tracing::warn!(%error, "that the computer woke is noticed by its clocks alone");
            return;
        }
    };
    while let Some(Ok(signal)) = signals.next().await {
        // True before sleep, false after it.
        if signal.body().deserialize::<bool>().is_ok_and(|is_going_to_sleep| !is_going_to_sleep) {
            tracing::info!("the system says that the computer woke");
            app.woke().await;
        }
    }
}

/// The signal is received even if logind starts later.
async fn signals(bus: &Connection) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder()
        .sender("org.freedesktop.login1")
        .path("/org/freedesktop/login1")
        .interface("org.freedesktop.login1.Manager")
        .member("PrepareForSleep")
        .build()?;
    MessageStream::for_match_rule(rule, bus, None).await
}

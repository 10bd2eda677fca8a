//! The last check of the safe mode: a request that it forbids is not sent, whatever its origin. The engine
//! checks before, so this refuses nothing unless the engine has a bug.

use bytes::Bytes;
use codat::client::{Transport, TransportError};
use domain::SafeMode;
use http::Method;
use tokio::sync::watch;
use tower::{Service as _, service_fn, util::BoxCloneSyncService};

/// A transport that sends only requests that the current mode allows.
pub(crate) fn enforce_safe_mode(transport: Transport, mode: watch::Receiver<SafeMode>) -> Transport {
    BoxCloneSyncService::new(service_fn(move |request: http::Request<Bytes>| {
        let (mut transport, needs) = (transport.clone(), needs(request.method(), request.uri().path()));
        let is_allowed = needs <= *mode.borrow();
        async move {
            if is_allowed {
                return transport.call(request).await;
            }
            tracing::error!(method = %request.method(), ?needs, "a request that the safe mode forbids was stopped");
            Err(TransportError::Unreachable(
                "This workspace’s safe mode doesn’t allow this request.".to_owned(),
            ))
        }
    }))
}

/// The mode that a request needs. Unknown requests need the highest one.
fn needs(method: &Method, path: &str) -> SafeMode {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (method.as_str(), segments.as_slice()) {
        ("GET" | "HEAD", _) => SafeMode::View,
        ("POST", [.., "companies"])
        | ("PATCH", [.., "companies", _])
        | ("POST", [.., "companies", _, "connections"])
        | ("POST", [.., "companies", _, "connections", _, "files"])
        | ("POST", [.., "companies", _, "data", "all"])
        | ("POST", [.., "companies", _, "data", "queue", _]) => SafeMode::Operate,
        _ => SafeMode::Administer,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use codat::{ApiKey, Client};

    use super::{
        super::calls::{Subjects, calls},
        *,
    };

    #[tokio::test]
    async fn no_call_of_the_client_leaves_in_a_mode_that_forbids_it() {
        let left = Arc::new(AtomicU32::new(0));
        let counted = left.clone();
        let line = service_fn(move |_: http::Request<Bytes>| {
            counted.fetch_add(1, Ordering::Relaxed);
            async { Err(TransportError::Unreachable("the end of the line".to_owned())) }
        });
        let (mode, allowed) = watch::channel(SafeMode::View);
        for base in ["https://api.codat.io", "http://127.0.0.1:1/behind/a/proxy"] {
            let transport = enforce_safe_mode(BoxCloneSyncService::new(line.clone()), allowed.clone());
            let client = Client::new(base, ApiKey::new("a-key").unwrap(), transport);
            for now in [SafeMode::View, SafeMode::Operate, SafeMode::Administer] {
                mode.send_replace(now);
                for call in calls() {
                    let before = left.load(Ordering::Relaxed);
                    let made = (call.make)(client.clone(), Subjects::nothing()).await;
                    assert!(made.is_err(), "{}", call.name);
                    let has_left = left.load(Ordering::Relaxed) > before;
                    assert_eq!(has_left, call.mode <= now, "{} in {now:?} at {base}", call.name);
                }
            }
        }
    }
}

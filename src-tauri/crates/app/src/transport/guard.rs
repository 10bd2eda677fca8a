//! The last guard of the safe mode: a request that it forbids does not leave, whatever asked for it. The engine decides
//! before, so this refuses nothing as long as the engine is right.

use bytes::Bytes;
use codat::client::{Transport, TransportError};
use http::Method;
use store::SafeMode;
use tokio::sync::watch;
use tower::{Service as _, service_fn, util::BoxCloneSyncService};

/// A transport that sends only what the mode allows at that moment.
pub(crate) fn guarded(transport: Transport, mode: watch::Receiver<SafeMode>) -> Transport {
    BoxCloneSyncService::new(service_fn(move |request: http::Request<Bytes>| {
        let (mut transport, needs) = (transport.clone(), needs(request.method(), request.uri().path()));
        let is_allowed = needs <= *mode.borrow();
        async move {
            if is_allowed {
                return transport.call(request).await;
            }
            tracing::error!(method = %request.method(), ?needs, "a request that the safe mode forbids was stopped");
            Err(TransportError::Unreachable(
                "The safe mode of this workspace forbids this request.".to_owned(),
            ))
        }
    }))
}

/// The mode that a request needs. What is not known needs the highest.
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

    use codat::{
        ApiKey, Client, CompanyId, ConnectionId,
        client::Outcome,
        model::{CompanyPatch, NewApiKey, NewCompany, Profile},
        page::PageRequest,
        upload::{Candidate, FilePart, check},
    };
    use futures_util::future::BoxFuture;
    use uuid::Uuid;

    use super::*;

    fn page() -> PageRequest {
        PageRequest { page: 1, page_size: 1, query: None, order_by: None }
    }

    /// Whether a call came to nothing, as each does here.
    fn failed<T>(answer: &Outcome<T>) -> bool {
        answer.is_err()
    }

    type Call = (&'static str, SafeMode, fn(Client) -> BoxFuture<'static, bool>);

    const COMPANY: CompanyId = CompanyId(Uuid::from_u128(1));
    const CONNECTION: ConnectionId = ConnectionId(Uuid::from_u128(2));
    const KEY: Uuid = Uuid::from_u128(3);

    /// Every call of the client that changes something, and some that read.
    fn calls() -> Vec<Call> {
        macro_rules! call {
            ($name:literal, $mode:ident, |$client:ident| $call:expr) => {
                ($name, SafeMode::$mode, |$client| Box::pin(async move { failed(&$call.await) }))
            };
        }
        vec![
            call!("list_companies", View, |it| it.list_companies::<codat::Listed>(&page())),
            call!("get_company", View, |it| it.get_company(COMPANY)),
            call!("list_connections", View, |it| it.list_connections(COMPANY, &page())),
            call!("get_connection", View, |it| it.get_connection(COMPANY, CONNECTION)),
            call!("list_integrations", View, |it| it.list_integrations(&page())),
            call!("data_status", View, |it| it.data_status(COMPANY)),
            call!("data_history", View, |it| it.data_history(COMPANY, &page())),
            call!("push_history", View, |it| it.push_history(COMPANY, &page())),
            call!("company_info", View, |it| it.company_info(COMPANY)),
            call!("list_files", View, |it| it.list_files(COMPANY)),
            call!("sync_settings", View, |it| it.sync_settings(None)),
            call!("profile", View, |it| it.profile()),
            call!("api_keys", View, |it| it.api_keys()),
            call!("create_company", Operate, |it| {
                let new = NewCompany { name: "X".into(), description: None, tags: Default::default() };
                async move { it.create_company(&new, KEY).await }
            }),
            call!("update_company", Operate, |it| async move {
                it.update_company(COMPANY, &CompanyPatch::default(), KEY).await
            }),
            call!("refresh_company", Operate, |it| it.refresh_company(COMPANY, KEY)),
            call!("refresh_data_type", Operate, |it| it.refresh_data_type(COMPANY, "bills", None, KEY)),
            call!("create_connection", Operate, |it| it.create_connection(COMPANY, "gbol", KEY)),
            call!("upload_file", Operate, |it| async move {
                let candidate = Candidate { name: "a.pdf".into(), bytes: 4 };
                let checked = check(&[candidate]).unwrap().remove(0);
                let pieces = futures_util::stream::iter([Ok(Bytes::from_static(b"%PDF"))]);
                let file = FilePart::read(checked, pieces).await.unwrap();
                it.upload_file(COMPANY, CONNECTION, &file, KEY, |_| {}).await
            }),
            call!("delete_company", Administer, |it| it.delete_company(COMPANY)),
            call!("unlink_connection", Administer, |it| it.unlink_connection(COMPANY, CONNECTION, KEY)),
            call!("delete_connection", Administer, |it| it.delete_connection(COMPANY, CONNECTION)),
            call!("set_sync_settings of a company", Administer, |it| async move {
                it.set_sync_settings(Some(COMPANY), &serde_json::json!({}), KEY).await
            }),
            call!("set_sync_settings", Administer, |it| async move {
                it.set_sync_settings(None, &serde_json::json!({}), KEY).await
            }),
            call!("update_profile", Administer, |it| async move {
                let profile: Profile = serde_json::from_str(r#"{"name":"X","redirectUrl":""}"#).unwrap();
                it.update_profile(&profile).await
            }),
            call!("create_api_key", Administer, |it| async move {
                it.create_api_key(&NewApiKey { name: None }, KEY).await
            }),
            call!("delete_api_key", Administer, |it| it.delete_api_key("x")),
        ]
    }

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
            let transport = guarded(BoxCloneSyncService::new(line.clone()), allowed.clone());
            let client = Client::new(base, ApiKey::new("a-key").unwrap(), transport);
            for now in [SafeMode::View, SafeMode::Operate, SafeMode::Administer] {
                mode.send_replace(now);
                for (name, needs, call) in calls() {
                    let before = left.load(Ordering::Relaxed);
                    assert!(call(client.clone()).await, "{name}");
                    let has_left = left.load(Ordering::Relaxed) > before;
                    assert_eq!(has_left, needs <= now, "{name} in {now:?} at {base}");
                }
            }
        }
    }
}

//! All calls of the API client, for tests that make every one.

use bytes::Bytes;
use codat::{
    Client, Company, CompanyId, ConnectionId, DatasetId, Failure, Listed, StatementKind, Topic, Write,
    model::{CompanyPatch, NewCompany},
    page::PageRequest,
    upload::{Candidate, FilePart, check},
};
use domain::SafeMode;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use uuid::Uuid;

/// How many bytes of a download are read before it counts as endless.
const DOWNLOADED: u64 = 100_000_000;

/// The IDs and values that the calls use.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    pub(super) company: CompanyId,
    pub(super) connection: ConnectionId,
    /// A connection of the same company that accepts files.
    pub(super) folder: ConnectionId,
    pub(super) dataset: DatasetId,
    pub(super) push: (CompanyId, codat::PushKey),
    /// The sync settings that are sent.
    pub(super) settings: Value,
}

impl Subjects {
    /// IDs of objects that do not exist.
    pub(super) fn nothing() -> Self {
        let id = Uuid::from_u128;
        Self {
            company: CompanyId(id(1)),
            connection: ConnectionId(id(2)),
            folder: ConnectionId(id(3)),
            dataset: DatasetId(id(4)),
            push: (CompanyId(id(1)), codat::PushKey(id(5))),
            settings: json!({}),
        }
    }
}

/// The number of unreadable items in the answer, or the failure.
pub(super) type CallResult = Result<usize, Failure>;

pub(super) struct Call {
    /// The method of the client, and its variant after a comma.
    pub(super) name: &'static str,
    /// The safe mode that the call needs.
    pub(super) mode: SafeMode,
    pub(super) make: fn(Client, Subjects) -> BoxFuture<'static, CallResult>,
}

pub(super) fn page() -> PageRequest {
    PageRequest { page: 1, page_size: 5, query: None, order_by: None }
}

/// A new idempotency key.
fn key() -> Uuid {
    Uuid::new_v4()
}

/// All calls. Those that delete something are last.
pub(super) fn calls() -> Vec<Call> {
    macro_rules! call {
        ($name:literal, $mode:ident, |$client:ident, $of:ident| $call:expr) => {
            Call {
                name: $name,
                mode: SafeMode::$mode,
                make: |$client, $of| {
                    Box::pin(async move {
                        let _ = &$of;
                        $call.await.map(|_| 0)
                    })
                },
            }
        };
    }
    macro_rules! list {
        ($name:literal, |$client:ident, $of:ident| $call:expr) => {
            Call {
                name: $name,
                mode: SafeMode::View,
                make: |$client, $of| {
                    Box::pin(async move {
                        let _ = &$of;
                        $call.await.map(|answer| answer.value.unreadable.len())
                    })
                },
            }
        };
    }
    vec![
        list!("list_companies", |it, of| it.list_companies::<Company>(&page())),
        list!("list_companies, as a sweep", |it, of| it.list_companies::<Listed>(&page())),
        call!("get_company", View, |it, of| it.get_company(of.company)),
        call!("get_connection", View, |it, of| it.get_connection(of.company, of.connection)),
        list!("list_integrations", |it, of| it.list_integrations(&page())),
        call!("profile", View, |it, of| it.profile()),
        call!("data_status", View, |it, of| it.data_status(of.company)),
        list!("data_history", |it, of| it.data_history(of.company, &page())),
        call!("pull_operation", View, |it, of| it.pull_operation(of.company, of.dataset)),
        call!("validation_results", View, |it, of| it.validation_results(of.company, of.dataset)),
        list!("push_history", |it, of| it.push_history(of.push.0, &page())),
        call!("push_operation", View, |it, of| it.push_operation(of.push.0, of.push.1)),
        call!("topic", View, |it, of| async move { it.topic(&Topic::Info(of.company)).await }),
        call!("sync_settings", View, |it, of| it.sync_settings(None)),
        call!("sync_settings, of a company", View, |it, of| it.sync_settings(Some(of.company))),
        list!("records", |it, of| it.records(of.company, None, "invoices", &page())),
        call!("company_info", View, |it, of| it.company_info(of.company)),
        call!("statement", View, |it, of| {
            it.statement(of.company, StatementKind::ProfitAndLoss, 3, None)
        }),
        call!("list_files", View, |it, of| it.list_files(of.company)),
        call!("download_files", View, |it, of| async move {
            let mut download = it.download_files(of.company, None).await?;
            while download.progress().received < DOWNLOADED && download.next().await?.is_some() {}
            Ok::<_, Failure>(())
        }),
        call!("create_company", Operate, |it, of| async move {
            let new = NewCompany { name: "X".into(), description: None, tags: Default::default() };
            it.write(Write::create_company(&new, key())).await
        }),
        call!("update_company", Operate, |it, of| async move {
            let patch = CompanyPatch { name: Some("Y".into()), ..CompanyPatch::default() };
            it.write(Write::update_company(of.company, &patch, key())).await
        }),
        call!("refresh_data_type", Operate, |it, of| {
            it.write(Write::refresh_data_type(of.company, "bills", Some(of.connection), key()))
        }),
        call!("refresh_company", Operate, |it, of| it.write(Write::refresh_company(of.company, key()))),
        call!("create_connection", Operate, |it, of| it.write(Write::create_connection(
            of.company,
            "suuo",
            key()
        ))),
        call!("upload_file", Operate, |it, of| async move {
            let candidate = Candidate { name: "a.pdf".into(), bytes: 4 };
            let checked = check(&[candidate]).unwrap().remove(0);
            let pieces = futures_util::stream::iter([Ok(Bytes::from_static(b"%PDF"))]);
            let file = FilePart::read(checked, pieces).await.unwrap();
            it.upload_file(of.company, of.folder, &file, key(), |_| {}).await
        }),
        call!("set_sync_settings", Administer, |it, of| {
            it.write(Write::set_sync_settings(None, &of.settings, key()))
        }),
        call!("set_sync_settings, of a company", Administer, |it, of| {
            it.write(Write::set_sync_settings(Some(of.company), &of.settings, key()))
        }),
        call!("unlink_connection", Administer, |it, of| {
            it.write(Write::unlink_connection(of.company, of.connection, key()))
        }),
        call!("delete_connection", Administer, |it, of| it
            .write(Write::delete_connection(of.company, of.connection))),
        call!("delete_company", Administer, |it, of| it.write(Write::delete_company(of.company))),
    ]
}

#[test]
fn every_call_of_the_client_is_in_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../codat/src/client");
    let listed: Vec<&str> = calls().iter().map(|it| it.name.split(',').next().unwrap()).collect();
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The methods of a download read the response of an earlier call, and `write` sends what is in the list.
        if path.ends_with("download.rs") || path.ends_with("write.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let blocks = text.split("\nimpl Write<").skip(1).map(|block| block.split("\n}\n").next().unwrap());
        let writes = blocks.flat_map(|block| block.split("    pub fn ").skip(1));
        for rest in text.split("pub async fn ").skip(1).chain(writes) {
            let name = rest.split(['(', '<']).next().unwrap();
            assert!(listed.contains(&name), "{name} of {}", path.display());
            found += 1;
        }
    }
    assert!(found > 20, "{found}");
}

//! Reads, writes, findings and settings, as published and as real answers have them (§2.11 to §2.16).

use codat::{
    Write,
    model::{
        ChangeType, DataStatus, DatasetStatus, Frequency, Phase, PushOperation, PushStatus, SyncSettings,
        ValidationResults,
    },
    page::PageRequest,
};
use serde_json::{Value, json, value::RawValue};

use super::scripted::{COMPANY, Scripted, company, dataset, key, page, whole};

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

#[test]
fn a_type_never_read_is_known_in_either_spelling() {
    let id = "11111111-2222-3333-4444-555555555555";
    let statuses = DataStatus::all_from_raw(&raw(&json!({
        "suppliers": { "dataType": "suppliers" },
        "bills": null,
        "items": { "dataType": "items", "currentStatus": null },
        "invoices": { "dataType": "invoices", "currentStatus": "Complete", "latestSyncId": id,
            "latestSuccessfulSyncId": id, "lastSuccessfulSync": "2026-11-20T08:15:02.1180000Z" },
        "payments": { "currentStatus": "Dreaming", "latestSyncId": 7, "lastSuccessfulSync": "soon", "new": {} },
        "odd": "text",
    })))
    .unwrap();
    for key in ["suppliers", "bills", "items", "odd"] {
        assert!(statuses[key].is_never_read(), "{key}");
        assert_eq!(statuses[key].data_type, key);
    }
    assert_eq!(statuses["invoices"].current_status, Some(DatasetStatus::Complete));
    assert_eq!(statuses["invoices"].latest_sync_id, Some(dataset()));
    let newer = &statuses["payments"];
    assert_eq!(newer.current_status, Some(DatasetStatus::Unrecognized("Dreaming".to_owned())));
    assert_eq!((newer.latest_sync_id, newer.last_successful_sync), (None, None), "what is odd is as missing");
    assert!(!newer.is_never_read());
    assert!(DataStatus::all_from_raw(&raw(&json!([]))).is_err());
}

#[test]
fn every_status_says_what_it_means_for_whoever_waits() {
    for status in DatasetStatus::KNOWN {
        let name = status.as_str();
        let expected = match name {
            "Complete" => Phase::Done,
            "NotSupported" | "Cancelled" => Phase::Neutral,
            "PrerequisiteNotMet" => Phase::Failed,
            name if name.ends_with("Error") => Phase::Failed,
            _ => Phase::Running,
        };
        assert_eq!(status.phase(), expected, "{name}");
    }
    assert_eq!(DatasetStatus::from("Dreaming").phase(), Phase::Unrecognized);
}

fn push(fields: Value) -> Value {
    let mut all = json!({
        "pushOperationKey": "11111111-2222-3333-4444-555555555555", "companyId": COMPANY,
        "dataConnectionKey": "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1", "status": "Success", "statusCode": 200,
        "requestedOnUtc": "2026-11-20T08:14:51", "dataType": "invoices",
    });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    all
}

#[tokio::test]
async fn writes_are_read_with_what_they_changed_and_what_checks_found() {
    let body = json!({ "pageNumber": 1, "pageSize": 10, "totalResults": 3, "results": [
        push(json!({ "changes": [
            { "type": "Created", "recordRef": { "id": "inv-1", "dataType": "invoices" } },
            { "type": "Exploded" }, { "recordRef": null, "attachmentId": "a" },
        ], "completedOnUtc": "2026-11-20T08:14:52Z", "timeoutInMinutes": null })),
        push(json!({ "status": "Shelved", "changes": null, "dataType": null, "statusCode": null,
            "validation": { "errors": [{ "itemId": "x", "message": "no", "validatorName": "V" }], "warnings": null } })),
        { "pushOperationKey": "x" },
    ], "_links": {} });
    let body = body.to_string();
    let server = Scripted::answering(move || whole(200, body.clone()));
    let request = PageRequest {
        query: Some("status=Success".to_owned()),
        order_by: Some("-requestedOnUtc".to_owned()),
        ..page(1, 10)
    };
    let page = server.client.push_history(company(), &request).await.unwrap().value;
    assert_eq!(
        server.asked().uri().path_and_query().unwrap().as_str(),
        format!(
            "/companies/{COMPANY}/push?page=1&pageSize=10&query=status%3DSuccess&orderBy=-requestedOnUtc"
        )
    );
    let writes: Vec<&PushOperation> = page.results.iter().map(|item| &item.value).collect();
    assert_eq!(page.unreadable.len(), 1, "one that cannot be read does not take the others along");
    let changes: Vec<_> = writes[0].changes.iter().map(|change| change.change.clone()).collect();
    let exploded = ChangeType::Unrecognized("Exploded".to_owned());
    assert_eq!(changes, [ChangeType::Created, exploded, ChangeType::Unknown]);
    assert_eq!(writes[1].status, PushStatus::Unrecognized("Shelved".to_owned()));
    assert_eq!(writes[1].validation.as_ref().unwrap().errors[0].message.as_deref(), Some("no"));
    let written = serde_json::to_string(writes[1]).unwrap();
    assert!(!written.contains("null"), "{written}");
}

#[tokio::test]
async fn one_write_and_the_findings_of_one_read() {
    let server = Scripted::answering(|| whole(200, push(json!({ "newer": 1.10 })).to_string()));
    let item = server.client.push_operation(company(), dataset().to_string().parse().unwrap()).await.unwrap();
    assert_eq!(server.asked().uri().path(), format!("/companies/{COMPANY}/push/{}", dataset()));
    assert!(item.value.raw.get().contains("newer"), "what is newer survives beside it");

    let body = r#"{"errors":[{"ruleId":"accounting-bill-030","itemId":"b-1","message":"69.99 is not 70.00",
        "validatorName":"BillValidator"}],"warnings":null}"#;
    let server = Scripted::answering(move || whole(200, body));
    let found = server.client.validation_results(company(), dataset()).await.unwrap().value;
    assert_eq!(server.asked().uri().path(), format!("/companies/{COMPANY}/sync/{}/validation", dataset()));
    assert_eq!((found.errors[0].rule_id.as_str(), found.warnings.len()), ("accounting-bill-030", 0));
    assert_eq!(serde_json::from_str::<ValidationResults>("{}").unwrap(), ValidationResults::default());
}

#[tokio::test]
async fn settings_go_back_as_they_came_but_for_what_was_changed() {
    let said = json!({
        "companyId": COMPANY, "overridesDefaults": false, "newer": { "a": 1 },
        "settings": [
            { "dataType": "invoices", "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 3,
              "syncFromUtc": "2026-01-01T00:00:00Z", "isLocked": true, "retries": 2 },
            { "dataType": "balanceSheet", "fetchOnFirstLink": true, "syncSchedule": 0, "syncOrder": 0,
              "monthsToSync": 24 },
        ],
    });
    let body = said.to_string();
    let server = Scripted::answering(move || whole(200, body.clone()));
    let mut settings = server.client.sync_settings(Some(company())).await.unwrap().value;
    assert_eq!(server.asked().uri().path(), format!("/companies/{COMPANY}/syncSettings"));
    assert_eq!(serde_json::to_value(&settings).unwrap(), said, "nothing is lost, nothing is added");
    assert_eq!(settings.for_data_type("invoices").unwrap().frequency(), Frequency::Daily);

    settings.settings[0].sync_schedule = Frequency::Weekly.hours();
    server.client.write(Write::set_sync_settings(Some(company()), &settings, key())).await.unwrap();
    let sent: Value = serde_json::from_slice(server.asked().body()).unwrap();
    assert_eq!((&sent["settings"][0]["syncSchedule"], &sent["newer"]), (&json!(168), &said["newer"]));

    let server = Scripted::answering(|| whole(200, r#"{"clientId":"c","settings":null}"#));
    let all: SyncSettings = server.client.sync_settings(None).await.unwrap().value;
    assert_eq!(server.asked().uri().path(), "/profile/syncSettings");
    assert!(all.settings.is_empty() && all.client_id.as_deref() == Some("c"));
}

#[test]
fn a_schedule_in_hours_reads_as_the_portal_offers_it() {
    for frequency in Frequency::OFFERED {
        assert_eq!(Frequency::of_hours(frequency.hours()), frequency);
    }
    assert_eq!(Frequency::of_hours(48), Frequency::Hours(48));
    assert_eq!(Frequency::of_hours(-1), Frequency::None);
    assert_eq!(Frequency::of_hours(i64::MAX), Frequency::Hours(u32::MAX));
}

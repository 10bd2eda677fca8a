//! Models: shapes of dates, unknown values, nulls, names (§2.1, §2.7 to §2.14).

use codat::{
    Company, Connection, ConnectionStatus, Integration, datetime,
    model::{CompanyPatch, DataStatus, DatasetStatus, PullOperation, SourceType, kept_name, name_characters},
};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::scripted::SAMPLE;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn connection(fields: Value) -> Connection {
    let mut all = json!({
        "id": "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1", "status": "Linked", "created": "2026-01-01T00:00:00Z",
    });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

#[test]
fn dates_come_in_three_shapes_with_up_to_seven_digits() {
    let exact = at("2022-10-27T10:22:43.6464237Z");
    for text in
        ["2022-10-27T10:22:43.6464237Z", "2022-10-27T10:22:43.6464237", "2022-10-27T05:22:43.6464237-05:00"]
    {
        assert_eq!(datetime::parse(text).unwrap(), exact, "{text}");
    }
    assert_eq!(datetime::parse("2021-11-15").unwrap(), at("2021-11-15T00:00:00Z"));
    assert_eq!(datetime::parse(" 2021-11-15T01:00:00 ").unwrap(), at("2021-11-15T01:00:00Z"));
    assert_eq!(datetime::parse("0001-01-01T00:00:00").unwrap(), at("0001-01-01T00:00:00Z"));
    for text in ["", "yesterday", "2021-02-30", "2021-11-15T25:00:00Z", "12:00"] {
        assert!(datetime::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_date_that_is_none_takes_no_company_with_it() {
    let mut json: Value = serde_json::from_str(SAMPLE).unwrap();
    let whole: Company = serde_json::from_value(json.clone()).unwrap();
    for none in [
        json!(null),
        json!(7),
        json!({}),
        json!(""),
        json!("2026-02-30T00:00:00Z"),
        json!("0001-01-01T00:00:00"),
        json!("9999-12-31T23:59:59.9999999"),
        json!("9999-12-31T23:59:59.9999999Z"),
    ] {
        for field in ["created", "lastSync"] {
            json[field] = none.clone();
            json["dataConnections"][0][field] = none.clone();
        }
        let company: Company = serde_json::from_str(&json.to_string()).unwrap();
        assert_eq!((company.created, company.last_sync), (datetime::UNKNOWN, None), "{none}");
        assert_eq!(company.data_connections[0].created, datetime::UNKNOWN, "{none}");
        assert_eq!(company.data_connections[0].status, whole.data_connections[0].status);
    }
    for field in ["created", "lastSync"] {
        json.as_object_mut().unwrap().remove(field);
    }
    let company: Company = serde_json::from_str(&json.to_string()).unwrap();
    assert_eq!(company.created, datetime::UNKNOWN, "nor does a missing one");
}

#[test]
fn a_number_of_500_digits_takes_no_company_with_it() {
    let digits = "9".repeat(500);
    let connection = format!(
        r#"{{ "id": "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1", "status": "Linked", "created": {digits},
              "lastSync": {digits}, "connectionInfo": {{ "n": {digits} }}, "newer": {digits} }}"#
    );
    let connection: Connection = serde_json::from_str(&connection).unwrap();
    assert!(connection.connection_info.is_empty());
}

#[test]
fn a_company_reads_and_writes_without_nulls() {
    let company: Company = serde_json::from_str(SAMPLE).unwrap();
    assert_eq!(company.last_sync, Some(at("2026-11-20T08:15:02.118Z")));
    assert_eq!(company.tags["region"], "uk");
    let bare = json!({
        "id": company.id, "name": "New", "redirect": "https://link.test/x", "created": "2026-01-01T00:00:00Z",
    });
    let bare: Company = serde_json::from_value(bare).unwrap();
    let written = serde_json::to_string(&bare).unwrap();
    assert!(!written.contains("null"), "{written}");
    assert_eq!(serde_json::from_str::<Company>(&written).unwrap(), bare);
}

#[test]
fn null_says_the_same_as_nothing() {
    let company: Company = serde_json::from_str(SAMPLE).unwrap();
    let nulls = json!({
        "id": company.id, "name": "N", "redirect": "r", "created": "2026-01-01T00:00:00Z",
        "description": null, "lastSync": null, "createdByUserName": null, "products": null,
        "tags": { "kept": "1", "gone": null }, "ownerUserIds": null, "referenceParentCompany": null,
        "referenceSubsidiaryCompanies": null, "dataConnections": null,
    });
    let read: Company = serde_json::from_value(nulls).unwrap();
    assert_eq!(read.tags.into_iter().collect::<Vec<_>>(), [("kept".to_owned(), "1".to_owned())]);
    assert!(read.data_connections.is_empty() && read.last_sync.is_none());
    let read = connection(json!({
        "integrationId": null, "integrationKey": null, "sourceId": null, "sourceType": null, "linkUrl": null,
        "platformName": null, "lastSync": null, "dataConnectionErrors": null, "connectionInfo": null,
    }));
    assert_eq!(read.source_type, SourceType::Unknown);
    let error = json!({ "dataConnectionErrors": [{
        "statusCode": null, "statusText": null, "errorMessage": null, "erroredOnUtc": null, "status": null,
        "resolvedOnUtc": null,
    }] });
    assert_eq!(connection(error).data_connection_errors[0].status, None);
    let integration = json!({
        "key": "gbol", "name": "Xero", "enabled": null, "logoUrl": null, "sourceType": null, "isBeta": null,
        "isOfflineConnector": null, "datatypeFeatures": null,
    });
    assert!(!serde_json::from_value::<Integration>(integration).unwrap().enabled);
}

#[test]
fn values_of_a_newer_api_are_kept_as_they_were_said() {
    let read = connection(json!({ "status": "Paused", "sourceType": "Payroll" }));
    assert_eq!(read.status, ConnectionStatus::Unrecognized("Paused".to_owned()));
    assert_eq!(read.source_type, SourceType::Unrecognized("Payroll".to_owned()));
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!((&written["status"], &written["sourceType"]), (&json!("Paused"), &json!("Payroll")));
    for known in DatasetStatus::KNOWN {
        assert_eq!(DatasetStatus::from(known.as_str()), *known);
    }
}

#[test]
fn a_features_data_type_is_read_in_either_spelling_and_in_both() {
    let spelled = |fields: Value| {
        let integration = json!({ "key": "gbol", "name": "Xero", "datatypeFeatures": [fields] });
        serde_json::from_value::<Integration>(integration).unwrap().datatype_features.remove(0)
    };
    let features = json!([{ "featureType": "Get", "featureState": "Release" }]);
    let real = spelled(json!({ "datatype": "bills", "supportedFeatures": features }));
    let reference = spelled(json!({ "dataType": "bills", "supportedFeatures": features }));
    let both =
        spelled(json!({ "datatype": "bills", "dataType": "bills", "supportedFeatures": features, "x": 1 }));
    for feature in [&real, &reference, &both] {
        assert_eq!(feature.data_type.as_str(), "bills");
        assert_eq!(feature.supported_features[0].feature_type, "Get");
    }
    let written = serde_json::to_value(&both).unwrap();
    assert_eq!((&written["datatype"], &written["dataType"]), (&json!("bills"), &json!("bills")));
    assert_eq!(spelled(json!({ "supportedFeatures": null })).data_type.as_str(), "");
}

#[test]
fn a_read_and_a_status_read_as_published() {
    let read: PullOperation = serde_json::from_value(json!({
        "id": "11111111-2222-3333-4444-555555555555", "companyId": "0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10",
        "connectionId": "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1", "dataType": "custom/x", "status": "Initial",
        "requested": "2026-11-20T08:14:51.0020000Z", "progress": 10, "isCompleted": false, "isErrored": false,
    }))
    .unwrap();
    assert_eq!((read.status, read.progress, read.completed), (DatasetStatus::Initial, 10, None));
    let never: DataStatus = serde_json::from_value(json!({ "dataType": "suppliers" })).unwrap();
    assert_eq!(never.current_status, None);
}

#[test]
fn a_patch_says_only_what_changes() {
    let patch = CompanyPatch { tags: Some(Default::default()), ..CompanyPatch::default() };
    assert_eq!(serde_json::to_string(&patch).unwrap(), r#"{"tags":{}}"#, "no tags is something to say");
    assert_eq!(serde_json::to_string(&CompanyPatch::default()).unwrap(), "{}");
}

#[test]
fn names_lose_what_codat_strips_and_nothing_else() {
    assert_eq!(kept_name("Example Company (Codat[1])"), "Example Company Codat1");
    assert_eq!(kept_name("A-1 'B' & C@D. E, F? G!"), "A-1 'B' & C@D. E, F? G!");
    assert_eq!(kept_name("Ōsaka 大阪\tПекарня"), "Ōsaka 大阪\tПекарня");
    assert_eq!(kept_name("<b>🍞\0</b>\u{202e}"), "bb");
    assert_eq!(kept_name("()[]{}<>"), "");
}

proptest! {
    #[test]
    fn stripping_a_name_twice_is_stripping_it_once(name in ".{0,60}") {
        let kept = kept_name(&name);
        prop_assert_eq!(kept_name(&kept), kept.clone());
        prop_assert!(name_characters(&kept).all(|(_, kept)| kept));
        prop_assert_eq!(name_characters(&name).map(|(c, _)| c).collect::<String>(), name);
    }

    #[test]
    fn every_instant_reads_back(second in -60_000_000_000_i64..200_000_000_000, nanosecond in 0..1_000_000_000) {
        let instant = Timestamp::new(second, nanosecond).unwrap();
        prop_assert_eq!(datetime::parse(&instant.to_string()).unwrap(), instant);
    }
}

//! Pages and items (§2.2).

use codat::{Company, Page, model::ConnectionStatus, page::PageRequest};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::scripted::{SAMPLE, Scripted, company, page, whole};

async fn read(asked: &PageRequest, body: String) -> Page<Company> {
    Scripted::answering(move || whole(200, body.clone())).client.list_companies(asked).await.unwrap().value
}

fn sample() -> Value {
    serde_json::from_str(SAMPLE).unwrap()
}

#[tokio::test]
async fn a_page_has_its_items_and_what_follows() {
    let body = json!({
        "results": [sample()], "pageNumber": 2, "pageSize": 1, "totalResults": 3,
        "_links": { "self": { "href": "/companies" }, "next": { "href": "/companies?page=3&pageSize=1" } },
    });
    let page = read(&page(2, 1), body.to_string()).await;
    assert_eq!((page.page_number, page.page_size, page.total_results, page.has_next), (2, 1, 3, true));
    assert!(page.more_follow());
    assert_eq!(page.results[0].value.name, "Harbour Lane Bakery");
    assert_eq!(page.results[0].value.data_connections[0].status, ConnectionStatus::Linked);
}

#[tokio::test]
async fn one_item_that_cannot_be_read_does_not_take_the_page_with_it() {
    let mut wrong_type = sample();
    wrong_type["name"] = json!(["not text"]);
    let mut wrong_connection = sample();
    wrong_connection["dataConnections"][0]["created"] = json!("yesterday");
    wrong_connection["id"] = json!(7);
    let results = json!([sample(), wrong_type, wrong_connection, null, "text", sample()]);
    let page = read(&page(1, 100), json!({ "results": results, "totalResults": 6 }).to_string()).await;
    assert_eq!(page.results.len(), 2);
    let ids: Vec<_> = page.unreadable.iter().map(|item| item.id.as_deref()).collect();
    assert_eq!(ids, [Some("0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10"), None, None, None]);
    assert!(page.unreadable[0].reason.contains("invalid type"), "{}", page.unreadable[0].reason);
}

#[tokio::test]
async fn numbers_that_are_none_take_no_page_with_them() {
    let digits = "9".repeat(500);
    for (page_number, total) in [(digits.as_str(), digits.as_str()), ("-1", "1e500"), (r#""1""#, "{}")] {
        let odd = SAMPLE.replacen('{', &format!(r#"{{ "newer": {digits}, "#), 1);
        let body = format!(
            r#"{{ "results": [{odd}, {SAMPLE}], "pageNumber": {page_number}, "totalResults": {total}, "_links": 7 }}"#
        );
        let page = read(&page(1, 100), body).await;
        assert_eq!((page.results.len(), page.page_number, page.total_results), (2, 1, 2));
        assert!(!page.more_follow());
    }
}

#[tokio::test]
async fn what_a_newer_api_adds_is_kept_byte_for_byte() {
    let body = format!(r#"{{ "results" : [ {SAMPLE} ] , "totalResults" : 1 }}"#);
    assert_eq!(read(&page(1, 100), body).await.results[0].raw.get(), SAMPLE);
    let server = Scripted::answering(|| whole(200, format!("\n {SAMPLE} \n")));
    assert_eq!(server.client.get_company(company()).await.unwrap().value.raw.get(), SAMPLE);
}

#[tokio::test]
async fn a_page_with_fewer_fields_is_one_too() {
    let asked = page(3, 2);
    let full = read(&asked, json!({ "results": [sample(), sample()] }).to_string()).await;
    assert_eq!((full.page_number, full.page_size, full.total_results), (3, 2, 6));
    assert!(full.more_follow(), "a full page that says nothing of its end may have a successor");
    let part = read(&asked, json!({ "results": [sample()] }).to_string()).await;
    assert_eq!(part.total_results, 5);
    assert!(!part.more_follow());
    let counted =
        read(&asked, json!({ "results": [sample(), sample()], "totalResults": 6 }).to_string()).await;
    assert!(!counted.more_follow(), "the count tells the end without links");
    let counted =
        read(&asked, json!({ "results": [sample(), sample()], "totalResults": 7 }).to_string()).await;
    assert!(counted.more_follow());
    let linked = json!({ "results": [sample()], "_links": { "next": null } });
    assert!(!read(&asked, linked.to_string()).await.more_follow());
    let zeroes = json!({ "results": [sample()], "pageNumber": 0, "pageSize": 0, "totalResults": 5 });
    assert!(!read(&asked, zeroes.to_string()).await.more_follow(), "a page of no size is as asked");
}

#[tokio::test]
async fn no_items_end_a_list_whatever_else_is_said() {
    let asked = page(1, 100);
    let empty = json!({ "results": [], "totalResults": 9, "_links": { "next": { "href": "/companies" } } });
    assert!(!read(&asked, empty.to_string()).await.more_follow());
    assert!(!read(&asked, json!({ "totalResults": 0 }).to_string()).await.more_follow());
}

proptest! {
    #[test]
    fn no_answer_ends_in_a_panic(body in proptest::collection::vec(any::<u8>(), 0..200), status in 200_u16..600) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let server = Scripted::answering(move || whole(status, body.clone()));
        runtime.block_on(async {
            let _ = server.client.list_companies::<Company>(&page(1, 100)).await;
            let _ = server.client.get_company(company()).await;
            let _ = server.client.profile().await;
        });
    }

    #[test]
    fn nor_does_one_that_is_cut_anywhere_and_none_is_taken_for_whole(cut in 0..SAMPLE.len()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let body = SAMPLE.as_bytes()[..cut].to_vec();
        let server = Scripted::answering(move || whole(200, body.clone()));
        prop_assert!(runtime.block_on(server.client.get_company(company())).is_err());
    }
}

//! Answers that came and are not what the API speaks.

use codat::{Company, Failure, FailureKind, Write};

use super::scripted::{SAMPLE, Scripted, company, key, page, whole, with};

async fn unreadable(body: &'static str) -> Failure {
    let server = Scripted::answering(move || with(200, &[("x-correlation-id", "c-1")], body));
    let failure = server.client.get_company(company()).await.expect_err("it cannot be read");
    assert_eq!((failure.kind, failure.status), (FailureKind::Unreadable, Some(200)), "{failure}");
    assert_eq!(failure.correlation_id.as_deref(), Some("c-1"));
    failure
}

#[tokio::test]
async fn a_web_page_is_called_one() {
    for body in ["<!DOCTYPE html>\n<html>\n  <title>Sign in</title>", "\u{feff} <html>"] {
        let message = unreadable(body).await.message;
        assert!(message.starts_with("The answer is a web page instead of data"), "{message}");
        assert!(message.contains("It starts with:") && !message.contains('\n'), "{message}");
    }
}

#[tokio::test]
async fn a_web_page_does_not_say_that_something_was_done() {
    let server = Scripted::answering(|| whole(200, "<!doctype html><title>Sign in</title>"));
    for done in [
        server.client.write(Write::delete_company(company())).await,
        server.client.write(Write::refresh_company(company(), key())).await,
        server.client.write(Write::set_sync_settings(None, &serde_json::json!({}), key())).await,
    ] {
        assert_eq!(done.map(|_| ()).map_err(|failure| failure.kind), Err(FailureKind::Unreadable));
    }
    let server = Scripted::answering(|| with(200, &[("content-type", "text/html; charset=utf-8")], "<html>"));
    let failure = server.client.download_files(company(), None).await.err().expect("it is no archive");
    assert_eq!(failure.kind, FailureKind::Unreadable);
}

#[tokio::test]
async fn json_that_ends_too_soon_is_called_that() {
    let message = unreadable("{\"id\":\"0b9c").await.message;
    assert!(message.starts_with("The answer is cut off after 11 bytes."), "{message}");
    assert!(message.ends_with("It starts with: {\"id\":\"0b9c"), "{message}");
}

#[tokio::test]
async fn other_text_and_emptiness_are_called_what_they_are() {
    assert!(unreadable("Service is fine").await.message.starts_with("The answer isn’t JSON."));
    assert_eq!(unreadable("").await.message, "The answer is empty.");
    assert_eq!(unreadable(" \n ").await.message, "The answer is empty.");
}

#[tokio::test]
async fn another_form_is_told_with_the_place() {
    let message = unreadable("{\"id\":7}").await.message;
    assert!(message.starts_with("The answer doesn’t have the form that the API describes."), "{message}");
    for body in ["null", "[]", "true", "\"text\"", "7"] {
        unreadable(body).await;
    }
}

#[tokio::test]
async fn long_answers_are_quoted_shortly_and_on_one_line() {
    let long: &'static str =
        Box::leak(format!("{{\"id\":\"{}\"}}", "x\u{7}é ".repeat(10_000)).into_boxed_str());
    let message = unreadable(long).await.message;
    assert!(message.chars().count() < 400, "{}", message.chars().count());
    assert!(!message.chars().any(char::is_control));
}

#[tokio::test]
async fn a_mark_before_utf_8_does_no_harm() {
    let server = Scripted::answering(|| whole(200, format!("\u{feff}{SAMPLE}")));
    assert!(server.client.get_company(company()).await.is_ok());
}

#[tokio::test]
async fn what_is_no_page_is_not_taken_for_an_empty_one() {
    for body in ["{}", r#"{"error":"x"}"#, r#"{"results":null,"totalResults":3}"#, r#"{"results":{}}"#, "[]"]
    {
        let server = Scripted::answering(move || whole(200, body));
        let failure = server.client.list_companies::<Company>(&page(1, 100)).await.expect_err(body);
        assert_eq!(failure.kind, FailureKind::Unreadable, "{body}");
    }
}

#[tokio::test]
async fn a_company_of_megabytes_is_not_taken_in_and_the_others_are() {
    let vast = SAMPLE.replace("Harbour Lane Bakery", &"x".repeat(1_100_000));
    let (other, id) = ("11111111-2222-3333-4444-555555555555", "0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10");
    let small = SAMPLE.replace(id, other);
    let body = format!(r#"{{"results":[{vast},{small}],"totalResults":2}}"#);
    let server = Scripted::answering(move || whole(200, body.clone()));
    let page =
        server.client.list_companies::<Company>(&page(1, 100)).await.expect("the page can be read").value;
    assert_eq!(page.results.iter().map(|item| item.value.id.to_string()).collect::<Vec<_>>(), [other]);
    assert_eq!(page.unreadable[0].id.as_deref(), Some(id));
    assert!(page.unreadable[0].reason.len() < 200, "and nothing of it is quoted");
    let server = Scripted::answering(move || whole(200, vast.clone()));
    let failure = server.client.get_company(company()).await.expect_err("it is not taken in");
    assert_eq!(failure.kind, FailureKind::Unreadable);
}

//! What only a connection shows: waiting, cutting, closing, and long bodies.

use std::sync::Arc;

use sandbox::{Options, Sandbox};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{BASIC, options, start_of_time};

async fn start() -> Sandbox {
    Sandbox::start(Options { port: 0, ..options() }, Arc::new(start_of_time)).await.unwrap()
}

/// Sends a request on a connection of its own and reads until that is closed.
async fn exchange(sandbox: &Sandbox, method: &str, target: &str, body: &[u8]) -> String {
    exchange_as(sandbox, &sandbox.address().to_string(), method, target, body).await
}

/// As [`exchange`], with this `Host` header.
async fn exchange_as(sandbox: &Sandbox, host: &str, method: &str, target: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {BASIC}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Whoever refuses a long body closes before it was all sent.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn set(sandbox: &Sandbox, fault: &str) {
    let answer = exchange(sandbox, "POST", "/_sandbox/faults", fault.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

fn length(answer: &str) -> (usize, usize) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let said = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    (said.parse().unwrap(), body.len())
}

#[tokio::test]
async fn it_listens_on_loopback_and_answers() {
    let sandbox = start().await;
    assert!(sandbox.address().ip().is_loopback());
    let answer = exchange(&sandbox, "GET", "/companies?pageSize=1", b"").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("X-Rate-Limit-Limit: "));
    assert!(answer.contains(&format!("http://{}/company/", sandbox.address())), "Link URLs lead to itself");
    let (said, got) = length(&answer);
    assert_eq!(said, got);
    sandbox.stop().await;
}

#[tokio::test]
async fn it_answers_under_the_names_that_it_was_given_and_no_other() {
    let host_names = vec!["sandbox".to_owned(), "localhost:9000".to_owned()];
    let options = Options { port: 0, host_names, ..options() };
    let sandbox = Sandbox::start(options, Arc::new(start_of_time)).await.unwrap();
    let port = sandbox.address().port();
    for host in [format!("sandbox:{port}"), "localhost:9000".to_owned(), format!("127.0.0.1:{port}")] {
        let answer = exchange_as(&sandbox, &host, "GET", "/companies?pageSize=1", b"").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
        assert!(answer.contains(&format!("http://sandbox:{port}/company/")), "{answer}");
    }
    let answer = exchange_as(&sandbox, &format!("other:{port}"), "GET", "/companies", b"").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    sandbox.stop().await;
}

#[tokio::test]
async fn a_cut_answer_has_its_length_and_only_so_many_bytes() {
    let sandbox = start().await;
    set(&sandbox, r#"{"cut": 100, "times": 1}"#).await;
    let (said, got) = length(&exchange(&sandbox, "GET", "/companies", b"").await);
    assert!(said > 100 && got == 100, "{said} said, {got} came");
    set(&sandbox, r#"{"cut": 0, "times": 1}"#).await;
    assert_eq!(length(&exchange(&sandbox, "GET", "/companies", b"").await).1, 0);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_dropped_answer_is_none_but_the_request_was_carried_out() {
    let sandbox = start().await;
    set(&sandbox, r#"[{"drop": true, "times": 1}, {"lost": true, "times": 1}]"#).await;
    assert_eq!(exchange(&sandbox, "POST", "/companies", br#"{"name":"Dropped"}"#).await, "");
    assert_eq!(exchange(&sandbox, "POST", "/companies", br#"{"name":"Lost"}"#).await, "");
    let answer = exchange(&sandbox, "GET", "/companies", b"").await;
    assert!(answer.contains("\"Dropped\"") && !answer.contains("\"Lost\""));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_delayed_answer_comes_after_others_that_were_asked_later() {
    let sandbox = start().await;
    // Longer than any machine is busy: whoever waits for it holds up nobody.
    set(&sandbox, r#"{"route": "/companies", "delayMs": 600000, "times": 1}"#).await;
    tokio::select! {
        biased;
        answer = exchange(&sandbox, "GET", "/companies", b"") => panic!("too early: {answer:?}"),
        _ = exchange(&sandbox, "GET", "/profile", b"") => {}
    }
    set(&sandbox, r#"{"route": "/profile", "delayMs": 50, "times": 1}"#).await;
    let answer = exchange(&sandbox, "GET", "/profile", b"").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "late, and whole: {answer}");
    sandbox.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_without_being_read() {
    let sandbox = start().await;
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let head = format!(
        "POST /companies HTTP/1.1\r\nHost: {}\r\nAuthorization: {BASIC}\r\nContent-Length: 50000000\r\n\r\n",
        sandbox.address()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b'x'; sandbox::BODY_LIMIT + 1]).await.unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413");
    sandbox.stop().await;
}

#[tokio::test]
async fn what_is_no_http_harms_nothing() {
    let sandbox = start().await;
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(b"\0\xff not http at all\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(exchange(&sandbox, "GET", "/profile", b"").await.starts_with("HTTP/1.1 200"));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_file_of_ten_megabytes_is_taken_and_a_slow_line_is_in_no_hurry() {
    let sandbox = start().await;
    let (company, connection) = file_connection(&sandbox).await;
    let target = format!("/companies/{company}/connections/{connection}/files");
    set(&sandbox, r#"{"bytesPerSecond": 1000, "route": "/companies", "method": "POST"}"#).await;
    let form = [FORM_HEAD, &[b'x'; 10 * 1024 * 1024], FORM_END].concat();
    tokio::select! {
        biased;
        answer = upload(&sandbox, &target, &form) => panic!("it takes hours: {answer}"),
        _ = exchange(&sandbox, "GET", "/profile", b"") => {}
    }
    exchange(&sandbox, "DELETE", "/_sandbox/faults", b"").await;
    let answer = upload(&sandbox, &target, &form).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let listed = exchange(&sandbox, "GET", &format!("/companies/{company}/files"), b"").await;
    assert_eq!(listed.matches("\"fileName\"").count(), 1, "the one that broke off is no file: {listed}");
    sandbox.stop().await;
}

const FORM_HEAD: &[u8] = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
const FORM_END: &[u8] = b"\r\n--edge--\r\n";

/// A company and its connection that takes files.
async fn file_connection(sandbox: &Sandbox) -> (String, String) {
    let id = |answer: &str| {
        let body: serde_json::Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        body["id"].as_str().unwrap().to_owned()
    };
    let company = id(&exchange(sandbox, "POST", "/companies", br#"{"name":"Files"}"#).await);
    let path = format!("/companies/{company}/connections");
    let connection = id(&exchange(sandbox, "POST", &path, br#"{"platformKey":"bkfu"}"#).await);
    exchange(sandbox, "PUT", &format!("{path}/{connection}/authorization"), b"{}").await;
    (company, connection)
}

async fn upload(sandbox: &Sandbox, target: &str, form: &[u8]) -> String {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: {BASIC}\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\n\r\n",
        sandbox.address(),
        form.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(form).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_fault_may_answer_with_megabytes() {
    let sandbox = start().await;
    let note = "n".repeat(5_000_000);
    set(&sandbox, &format!(r#"{{"route": "/companies", "status": 200, "body": {{"note": "{note}"}}}}"#))
        .await;
    let answer = exchange(&sandbox, "GET", "/companies", b"").await;
    assert_eq!(length(&answer), (note.len() + 11, note.len() + 11));
    sandbox.stop().await;
}

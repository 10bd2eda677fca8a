//! The program itself.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::Command,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_portal-sandbox");

#[tokio::test]
async fn it_prints_where_it_is_and_answers_there() {
    let mut program = Command::new(PROGRAM)
        .args(["--port", "0", "--api-key", "sandbox", "--companies", "3", "--now", "2026-11-23T09:00:00Z"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        let last = line.starts_with("Press Ctrl+C");
        printed.push(line);
        if last {
            break;
        }
    }
    let said = |what: &str| {
        let line =
            printed.iter().find_map(|line| line.strip_prefix(what)).unwrap_or_else(|| panic!("{printed:?}"));
        line.trim().to_owned()
    };
    let address = said("address");
    assert_eq!(said("key"), "sandbox");
    assert_eq!(said("page"), format!("{address}/#key=sandbox"), "the dashboard's address");
    assert_eq!(said("invite"), format!("{address}/invite"));
    assert!(said("curl").contains(&format!("{address}/companies")));

    let host = address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!(
        "GET /companies HTTP/1.1\r\nHost: {host}\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
        crate::support::BASIC
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"totalResults\":3"), "{answer}");
    assert!(answer.contains("2026-11-23T08:57:"), "its clock starts at --now");
    program.kill().await.unwrap();
}

#[tokio::test]
async fn its_help_names_every_option() {
    let output = Command::new(PROGRAM).arg("--help").output().await.unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for option in [
        "--port",
        "--listen",
        "--host-name",
        "--api-key",
        "--companies",
        "--seed",
        "--db",
        "--now",
        "--time-scale",
        "--plan",
        "--limits",
        "--webhooks-anywhere",
        "/_sandbox/clock",
        "/_sandbox/happenings",
        "/_sandbox/snapshot",
        "/_sandbox/faults",
        "/_sandbox/connections/{id}/ACT",
        "/_sandbox/companies/{id}/vanish",
        "/_sandbox/link",
        "/_sandbox/webhooks",
        "/_sandbox/reads",
        "/_sandbox/requests",
    ] {
        assert!(help.contains(option), "{option}");
    }
}

#[tokio::test]
async fn it_says_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.txt");
    std::fs::write(&file, "not a database, but a letter that is long enough").unwrap();
    let output = Command::new(PROGRAM).args(["--port", "0", "--db"]).arg(&file).output().await.unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("letter.txt isn’t a sandbox file"), "{said}");
}

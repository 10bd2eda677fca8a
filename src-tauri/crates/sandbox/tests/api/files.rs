//! Uploaded files (§2.17).

use std::io::Read as _;

use jiff::SignedDuration;
use serde_json::json;

use crate::support::{Api, BASIC, Reply};

const BOUNDARY: &str = "xxBOUNDARYxx";

async fn upload(api: &Api, path: &str, files: &[(&str, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [("host", "127.0.0.1:8787"), ("authorization", BASIC), ("content-type", kind.as_str())];
    api.send("POST", &format!("{path}/files"), &headers, body).await
}

async fn folder(api: &Api) -> (String, String) {
    let company = api.new_company("Papers").await;
    let connection = api.linked(&company, "bdfu").await;
    (company, connection)
}

#[tokio::test]
async fn files_are_listed_and_come_back_as_an_archive_of_their_day() {
    let api = Api::new().await;
    let (company, connection) = folder(&api).await;
    assert_eq!(api.get(&format!("{company}/files")).await.expect(200).json(), json!([]));
    api.get(&format!("{company}/files/download")).await.expect(404);
    upload(&api, &connection, &[("a.pdf", b"%PDF one"), ("b.csv", b"x,y")]).await.expect(200);
    api.advance(SignedDuration::from_hours(48));
    upload(&api, &connection, &[("../../a.pdf", b"two")]).await.expect(200);
    let list = api.get(&format!("{company}/files")).await.expect(200).json();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|it| it["fileName"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.pdf", "b.csv", "a.pdf"], "newest first, and without a way");
    let whole = api.get(&format!("{company}/files/download")).await.expect(200);
    assert_eq!(whole.header("content-type"), "application/octet-stream");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(whole.body.to_vec())).unwrap();
    let mut inside: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    inside.sort();
    let folder = "Business documents file upload";
    assert_eq!(inside, [format!("{folder}/2 a.pdf"), format!("{folder}/a.pdf"), format!("{folder}/b.csv")]);
    let mut text = String::new();
    archive.by_name(&format!("{folder}/a.pdf")).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "%PDF one");
    let day = api.get(&format!("{company}/files/download?date=2026-11-25")).await.expect(200);
    assert_eq!(zip::ZipArchive::new(std::io::Cursor::new(day.body.to_vec())).unwrap().len(), 1);
    api.get(&format!("{company}/files/download?date=2020-01-01")).await.expect(404);
    api.get(&format!("{company}/files/download?date=soon")).await.expect(400);
}

#[tokio::test]
async fn what_is_over_the_limits_is_refused_whole() {
    let api = Api::new().await;
    let (company, connection) = folder(&api).await;
    let large = vec![0; (10 << 20) + 1];
    let many: Vec<(&str, &[u8])> = vec![("a.pdf", b"x"); 21];
    for (files, wrong) in [
        (Vec::new(), "The body has no file."),
        (many, "An upload has at most 20 files."),
        (vec![("good.pdf", &b"x"[..]), ("big.pdf", &large)], "big.pdf has more than 10 MB."),
        (vec![("script.exe", &b"x"[..])], "script.exe is not an accepted kind of file."),
    ] {
        let refused = upload(&api, &connection, &files).await.expect(400).json();
        assert_eq!(refused["validation"]["errors"][0]["message"], wrong);
    }
    assert_eq!(api.get(&format!("{company}/files")).await.json(), json!([]), "nothing by half");
    let most = vec![1; 10 << 20];
    upload(&api, &connection, &[("most.png", &most)]).await.expect(200);
    let books = api.linked(&company, "gbol").await;
    upload(&api, &books, &[("a.pdf", b"x")]).await.expect(400);
    api.post(&format!("{connection}/files"), &json!({})).await.expect(400);
}

#[tokio::test]
async fn a_quote_in_a_files_name_is_the_quote_that_was_sent() {
    let api = Api::new().await;
    let (company, connection) = folder(&api).await;
    upload(&api, &connection, &[("a %22draft%22.pdf", b"%PDF one")]).await.expect(200);
    let list = api.get(&format!("{company}/files")).await.expect(200).json();
    assert_eq!(list[0]["fileName"], "a \"draft\".pdf");
}

//! Files: what may go, how it goes, and how it comes (§1.7, §2.17).

use std::{
    io,
    ops::ControlFlow,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use codat::{
    FailureKind,
    client::{Leaving, Progress, SaveError, TransportError},
    upload::{Candidate, Checked, FileKind, FilePart, MAX_BYTES, Problem, ReadError, check},
};
use futures_util::stream;
use jiff::civil::date;

use super::scripted::{COMPANY, Scripted, company, connection, key, streamed, whole, with};

fn file(name: &str, bytes: u64) -> Candidate {
    Candidate { name: name.to_owned(), bytes }
}

fn checked(name: &str, bytes: u64) -> Checked {
    check(&[file(name, bytes)]).unwrap().remove(0)
}

async fn read(name: &str, bytes: u64, pieces: &[&'static str]) -> Result<FilePart, ReadError> {
    let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
    FilePart::read(checked(name, bytes), stream::iter(pieces)).await
}

#[test]
fn every_kind_that_codat_takes_may_go_up_to_its_limit() {
    let files: Vec<_> =
        FileKind::ALL.iter().map(|kind| file(&format!("Ä b.{}", kind.extension()), MAX_BYTES)).collect();
    let checked = check(&files).unwrap();
    assert_eq!(checked.iter().map(Checked::kind).collect::<Vec<_>>(), FileKind::ALL);
    assert_eq!(FileKind::of_name("Report.v2.PDF"), Some(FileKind::Pdf));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let files =
        [file("a.exe", 1), file("b.pdf", 0), file("c.pdf", MAX_BYTES + 1), file("pdf", 1), file("d.pdf", 1)];
    let name = |name: &str| name.to_owned();
    assert_eq!(
        check(&files).unwrap_err(),
        [
            Problem::WrongKind { name: name("a.exe") },
            Problem::Empty { name: name("b.pdf") },
            Problem::TooLarge { name: name("c.pdf"), bytes: MAX_BYTES + 1 },
            Problem::WrongKind { name: name("pdf") },
        ]
    );
    assert_eq!(FileKind::of_name(".pdf"), None, "a name that is nothing but a kind has none");
    assert_eq!(check(&[]).unwrap_err(), [Problem::NoFiles]);
    assert!(check(&vec![file("a.pdf", 1); 20]).is_ok());
    assert_eq!(check(&vec![file("a.pdf", 1); 21]).unwrap_err(), [Problem::TooMany { count: 21 }]);
    let problem = Problem::TooLarge { name: name("c.pdf"), bytes: MAX_BYTES + 1 };
    assert!(
        problem.to_string().starts_with("c.pdf has 10.1 MB"),
        "{problem}: never as if it were small enough"
    );
}

#[tokio::test]
async fn a_file_goes_as_a_form_with_one_part() {
    let server = Scripted::answering(|| whole(200, ""));
    let part = read("Q1 \"final\"\n.csv", 8, &["a,b", "", "\r\n1,2"]).await.unwrap();
    server.client.upload_file(company(), connection(), &part, key(), |_| {}).await.unwrap();
    let request = server.asked();
    assert_eq!(
        format!("{} {}", request.method(), request.uri().path()),
        format!("POST /companies/{COMPANY}/connections/{}/files", connection())
    );
    assert_eq!(request.headers()["idempotency-key"], key().to_string());
    let boundary = "portal-00000000000000000000000000000007";
    assert_eq!(request.headers()["content-type"], format!("multipart/form-data; boundary={boundary}"));
    let form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Q1 %22final%22%0A.csv\"\r\n\
         Content-Type: text/csv\r\n\r\na,b\r\n1,2\r\n--{boundary}--\r\n"
    );
    assert_eq!(request.body(), form.as_bytes());
}

#[tokio::test]
async fn a_file_goes_under_its_name_alone_without_a_path_and_without_what_no_name_has() {
    for (given, sent) in [
        ("../../etc/cron.d/a.csv", "a.csv"),
        ("..\\..\\a.csv", "a.csv"),
        ("a\0b\u{7}.csv", "ab.csv"),
        ("C:\\files\\Q1.csv", "Q1.csv"),
        ("Ünal – Q1.csv", "Ünal – Q1.csv"),
    ] {
        let server = Scripted::answering(|| whole(200, ""));
        let part = read(given, 1, &["x"]).await.unwrap();
        server.client.upload_file(company(), connection(), &part, key(), |_| {}).await.unwrap();
        let body = String::from_utf8(server.asked().body().to_vec()).unwrap();
        assert!(body.contains(&format!("filename=\"{sent}\"")), "{given:?}: {body}");
    }
}

#[tokio::test]
async fn whoever_carries_a_file_can_tell_how_much_of_the_file_itself_has_left() {
    let server = Scripted::answering(|| whole(200, ""));
    let part = read("a.csv", 8, &["a,b", "\r\n1,2"]).await.unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = heard.clone();
    let tell = move |bytes| hears.lock().unwrap().push(bytes);
    server.client.upload_file(company(), connection(), &part, key(), tell).await.unwrap();
    let request = server.asked();
    let leaving = request.extensions().get::<Leaving>().expect("somebody wants to hear");
    let file = request.body().windows(3).position(|it| it == b"a,b").unwrap() as u64;
    for left in [0, file, file + 5, request.body().len() as u64] {
        leaving.tell(left);
    }
    assert_eq!(*heard.lock().unwrap(), [0, 0, 5, 8], "the form around the file does not count");
}

#[tokio::test]
async fn a_file_that_vanishes_shrinks_or_grows_is_not_sent() {
    let pieces = [Ok(Bytes::from_static(b"ab")), Err(io::Error::from(io::ErrorKind::NotFound))];
    let gone = FilePart::read(checked("a.pdf", 4), stream::iter(pieces)).await.unwrap_err();
    assert!(matches!(&gone, ReadError::Io { name, .. } if name == "a.pdf"), "{gone}");
    for pieces in [&["abc"][..], &["abc", "de"], &[]] {
        let changed = read("a.pdf", 4, pieces).await.unwrap_err();
        assert!(matches!(changed, ReadError::Changed { .. }), "{pieces:?}");
    }
}

#[tokio::test]
async fn a_file_without_end_is_left_at_its_size() {
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[0; 4_096])));
    let part = FilePart::read(checked("a.pdf", MAX_BYTES), endless).await;
    assert!(matches!(part, Err(ReadError::Changed { .. })));
}

#[tokio::test]
async fn files_are_a_bare_list() {
    let body = r#"[{"fileName":"a.pdf","displayName":null,"uploaded":"2026-11-20T08:15:02"},
        {"fileName":"b.pdf","displayName":"Bank","sourceType":"Banking","newer":1}]"#;
    let server = Scripted::answering(move || whole(200, body));
    let files = server.client.list_files(company()).await.unwrap().value;
    assert_eq!(files.iter().map(codat::model::UploadedFile::name).collect::<Vec<_>>(), ["a.pdf", "Bank"]);
    assert_eq!(files[0].uploaded.unwrap().to_string(), "2026-11-20T08:15:02Z");
}

fn pieces(texts: &[&'static str]) -> Vec<Result<Bytes, TransportError>> {
    texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect()
}

#[tokio::test]
async fn a_download_comes_piece_by_piece_with_its_progress() {
    let headers = [("content-length", "6"), ("content-type", "application/zip")];
    let server = Scripted::answering(move || streamed(200, &headers, pieces(&["P", "", "Kc", "def"])));
    let download = server.client.download_files(company(), Some(date(2026, 11, 20))).await.unwrap();
    assert_eq!(download.media_type(), Some("application/zip"));
    let (mut written, mut told) = (Vec::new(), Vec::new());
    let bytes = download
        .save(
            async |piece| {
                written.extend_from_slice(&piece);
                Ok(())
            },
            |progress| {
                told.push(progress);
                ControlFlow::Continue(())
            },
        )
        .await
        .unwrap();
    assert_eq!((bytes, written.as_slice()), (6, b"PKcdef".as_slice()));
    let at = |received| Progress { received, announced: Some(6) };
    assert_eq!(told, [at(1), at(3), at(6)]);
    let request = server.asked();
    let line = format!("/companies/{COMPANY}/files/download?date=2026-11-20");
    assert_eq!(request.uri().path_and_query().unwrap().as_str(), line);
    assert_eq!(request.headers()["accept"], "*/*");
}

#[tokio::test]
async fn a_download_that_breaks_off_or_ends_early_is_not_whole() {
    let headers = [("content-length", "10")];
    let cut = || {
        let mut pieces = pieces(&["PKc"]);
        pieces.push(Err(TransportError::NoAnswer("reset".to_owned())));
        pieces
    };
    let broken = Scripted::answering(move || streamed(200, &headers, cut()));
    let short = Scripted::answering(move || streamed(200, &headers, pieces(&["PKc"])));
    for server in [broken, short] {
        let download = server.client.download_files(company(), None).await.unwrap();
        let end = download.save(async |_| Ok(()), |_| ControlFlow::Continue(())).await;
        let Err(SaveError::Failed(failure)) = end else { panic!("{end:?}") };
        assert_eq!(failure.kind, FailureKind::NoAnswer);
        assert!(failure.message.contains("after 3 of 10 bytes"), "{failure}");
    }
}

#[tokio::test]
async fn a_download_that_is_no_archive_is_refused_at_its_first_bytes() {
    let json = [("content-type", "application/json")];
    for texts in [&["<html>"][..], &["P", "D"], &["{}"], &["P"], &[]] {
        let server = Scripted::answering(move || streamed(200, &json, pieces(texts)));
        let download = server.client.download_files(company(), None).await.unwrap();
        let mut written = 0;
        let count = async |piece: Bytes| {
            written += piece.len();
            Ok(())
        };
        let end = download.save(count, |_| ControlFlow::Continue(())).await;
        let Err(SaveError::Failed(failure)) = end else { panic!("{texts:?}: {end:?}") };
        assert_eq!(failure.kind, FailureKind::Unreadable, "{texts:?}");
        assert!(written < 2, "{texts:?}");
    }
}

#[tokio::test]
async fn a_download_without_end_is_left_at_four_gibibytes() {
    let piece = Bytes::from(vec![0; 256 << 20]);
    let server = Scripted::answering(move || {
        let start = [Ok(Bytes::from_static(b"PK"))];
        let all = start.into_iter().chain((0..64).map(|_| Ok(piece.clone())));
        streamed(200, &[], all.collect())
    });
    let mut download = server.client.download_files(company(), None).await.unwrap();
    let failure = loop {
        match download.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it has an end"),
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure.kind, FailureKind::Unreadable);
    assert!(download.progress().received < 5 << 30, "{:?}", download.progress());
}

#[tokio::test]
async fn a_download_can_be_called_off_refused_and_fail_on_the_disk() {
    let server = || Scripted::answering(|| streamed(200, &[], pieces(&["PKc", "def"])));
    let download = server().client.download_files(company(), None).await.unwrap();
    let mut count = 0;
    let count_pieces = async |_| {
        count += 1;
        Ok(())
    };
    let end = download.save(count_pieces, |_| ControlFlow::Break(())).await;
    assert!(matches!(end, Err(SaveError::Cancelled)));
    assert_eq!(count, 1, "nothing is taken after that");

    let download = server().client.download_files(company(), None).await.unwrap();
    let full = async |_| Err(io::Error::from(io::ErrorKind::StorageFull));
    assert!(matches!(download.save(full, |_| ControlFlow::Continue(())).await, Err(SaveError::Write(_))));

    let body = r#"{"statusCode":404,"service":"PublicApi","error":"No files","correlationId":"c"}"#;
    let refused = Scripted::answering(move || with(404, &[], body));
    let failure = refused.client.download_files(company(), None).await.err().unwrap();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::NotFound, "No files"));
}

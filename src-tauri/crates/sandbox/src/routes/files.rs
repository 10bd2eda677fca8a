//! Uploaded files (§2.17, §1.7).

use std::io::{Cursor, Write as _};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::StatusCode;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    change::Change,
    context::{Context, HandlerOutput, HandlerResult, empty, find_connection, ok},
    document_store::DocumentKind,
    integration,
    request::Request,
    response::{ApiError, ContentType, Response},
    time_format,
};

const MAX_FILES: usize = 20;
const MAX_FILE_BYTES: usize = 10 << 20;
/// The maximum size of an upload in bytes, including the multipart overhead.
pub(crate) const UPLOAD_LIMIT: usize = MAX_FILES * MAX_FILE_BYTES + (1 << 20);
/// The accepted file extensions.
const ALLOWED_EXTENSIONS: [&str; 12] =
    ["pdf", "xls", "xlsx", "xlsb", "csv", "doc", "docx", "ppt", "pptx", "jpeg", "jpg", "png"];

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    name: String,
    connection: Uuid,
    platform: String,
    uploaded: Timestamp,
    /// Base64.
    bytes: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileWire {
    file_name: String,
    display_name: String,
    source_type: &'static str,
    uploaded: String,
}

/// A file of an upload.
struct Part {
    name: String,
    bytes: Bytes,
}

/// Whether the request is a file upload, which has a larger body limit.
pub(crate) fn is_upload(request: &Request) -> bool {
    let is = |at: usize, name: &str| request.segments.get(at).is_some_and(|it| it.eq_ignore_ascii_case(name));
    request.segments.len() == 5 && is(0, "companies") && is(2, "connections") && is(4, "files")
}

pub(super) fn upload(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "POST" {
        return Err(ApiError::method_not_allowed("POST"));
    }
    let (_, company) = cx.company()?;
    let connection = find_connection(&company, cx.segment(3))?;
    if !connection.platform().is_some_and(integration::Platform::accepts_files) {
        let text = format!("Data connection {} does not accept files.", connection.id);
        return Err(ApiError::bad_request("Error processing request - not valid.").with_item(
            "connectionId",
            &text,
            "Files",
        ));
    }
    let parts = parts(cx.request)?;
    let wrong = wrong(&parts);
    if let Some(message) = wrong {
        return Err(ApiError::bad_request("Error processing request - not valid.")
            .with_item("file", &message, "Files"));
    }
    let prefix = prefix(company.id);
    let last = cx
        .state
        .documents
        .last_key(DocumentKind::File, &prefix)
        .and_then(|key| key.rsplit('/').next()?.parse().ok());
    let first = last.unwrap_or(0_u64) + 1;
    let changes = parts.into_iter().zip(first..).map(|(part, number)| {
        let file = File {
            name: part.name,
            connection: connection.id,
            platform: connection.key.clone(),
            uploaded: cx.now,
            bytes: BASE64_STANDARD.encode(&part.bytes),
        };
        Change::put_document(DocumentKind::File, format!("{prefix}{number:08}"), &file)
    });
    empty(StatusCode::OK, changes.collect::<Result<Vec<_>, _>>()?)
}

/// A plain list, newest first.
pub(super) fn list(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "GET" {
        return Err(ApiError::method_not_allowed("GET"));
    }
    let (_, company) = cx.company()?;
    let mut all: Vec<FileWire> = stored_files(cx, company.id)
        .map(|file| FileWire {
            display_name: file.name.clone(),
            file_name: file.name,
            source_type: "Other",
            uploaded: time_format::with_fraction(file.uploaded),
        })
        .collect();
    all.reverse();
    ok(&all)
}

/// An archive of all files, or of one day's.
pub(super) fn download(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "GET" {
        return Err(ApiError::method_not_allowed("GET"));
    }
    let (_, company) = cx.company()?;
    let day = cx.request.parameter("date").map(day).transpose()?;
    let of_day = |file: &File| day.is_none_or(|day| TimeZone::UTC.to_datetime(file.uploaded).date() == day);
    let files: Vec<File> = stored_files(cx, company.id).filter(of_day).collect();
    if files.is_empty() {
        let text = format!("No data available for files for ID {}", company.id);
        return Err(ApiError { error: text, ..ApiError::from_status(StatusCode::NOT_FOUND) });
    }
    let body = archive(&files).map_err(|error| ApiError::internal(&error))?;
    let answer =
        Response { content: ContentType::Octets, body: body.into(), ..Response::empty(StatusCode::OK) };
    Ok(HandlerOutput { answer, changes: Vec::new() })
}

fn stored_files(cx: &Context<'_>, company: Uuid) -> impl Iterator<Item = File> {
    let files: Vec<File> =
        cx.state.documents.with_prefix(DocumentKind::File, &prefix(company)).map(|(_, file)| file).collect();
    files.into_iter()
}

fn prefix(company: Uuid) -> String {
    format!("{company}/")
}

fn day(text: &str) -> Result<Date, ApiError> {
    let found = text.get(..10).and_then(|text| text.parse().ok());
    found.ok_or_else(|| {
        let message = format!("'{text}' is not a date.");
        ApiError::bad_request("Error processing request - not valid.").with_item("date", &message, "Query")
    })
}

/// One folder for each integration, as in the Portal's archive. Duplicate names get a number.
fn archive(files: &[File]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut used = std::collections::BTreeMap::<String, u32>::new();
    for file in files {
        let folder = integration::find(&file.platform).map_or(file.platform.as_str(), |it| it.name);
        let count = used.entry(format!("{folder}/{}", file.name)).or_default();
        *count += 1;
        let name = if *count == 1 { file.name.clone() } else { format!("{count} {}", file.name) };
        writer.start_file(format!("{folder}/{name}"), options)?;
        writer.write_all(&BASE64_STANDARD.decode(&file.bytes).unwrap_or_default())?;
    }
    Ok(writer.finish()?.into_inner())
}

fn parts(request: &Request) -> Result<Vec<Part>, ApiError> {
    let refuse = |message: &str| ApiError::invalid_body("file", message);
    let content = request.header("content-type").unwrap_or_default();
    let boundary =
        multer::parse_boundary(content).map_err(|_| refuse("The body must be multipart/form-data."))?;
    let body = request.body.clone();
    let stream = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
    let mut multipart = multer::Multipart::new(stream, boundary);
    // The body is complete, so the future never waits.
    let read = async {
        let mut parts = Vec::new();
        while let Some(field) = multipart.next_field().await? {
            let Some(name) = field.file_name().map(safe) else { continue };
            parts.push(Part { name, bytes: field.bytes().await? });
            if parts.len() > MAX_FILES {
                break;
            }
        }
        Ok::<_, multer::Error>(parts)
    };
    let read = read.now_or_never().ok_or_else(|| refuse("The body is incomplete."))?;
    read.map_err(|error| refuse(&format!("The body is unreadable: {error}.")))
}

/// The file name without its path. Quotes and line breaks are decoded as browsers encode them in forms.
fn safe(name: &str) -> String {
    let name = name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let printable: String = last.chars().filter(|it| !it.is_control()).take(200).collect();
    if printable.trim_matches(['.', ' ']).is_empty() { "file".to_owned() } else { printable }
}

/// The validation error of an upload.
fn wrong(parts: &[Part]) -> Option<String> {
    if parts.is_empty() {
        return Some("The body has no file.".to_owned());
    }
    if parts.len() > MAX_FILES {
        return Some(format!("An upload has at most {MAX_FILES} files."));
    }
    parts.iter().find_map(|part| {
        let ending = part.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        if part.bytes.len() > MAX_FILE_BYTES {
            Some(format!("{} has more than 10 MB.", part.name))
        } else if ending.is_none_or(|ending| !ALLOWED_EXTENSIONS.contains(&ending.as_str())) {
            Some(format!("{} is not an accepted kind of file.", part.name))
        } else {
            None
        }
    })
}

//! The limits of an upload (§1.7), checked before anything is sent.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The most files of one upload.
pub const MAX_FILES: usize = 20;
/// The largest file in bytes: 10 MB, taken as 10 MiB.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The file types that Codat accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// `.pdf`
    Pdf,
    /// `.xls`
    Xls,
    /// `.xlsx`
    Xlsx,
    /// `.xlsb`
    Xlsb,
    /// `.csv`
    Csv,
    /// `.doc`
    Doc,
    /// `.docx`
    Docx,
    /// `.ppt`
    Ppt,
    /// `.pptx`
    Pptx,
    /// `.jpeg`
    Jpeg,
    /// `.jpg`
    Jpg,
    /// `.png`
    Png,
}

impl FileKind {
    /// All file types, for the filter of a file dialog.
    pub const ALL: [Self; 12] = [
        Self::Pdf,
        Self::Xls,
        Self::Xlsx,
        Self::Xlsb,
        Self::Csv,
        Self::Doc,
        Self::Docx,
        Self::Ppt,
        Self::Pptx,
        Self::Jpeg,
        Self::Jpg,
        Self::Png,
    ];

    /// The extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xls => "xls",
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Csv => "csv",
            Self::Doc => "doc",
            Self::Docx => "docx",
            Self::Ppt => "ppt",
            Self::Pptx => "pptx",
            Self::Jpeg => "jpeg",
            Self::Jpg => "jpg",
            Self::Png => "png",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xls => "application/vnd.ms-excel",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xlsb => "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
            Self::Csv => "text/csv",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Jpeg | Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The file type by the extension of a name, without regard to case.
    pub fn of_name(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        let kind = Self::ALL.into_iter().find(|kind| kind.extension().eq_ignore_ascii_case(extension));
        kind.filter(|_| !stem.is_empty())
    }
}

/// A file to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The file name, without a path.
    pub name: String,
    /// The size in bytes.
    pub bytes: u64,
}

/// A file that may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) kind: FileKind,
}

impl Checked {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size as it was checked.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What kind of file it is, by its name.
    pub fn kind(&self) -> FileKind {
        self.kind
    }
}

/// Why an upload may not go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Problem {
    /// There is none.
    #[error("Choose at least one file.")]
    NoFiles,
    /// There are more than [`MAX_FILES`].
    #[error("You chose {count} files. You can upload at most {MAX_FILES} at once.")]
    TooMany {
        /// So many.
        count: usize,
    },
    /// It has nothing in it.
    #[error("{name} is empty.")]
    Empty {
        /// Its name.
        name: String,
    },
    /// It has more than [`MAX_BYTES`].
    #[error("{name} has {}. A file can have at most 10 MB.", Megabytes(*bytes))]
    TooLarge {
        /// Its name.
        name: String,
        /// Its size.
        bytes: u64,
    },
    /// It is none of [`FileKind`].
    #[error(
        "{name} isn’t an accepted kind of file. Codat accepts PDF, Excel, CSV, Word, PowerPoint, JPEG and \
         PNG."
    )]
    WrongKind {
        /// Its name.
        name: String,
    },
}

/// A size for people, rounded up, so that what is too large never reads as if it were not.
struct Megabytes(u64);

impl fmt::Display for Megabytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0.saturating_mul(10).div_ceil(1024 * 1024);
        write!(f, "{}.{} MB", tenths / 10, tenths % 10)
    }
}

/// Checks count, size and kind.
///
/// # Errors
/// Everything that is wrong, in the order of the files.
pub fn check(files: &[Candidate]) -> Result<Vec<Checked>, Vec<Problem>> {
    let mut problems = Vec::new();
    match files.len() {
        0 => problems.push(Problem::NoFiles),
        count if count > MAX_FILES => problems.push(Problem::TooMany { count }),
        _ => {}
    }
    let mut checked = Vec::with_capacity(files.len());
    for file in files {
        match check_one(file) {
            Ok(file) => checked.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(checked) } else { Err(problems) }
}

/// The name alone: no path of whichever system, and no control characters but ends of lines, which the form encodes.
fn bare(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control() || matches!(c, '\r' | '\n')).collect()
}

fn check_one(file: &Candidate) -> Result<Checked, Problem> {
    let name = bare(&file.name);
    let Some(kind) = FileKind::of_name(&name) else {
        return Err(Problem::WrongKind { name });
    };
    match file.bytes {
        0 => Err(Problem::Empty { name }),
        bytes if bytes > MAX_BYTES => Err(Problem::TooLarge { name, bytes }),
        bytes => Ok(Checked { name, bytes, kind }),
    }
}

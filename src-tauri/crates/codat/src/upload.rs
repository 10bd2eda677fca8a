//! Uploads of files to a company (§1.7, §2.17): which files are accepted, and the request body.

mod limits;
mod part;

pub use limits::{Candidate, Checked, FileKind, MAX_BYTES, MAX_FILES, Problem, check};
pub use part::{FilePart, ReadError};

//! Files on their way to a company (§1.7, §2.17): which may go, and what is sent.

mod limits;
mod part;

pub use limits::{Candidate, Checked, FileKind, MAX_BYTES, MAX_FILES, Problem, check};
pub use part::{FilePart, ReadError};

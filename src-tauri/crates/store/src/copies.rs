//! Local copies of all records of a data type, so that sorting, searching and paging need no request.
//!
//! Copies are in a database file of their own beside the workspace's: writing one blocks no other write, and losing
//! the file loses nothing, since all of it can be read from the server again.
//!
//! *Invariant*: a copy with a completion time has every record of its source. It replaces the copy before it in one
//! transaction.

mod file;
mod index;
mod pages;
mod select;

pub use self::{
    file::{Copies, CopyKey, CopyProgress, RecordCopy},
    select::{CopyQuery, CopyQueryResult},
};

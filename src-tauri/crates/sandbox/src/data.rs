//! Company data (§2.19): whose books they are, the latest few of them kept, and what records can be asked for.

mod business;
mod library;
mod properties;

pub(crate) use library::Library;
pub(crate) use properties::properties;

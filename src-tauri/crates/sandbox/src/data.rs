//! Company data (§2.19): the generated books and the properties that can be queried.

mod business;
mod library;
mod properties;

pub(crate) use library::Library;
pub(crate) use properties::properties;

//! Company data (§2.19): the generated books and the properties that can be queried.

mod books_cache;
mod business;
mod properties;

pub(crate) use books_cache::BooksCache;
pub(crate) use properties::properties;

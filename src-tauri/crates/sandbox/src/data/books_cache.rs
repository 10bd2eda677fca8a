//! A cache of generated books, so that the pages of a list do not generate them again.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use books::{Books, Business};
use jiff::{Timestamp, civil::Date};

use super::business::{business, day};
use crate::{lock::lock, record::CompanyRecord};

const CAPACITY: usize = 12;

/// The most recently used books, newest last.
#[derive(Debug, Default)]
pub(crate) struct BooksCache {
    entries: VecDeque<(Business, Date, Arc<Books>)>,
}

impl BooksCache {
    /// The books of a company at a point in time. They are generated without holding the lock.
    pub(crate) fn books(
        library: &Mutex<Self>,
        company: &CompanyRecord,
        born: Timestamp,
        as_of: Timestamp,
    ) -> Arc<Books> {
        let (business, day) = (business(company, born), day(as_of));
        let known = lock(library).take(&business, day);
        let books = known.unwrap_or_else(|| Arc::new(Books::through(&business, day)));
        lock(library).put(business, day, Arc::clone(&books));
        books
    }

    fn take(&mut self, business: &Business, day: Date) -> Option<Arc<Books>> {
        let at = self.entries.iter().position(|(of, on, _)| *on == day && of == business)?;
        self.entries.remove(at).map(|(_, _, books)| books)
    }

    fn put(&mut self, business: Business, day: Date, books: Arc<Books>) {
        self.entries.retain(|(of, on, _)| *on != day || *of != business);
        if self.entries.len() >= CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back((business, day, books));
    }
}

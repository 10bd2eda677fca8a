//! Cached list responses, valid until the state changes.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::record::Slot;

const MAX_QUERIES: usize = 8;
/// In bytes.
const MAX_PAGE_BYTES: usize = 8 << 20;

/// Query results and pages, newest last.
#[derive(Debug, Default)]
pub(crate) struct ListCache {
    found: VecDeque<(Key, Arc<Vec<Slot>>)>,
    pub(crate) pages: VecDeque<Page>,
    pub(crate) texts: Texts,
}

#[derive(Debug)]
pub(crate) struct Page {
    /// The path and the query string.
    pub(crate) target: String,
    pub(crate) revision: u64,
    pub(crate) body: Bytes,
}

/// A query and the state for which its result is valid.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) query: Option<String>,
    pub(crate) order: Option<String>,
    pub(crate) tags: Option<String>,
    pub(crate) version: u64,
    pub(crate) epoch: u64,
}

impl ListCache {
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Vec<Slot>>> {
        self.found.iter().find(|(known, _)| known == key).map(|(_, found)| Arc::clone(found))
    }

    pub(crate) fn put(&mut self, key: Key, found: Arc<Vec<Slot>>) {
        if self.found.len() >= MAX_QUERIES {
            self.found.pop_front();
        }
        self.found.push_back((key, found));
    }

    pub(crate) fn put_page(&mut self, page: Page) {
        self.pages.retain(|cached| cached.revision == page.revision && cached.target != page.target);
        self.pages.push_back(page);
        let mut bytes: usize = self.pages.iter().map(|cached| cached.body.len()).sum();
        while bytes > MAX_PAGE_BYTES {
            let Some(oldest) = self.pages.pop_front() else { return };
            bytes -= oldest.body.len();
        }
    }
}

/// In bytes. Companies beyond it are not cached.
const MAX_COMPANY_BYTES: usize = 24 << 20;

/// The JSON of a company.
#[derive(Debug, Clone)]
pub(crate) struct Text(pub(crate) Arc<RawValue>);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (*self.0).serialize(serializer)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// Each with the revision of the company.
    entries: HashMap<Slot, (u64, Text)>,
    bytes: usize,
}

impl Texts {
    pub(crate) fn get(&self, slot: Slot, moved: u64) -> Option<Text> {
        self.entries.get(&slot).filter(|(at, _)| *at == moved).map(|(_, text)| text.clone())
    }

    pub(crate) fn put(&mut self, slot: Slot, moved: u64, text: &Text) {
        if let Some((_, outdated)) = self.entries.remove(&slot) {
            self.bytes -= outdated.0.get().len();
        }
        let bytes = text.0.get().len();
        if self.bytes + bytes <= MAX_COMPANY_BYTES {
            self.bytes += bytes;
            self.entries.insert(slot, (moved, text.clone()));
        }
    }
}

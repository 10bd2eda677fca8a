//! Pages of results (§2.2). Items are decoded one by one, so an item that cannot be decoded does not invalidate the
//! page.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    model::readable,
    reading::{self, DecodeError},
};

/// A decoded object together with its raw JSON.
#[derive(Debug, Clone)]
pub struct Item<T> {
    /// The fields that this version knows.
    pub value: T,
    /// The whole object, including fields of a newer API.
    pub raw: Box<RawValue>,
}

/// An item of a page that could not be decoded.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// The `id` of the item, if it has one that is a string.
    pub id: Option<String>,
    /// The reason, in plain words.
    pub reason: String,
}

/// One page.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The decoded items, in the order of the server.
    pub results: Vec<Item<T>>,
    /// The items that could not be decoded.
    pub unreadable: Vec<Unreadable>,
    /// The page number, from 1.
    pub page_number: u32,
    /// The page size of the request.
    pub page_size: u32,
    /// The number of items of all pages, after `query`.
    pub total_results: u64,
    /// Whether `_links.next` is present. If the response has neither links nor a total: whether the page is full.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// Removes items larger than this many bytes. They count as unreadable.
    pub(crate) fn without_larger(mut self, most: usize) -> Self {
        let fits = |item: &Item<T>| item.raw.get().len() <= most;
        let (kept, large): (Vec<_>, Vec<_>) = self.results.into_iter().partition(fits);
        self.results = kept;
        self.unreadable.extend(large.iter().map(|item| Unreadable {
            id: id_of(&item.raw),
            reason: format!("It has {} bytes, which is more than we load.", item.raw.get().len()),
        }));
        self
    }

    /// Whether another page follows: if the link or the total says so. A page without items is the last.
    pub fn more_follow(&self) -> bool {
        let items = self.results.len() + self.unreadable.len();
        let seen = u64::from(self.page_number) * u64::from(self.page_size);
        items > 0 && (self.has_next || seen < self.total_results)
    }
}

/// A page to request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageRequest {
    /// The page number, from 1.
    pub page: u32,
    /// The page size, 1 to 5000.
    pub page_size: u32,
    /// A filter in the query language (§2.3).
    pub query: Option<String>,
    /// One property, with a leading `-` for descending (§2.4).
    pub order_by: Option<String>,
}

/// The page as the server sends it. Any field may be missing or of a wrong type.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said<'b> {
    #[serde(borrow)]
    results: Option<Vec<&'b RawValue>>,
    #[serde(default, deserialize_with = "readable")]
    page_number: Option<u32>,
    #[serde(default, deserialize_with = "readable")]
    page_size: Option<u32>,
    #[serde(default, deserialize_with = "readable")]
    total_results: Option<u64>,
    #[serde(default, rename = "_links", deserialize_with = "readable")]
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<serde::de::IgnoredAny>,
}

impl<T: DeserializeOwned> Page<T> {
    /// Decodes a page from raw JSON.
    ///
    /// # Errors
    /// Why it is not a page, in plain words.
    pub fn from_raw(raw: &RawValue, asked: &PageRequest) -> Result<Self, String> {
        Self::read(raw.get().as_bytes(), asked).map_err(|misread| misread.quoting())
    }

    /// Decodes a page. Values that the response lacks are taken from the request.
    pub(crate) fn read(bytes: &[u8], asked: &PageRequest) -> Result<Self, DecodeError> {
        let said: Said<'_> = reading::json(bytes)?;
        let results = match (said.results, said.total_results) {
            (Some(results), _) => results,
            (None, Some(0)) => Vec::new(),
            (None, _) => return Err(DecodeError::new("The answer isn’t a page: it has no results.", bytes)),
        };
        let items = u32::try_from(results.len()).unwrap_or(u32::MAX);
        let page_number = said.page_number.filter(|number| *number > 0).unwrap_or(asked.page);
        let page_size = said.page_size.filter(|size| *size > 0).unwrap_or(asked.page_size);
        let before = u64::from(page_number.saturating_sub(1)) * u64::from(page_size);
        let says_nothing = said.links.is_none() && said.total_results.is_none();
        let mut page = Self {
            results: Vec::with_capacity(results.len()),
            unreadable: Vec::new(),
            page_number,
            page_size,
            total_results: said.total_results.unwrap_or(before + u64::from(items)),
            has_next: said.links.is_some_and(|links| links.next.is_some())
                || (says_nothing && items >= page_size),
        };
        for raw in results {
            match serde_json::from_str(raw.get()) {
                Ok(value) => page.results.push(Item { value, raw: raw.to_owned() }),
                Err(error) => page.unreadable.push(Unreadable { id: id_of(raw), reason: error.to_string() }),
            }
        }
        Ok(page)
    }
}

impl<T: DeserializeOwned> Item<T> {
    /// Decodes one object.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let raw: &RawValue = reading::json(bytes)?;
        let value = reading::json(raw.get().as_bytes())?;
        Ok(Self { value, raw: raw.to_owned() })
    }
}

fn id_of(raw: &RawValue) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(raw.get()).ok()?;
    value.get("id")?.as_str().map(str::to_owned)
}

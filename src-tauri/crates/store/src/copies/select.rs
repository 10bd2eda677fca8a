//! Asking a copy: what the server's list would answer, from what is kept.

use std::sync::{Arc, Mutex, PoisonError};

use codat::{
    data::Column,
    query::{OrderBy, Query},
};
use serde_json::value::RawValue;

use super::{Copy, index::Index, index::Making};
use crate::{error::StoreError, store::Store};

/// Records read at once while an index is made.
const STRIDE: u32 = 2_000;

/// What is asked of a copy.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// In the query language; empty for all.
    pub query: &'w str,
    /// One property, a leading `-` for descending; empty for the server's order.
    pub order_by: &'w str,
    /// From which record on, from 0.
    pub offset: u32,
    /// How many at most.
    pub limit: u32,
}

/// What a copy has.
#[derive(Debug)]
pub enum Found {
    /// Records, and how many there are in all.
    Records {
        /// Those that were asked for.
        rows: Vec<Box<RawValue>>,
        /// How many match.
        total: u32,
    },
    /// The query is none, for this reason.
    Malformed(String),
    /// It names what the copy is not searched by: the server has to be asked.
    Elsewhere,
}

/// The last selection, for the pages that follow.
#[derive(Debug, Default)]
pub(crate) struct Last(Mutex<Option<Selected>>);

/// The places of the records that a query finds, in an order.
#[derive(Debug)]
struct Selected {
    query: String,
    order_by: String,
    places: Arc<Vec<u32>>,
}

impl Store {
    /// Records of a copy. In the server's order they are read by place; otherwise what they are searched and
    /// ordered by comes into memory first, and stays until another copy is asked or the lists are dropped.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find_copied(
        &self,
        copy: &Copy,
        columns: &'static [Column],
        wanted: Wanted<'_>,
    ) -> Result<Found, StoreError> {
        if wanted.query.is_empty() && wanted.order_by.is_empty() {
            let rows = self.copied_from(copy.number, wanted.offset, wanted.limit).await?;
            return Ok(Found::Records { rows, total: copy.records });
        }
        let parsed = |text: &str| (!text.is_empty()).then_some(text).map(Query::parse).transpose();
        let query = match parsed(wanted.query) {
            Ok(query) => query,
            Err(error) => return Ok(Found::Malformed(error.to_string())),
        };
        let ordered = |text: &str| (!text.is_empty()).then_some(text).map(OrderBy::parse).transpose();
        let order = match ordered(wanted.order_by) {
            Ok(order) => order,
            Err(error) => return Ok(Found::Malformed(error.to_string())),
        };
        let index = self.index(copy, columns).await?;
        let Some(places) = index.selected(wanted, query.as_ref(), order.as_ref()) else {
            return Ok(Found::Elsewhere);
        };
        let from = (wanted.offset as usize).min(places.len());
        let to = from.saturating_add(wanted.limit as usize).min(places.len());
        let rows = self.copied_at(copy.number, places.get(from..to).unwrap_or_default()).await?;
        Ok(Found::Records { rows, total: places.len() as u32 })
    }

    /// The record of a copy that has this identifier.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn copied_record(
        &self,
        copy: &Copy,
        columns: &'static [Column],
        id: &str,
    ) -> Result<Option<Box<RawValue>>, StoreError> {
        let index = self.index(copy, columns).await?;
        let Some(places) = index.having("id", id) else { return Ok(None) };
        Ok(self.copied_at(copy.number, &places).await?.into_iter().next())
    }

    /// What a copy is searched by, loaded where it is not there.
    async fn index(&self, copy: &Copy, columns: &'static [Column]) -> Result<Arc<Index>, StoreError> {
        let known = self.copies.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(index) = known.filter(|index| index.number == copy.number) {
            return Ok(index);
        }
        // One at a time: whoever comes second finds what the first has made.
        let _making = self.copies.making.lock().await;
        let known = self.copies.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(index) = known.filter(|index| index.number == copy.number) {
            return Ok(index);
        }
        let mut making = Making::new(copy.number, columns);
        let mut from = 0;
        loop {
            let rows = self.copied_from(copy.number, from, STRIDE).await?;
            if rows.is_empty() {
                break;
            }
            from += rows.len() as u32;
            rows.iter().for_each(|raw| making.push(raw));
            tokio::task::yield_now().await;
        }
        let index = tokio::task::spawn_blocking(|| Arc::new(making.finish()))
            .await
            .map_err(|error| StoreError::Sql { detail: error.to_string() })?;
        *self.copies.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(index.clone());
        Ok(index)
    }
}

impl Index {
    /// The selection, the last one where it is the same.
    fn selected(
        &self,
        wanted: Wanted<'_>,
        query: Option<&Query>,
        order: Option<&OrderBy>,
    ) -> Option<Arc<Vec<u32>>> {
        let mut last = self.last.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |last: &&Selected| last.query == wanted.query && last.order_by == wanted.order_by;
        if let Some(Selected { places, .. }) = last.as_ref().filter(is_same) {
            return Some(places.clone());
        }
        let places = Arc::new(self.select(query, order)?);
        *last = Some(Selected {
            query: wanted.query.to_owned(),
            order_by: wanted.order_by.to_owned(),
            places: places.clone(),
        });
        Some(places)
    }
}

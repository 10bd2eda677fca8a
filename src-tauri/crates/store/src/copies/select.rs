//! Queries on a copy, with the results that the server's list would give.

use std::sync::{Arc, PoisonError};

use codat::{
    data::Column,
    query::{OrderBy, Query, words},
};
use serde_json::value::RawValue;

use super::{
    file::{Copies, RecordCopy},
    index::{Filter, Index, IndexBuilder},
};
use crate::error::StoreError;

/// The number of records read at a time while an index is built.
const RECORDS_PER_CHUNK: u32 = 2_000;

/// A query on a copy.
#[derive(Debug, Clone, Copy)]
pub struct CopyQuery<'w> {
    /// In Codat's query language, or words that must all occur in the texts of a record; empty for all records.
    pub query: &'w str,
    /// One property, with a leading `-` for descending; empty for the server's order.
    pub order_by: &'w str,
    /// The position of the first record, from 0.
    pub offset: u32,
    /// The maximum number of records.
    pub limit: u32,
}

/// The result of a query on a copy.
#[derive(Debug)]
pub enum CopyQueryResult {
    /// Records, and the number of all matches.
    Records {
        /// The requested records.
        rows: Vec<Box<RawValue>>,
        /// The number of matches.
        total: u32,
    },
    /// The query or order is invalid; the message says why.
    InvalidQuery(String),
    /// It names a property that the copy is not indexed by. Only the server can answer.
    Unsupported,
}

impl Copies {
    /// Queries a copy. In the server's order, records are read by position. Otherwise an index is built in memory
    /// first; it stays until another copy is queried or the columns are dropped.
    ///
    /// # Errors
    /// Database errors.
    pub async fn query_records(
        &self,
        copy: &RecordCopy,
        columns: &'static [Column],
        request: CopyQuery<'_>,
    ) -> Result<CopyQueryResult, StoreError> {
        if request.query.is_empty() && request.order_by.is_empty() {
            let rows = self.records_from(copy.number, request.offset, request.limit).await?;
            return Ok(CopyQueryResult::Records { rows, total: copy.records });
        }
        let filter = match (request.query, words(request.query)) {
            ("", _) => Filter::All,
            (_, Some(words)) => Filter::Words(words),
            (query, None) => match Query::parse(query) {
                Ok(query) => Filter::Query(query),
                Err(error) => return Ok(CopyQueryResult::InvalidQuery(error.to_string())),
            },
        };
        let ordered = |text: &str| (!text.is_empty()).then_some(text).map(OrderBy::parse).transpose();
        let order = match ordered(request.order_by) {
            Ok(order) => order,
            Err(error) => return Ok(CopyQueryResult::InvalidQuery(error.to_string())),
        };
        let index = self.index_of(copy, columns).await?;
        let Some(positions) = index.cached_select(request.query, request.order_by, &filter, order.as_ref())
        else {
            return Ok(CopyQueryResult::Unsupported);
        };
        let from = (request.offset as usize).min(positions.len());
        let to = from.saturating_add(request.limit as usize).min(positions.len());
        let rows = self.records_at(copy.number, positions.get(from..to).unwrap_or_default()).await?;
        Ok(CopyQueryResult::Records { rows, total: positions.len() as u32 })
    }

    /// The record of a copy with this ID.
    ///
    /// # Errors
    /// Database errors.
    pub async fn find_record(
        &self,
        copy: &RecordCopy,
        columns: &'static [Column],
        id: &str,
    ) -> Result<Option<Box<RawValue>>, StoreError> {
        let index = self.index_of(copy, columns).await?;
        let Some(positions) = index.slots_with_value("id", id) else { return Ok(None) };
        Ok(self.records_at(copy.number, &positions).await?.into_iter().next())
    }

    /// The index of a copy, built if necessary.
    async fn index_of(
        &self,
        copy: &RecordCopy,
        columns: &'static [Column],
    ) -> Result<Arc<Index>, StoreError> {
        let known = self.index.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(index) = known.filter(|index| index.number == copy.number) {
            return Ok(index);
        }
        // One build at a time; a second caller finds the result of the first.
        let _lock = self.index_lock.lock().await;
        let known = self.index.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(index) = known.filter(|index| index.number == copy.number) {
            return Ok(index);
        }
        let mut builder = IndexBuilder::new(copy.number, columns);
        let mut from = 0;
        loop {
            let rows = self.records_from(copy.number, from, RECORDS_PER_CHUNK).await?;
            if rows.is_empty() {
                break;
            }
            from += rows.len() as u32;
            rows.iter().for_each(|raw| builder.push(raw));
            tokio::task::yield_now().await;
        }
        let index = tokio::task::spawn_blocking(|| Arc::new(builder.finish()))
            .await
            .map_err(|error| StoreError::Sql { detail: error.to_string() })?;
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = Some(index.clone());
        Ok(index)
    }
}

//! Asking a copy: what the server's list would answer, from what is kept.

use std::sync::{Arc, PoisonError};

use codat::{
    data::Column,
    query::{OrderBy, Query},
};
use serde_json::value::RawValue;

use super::{
    file::{Copies, RecordCopy},
    index::{Index, IndexBuilder},
};
use crate::error::StoreError;

/// Records read at once while an index is made.
const RECORDS_PER_CHUNK: u32 = 2_000;

/// What is asked of a copy.
#[derive(Debug, Clone, Copy)]
pub struct CopyQuery<'w> {
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
pub enum CopyQueryResult {
    /// Records, and how many there are in all.
    Records {
        /// Those that were asked for.
        rows: Vec<Box<RawValue>>,
        /// How many match.
        total: u32,
    },
    /// The query is none, for this reason.
    InvalidQuery(String),
    /// It names what the copy is not searched by: the server has to be asked.
    Unsupported,
}

impl Copies {
    /// Records of a copy. In the server's order they are read by place; otherwise what they are searched and
    /// ordered by comes into memory first, and stays until another copy is asked or the lists are dropped.
    ///
    /// # Errors
    /// Those of the database.
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
        let parsed = |text: &str| (!text.is_empty()).then_some(text).map(Query::parse).transpose();
        let query = match parsed(request.query) {
            Ok(query) => query,
            Err(error) => return Ok(CopyQueryResult::InvalidQuery(error.to_string())),
        };
        let ordered = |text: &str| (!text.is_empty()).then_some(text).map(OrderBy::parse).transpose();
        let order = match ordered(request.order_by) {
            Ok(order) => order,
            Err(error) => return Ok(CopyQueryResult::InvalidQuery(error.to_string())),
        };
        let index = self.index_of(copy, columns).await?;
        let Some(positions) =
            index.cached_select(request.query, request.order_by, query.as_ref(), order.as_ref())
        else {
            return Ok(CopyQueryResult::Unsupported);
        };
        let from = (request.offset as usize).min(positions.len());
        let to = from.saturating_add(request.limit as usize).min(positions.len());
        let rows = self.records_at(copy.number, positions.get(from..to).unwrap_or_default()).await?;
        Ok(CopyQueryResult::Records { rows, total: positions.len() as u32 })
    }

    /// The record of a copy that has this identifier.
    ///
    /// # Errors
    /// Those of the database.
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

    /// What a copy is searched by, loaded where it is not there.
    async fn index_of(
        &self,
        copy: &RecordCopy,
        columns: &'static [Column],
    ) -> Result<Arc<Index>, StoreError> {
        let known = self.index.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(index) = known.filter(|index| index.number == copy.number) {
            return Ok(index);
        }
        // One at a time: whoever comes second finds what the first has made.
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

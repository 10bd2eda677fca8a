//! The filter of a history: for the store and in the query language.

use codat::model::{DatasetStatus, Phase, PushStatus};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{OperationFilter, OperationKind};
use ts_rs::TS;

/// The filter of a history. Empty texts match all.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryFilter {
    pub company: String,
    /// Whether it is the history of writes; otherwise of reads.
    pub writes: bool,
    pub data_type: String,
    pub status: String,
    /// The earliest request time.
    pub from: Option<i64>,
    /// The request time before which operations match.
    pub until: Option<i64>,
}

impl HistoryFilter {
    pub(super) fn kind(&self) -> OperationKind {
        if self.writes { OperationKind::Write } else { OperationKind::Read }
    }

    pub(super) fn to_store_filter(&self) -> OperationFilter {
        let some = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
        let instant = |at: Option<i64>| at.and_then(|at| Timestamp::from_millisecond(at).ok());
        OperationFilter {
            data_types: some(&self.data_type),
            statuses: some(&self.status),
            from: instant(self.from),
            until: instant(self.until),
        }
    }

    pub(super) fn order(&self) -> &'static str {
        if self.writes { "-requestedOnUtc" } else { "-requested" }
    }

    /// The filter in the query language (§2.3).
    pub(super) fn query(&self) -> Option<String> {
        let property = self.order().trim_start_matches('-');
        let at = |at: Option<i64>, sign: &str| {
            let at = Timestamp::from_millisecond(at?).ok()?;
            Some(format!("{property}{sign}{}", at.strftime("%Y-%m-%dT%H:%M:%SZ")))
        };
        let is = |property: &str, text: &str| (!text.is_empty()).then(|| format!("{property}={text}"));
        let parts = [
            is("dataType", &self.data_type),
            is("status", &self.status),
            at(self.from, ">="),
            at(self.until, "<"),
        ];
        let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&&");
        (!query.is_empty()).then_some(query)
    }
}

/// A filter for operations that have not ended.
pub(super) fn running(kind: OperationKind) -> OperationFilter {
    let statuses = match kind {
        OperationKind::Read => {
            let running = DatasetStatus::KNOWN.iter().filter(|status| status.phase() == Phase::Running);
            running.map(|status| status.as_str().to_owned()).collect()
        }
        OperationKind::Write => vec![PushStatus::Pending.as_str().to_owned()],
    };
    OperationFilter { statuses, ..OperationFilter::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_said_in_the_query_language() {
        let mut filter = HistoryFilter {
            company: String::new(),
            writes: false,
            data_type: String::new(),
            status: String::new(),
            from: None,
            until: None,
        };
        assert_eq!(filter.query(), None);
        filter.data_type = "invoices".into();
        filter.status = "FetchError".into();
        filter.from = Some(0);
        let query = filter.query().unwrap();
        assert_eq!(query, "dataType=invoices&&status=FetchError&&requested>=1970-01-01T00:00:00Z");
    }
}

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
    /// None: all.
    pub status: Option<HistoryStatus>,
    /// The earliest request time.
    pub from: Option<i64>,
    /// The request time before which operations match.
    pub until: Option<i64>,
}

/// What the many statuses of the API come to. Canceled and unsupported reads have none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum HistoryStatus {
    Failed,
    Running,
    Complete,
}

impl HistoryStatus {
    /// The statuses of the API.
    fn of_api(self, kind: OperationKind) -> Vec<String> {
        match kind {
            OperationKind::Read => {
                let phase = match self {
                    Self::Failed => Phase::Failed,
                    Self::Running => Phase::Running,
                    Self::Complete => Phase::Done,
                };
                let statuses = DatasetStatus::KNOWN.iter().filter(|status| status.phase() == phase);
                statuses.map(|status| status.as_str().to_owned()).collect()
            }
            OperationKind::Write => {
                let statuses: &[PushStatus] = match self {
                    Self::Failed => &[PushStatus::Failed, PushStatus::TimedOut],
                    Self::Running => &[PushStatus::Pending],
                    Self::Complete => &[PushStatus::Success],
                };
                statuses.iter().map(|status| status.as_str().to_owned()).collect()
            }
        }
    }

    /// A filter for all operations of this status.
    pub(super) fn filter(self, kind: OperationKind) -> OperationFilter {
        OperationFilter { statuses: self.of_api(kind), ..OperationFilter::default() }
    }
}

impl HistoryFilter {
    pub(super) fn kind(&self) -> OperationKind {
        if self.writes { OperationKind::Write } else { OperationKind::Read }
    }

    pub(super) fn to_store_filter(&self) -> OperationFilter {
        let instant = |at: Option<i64>| at.and_then(|at| Timestamp::from_millisecond(at).ok());
        OperationFilter {
            data_types: Some(self.data_type.clone()).filter(|key| !key.is_empty()).into_iter().collect(),
            statuses: self.status.map_or_else(Vec::new, |status| status.of_api(self.kind())),
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
        let statuses = self.status.map(|status| {
            let statuses = status.of_api(self.kind());
            let any = statuses.iter().map(|status| format!("status={status}")).collect::<Vec<_>>().join("||");
            if statuses.len() > 1 { format!("{{{any}}}") } else { any }
        });
        let parts = [
            (!self.data_type.is_empty()).then(|| format!("dataType={}", self.data_type)),
            statuses,
            at(self.from, ">="),
            at(self.until, "<"),
        ];
        let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&&");
        (!query.is_empty()).then_some(query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_status_belongs_to_one_filter_at_most() {
        let all = [HistoryStatus::Failed, HistoryStatus::Running, HistoryStatus::Complete];
        for (kind, known, neutral) in [
            (OperationKind::Read, DatasetStatus::KNOWN.len(), 2),
            (OperationKind::Write, PushStatus::KNOWN.len(), 0),
        ] {
            let mut statuses: Vec<_> = all.iter().flat_map(|status| status.of_api(kind)).collect();
            let count = statuses.len();
            statuses.sort_unstable();
            statuses.dedup();
            assert_eq!((statuses.len(), count), (known - neutral, known - neutral));
        }
    }

    #[test]
    fn a_filter_is_said_in_the_query_language() {
        let mut filter = HistoryFilter {
            company: String::new(),
            writes: false,
            data_type: String::new(),
            status: None,
            from: None,
            until: None,
        };
        assert_eq!(filter.query(), None);
        filter.data_type = "invoices".into();
        filter.status = Some(HistoryStatus::Complete);
        filter.from = Some(0);
        let query = filter.query().unwrap();
        assert_eq!(query, "dataType=invoices&&status=Complete&&requested>=1970-01-01T00:00:00Z");
        filter = HistoryFilter { writes: true, status: Some(HistoryStatus::Failed), from: None, ..filter };
        assert_eq!(filter.query().unwrap(), "dataType=invoices&&{status=Failed||status=TimedOut}");
    }
}

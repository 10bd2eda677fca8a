//! The server: its stored responses by key, and its histories.

use codat::{CompanyId, Failure, FailureKind, page::PageRequest};
use engine::Reply;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Fate, World};
use crate::bench::{failure, id, limited, said};

impl World {
    /// Handles a request with this key, according to its fate. None if the app crashed.
    pub(super) fn refresh(
        &mut self,
        company: CompanyId,
        key: Uuid,
        fate: Fate,
    ) -> Option<Result<(), Box<Failure>>> {
        let silence = || Err(Box::new(failure(FailureKind::NoAnswer)));
        match fate {
            Fate::Answered => Some(self.served(company, key, Ok(()), true)),
            Fate::Lost => {
                let _ = self.served(company, key, Ok(()), true);
                Some(silence())
            }
            Fate::Dropped => Some(silence()),
            Fate::Unreachable => Some(Err(Box::new(failure(FailureKind::Unreachable)))),
            Fate::Limited => Some(Err(Box::new(limited(20)))),
            Fate::FailedAfter => {
                Some(self.served(company, key, Err(Box::new(failure(FailureKind::Server))), true))
            }
            Fate::FailedBefore => {
                Some(self.served(company, key, Err(Box::new(failure(FailureKind::Server))), false))
            }
            Fate::CrashAfter => {
                let _ = self.served(company, key, Ok(()), true);
                None
            }
            Fate::CrashBefore => None,
        }
    }

    /// The first response for a key is stored for 90 minutes and repeated, including errors (§2.1).
    pub(super) fn served(
        &mut self,
        company: CompanyId,
        key: Uuid,
        answer: Result<(), Box<Failure>>,
        done: bool,
    ) -> Result<(), Box<Failure>> {
        let kept = self
            .keys
            .get(&key)
            .filter(|(at, _)| self.now.duration_since(*at) < SignedDuration::from_mins(90));
        if let Some((_, kept)) = kept {
            return kept.clone();
        }
        if done {
            self.queued.entry(company).or_default().push(self.now);
        }
        self.keys.insert(key, (self.now, answer.clone()));
        answer
    }

    /// The newest reads of a company.
    pub(super) fn history(&self, company: CompanyId, asked: &PageRequest) -> Reply {
        let read = |data_type: &str, status: &str, requested: Timestamp| {
            serde_json::json!({
                "id": Uuid::nil(), "companyId": company, "connectionId": Uuid::nil(), "dataType": data_type,
                "status": status, "requested": requested.to_string(), "progress": 10
            })
        };
        let others = (0..self.others).map(|_| read("bills", "Complete", self.now));
        let own = self.queued.get(&company).into_iter().flatten();
        let own = own.map(|requested| read("invoices", self.status(company, *requested), *requested));
        let newest: Vec<_> = others.chain(own).take(asked.page_size as usize).collect();
        said(&serde_json::json!({ "results": newest, "pageNumber": 1, "pageSize": asked.page_size }))
    }

    /// The reads of the third company fail.
    fn status(&self, company: CompanyId, requested: Timestamp) -> &'static str {
        match self.reads_take {
            Some(take) if self.now.duration_since(requested) < take => "Fetching",
            _ if company == id(3) => self.fails_with,
            _ => "Complete",
        }
    }
}

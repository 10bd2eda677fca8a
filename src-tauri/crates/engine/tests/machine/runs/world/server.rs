//! The server: what it keeps under a key, and the histories it tells.

use codat::{CompanyId, Failure, FailureKind};
use engine::Reply;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Fate, World};
use crate::bench::{failure, id, limited, said};

impl World {
    /// The server has a request for its key, or never gets it. Nothing where the app died of it.
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

    /// The first answer under a key is kept for 90 minutes and given again, errors included (§2.1).
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

    pub(super) fn history(&self, company: CompanyId) -> Reply {
        let reads: Vec<_> = self
            .queued
            .get(&company)
            .into_iter()
            .flatten()
            .map(|requested| {
                serde_json::json!({
                    "id": Uuid::nil(), "companyId": company, "connectionId": Uuid::nil(), "dataType": "invoices",
                    "status": self.status(company, *requested), "requested": requested.to_string(), "progress": 10
                })
            })
            .collect();
        said(&serde_json::json!({ "results": reads, "pageNumber": 1, "pageSize": 100 }))
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

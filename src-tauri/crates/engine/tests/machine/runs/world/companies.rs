//! The server: its companies, which can be changed and deleted.

use codat::{CompanyId, Failure, FailureKind};
use engine::{DeleteCompany, Reply, UpdateCompany, WriteAct};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{Fate, World};
use crate::bench::{failure, id, limited, tagged};

type Answer = Result<Reply, Box<Failure>>;

impl World {
    /// Handles a change with this key, according to its fate. None if the app crashed.
    pub(super) fn change_company(&mut self, act: &WriteAct, key: Uuid, fate: Fate) -> Option<Answer> {
        let failed = |kind| Some(Err(Box::new(failure(kind))));
        match fate {
            Fate::Answered => Some(self.perform(act, key, Ok(()))),
            Fate::Lost => {
                let _ = self.perform(act, key, Ok(()));
                failed(FailureKind::NoAnswer)
            }
            Fate::Dropped => failed(FailureKind::NoAnswer),
            Fate::Unreachable => failed(FailureKind::Unreachable),
            Fate::Limited => Some(Err(Box::new(limited(20)))),
            Fate::FailedAfter => Some(self.perform(act, key, Err(Box::new(failure(FailureKind::Server))))),
            Fate::FailedBefore => failed(FailureKind::Server),
            Fate::CrashAfter => {
                let _ = self.perform(act, key, Ok(()));
                None
            }
            Fate::CrashBefore => None,
        }
    }

    /// Does what an act requests. The response to a key is repeated; a delete has none.
    pub(super) fn perform(&mut self, act: &WriteAct, key: Uuid, answer: Result<(), Box<Failure>>) -> Answer {
        match act {
            WriteAct::DeleteCompany(DeleteCompany { company, .. }) => {
                if self.companies.remove(company).is_none() {
                    return Err(Box::new(failure(FailureKind::NotFound)));
                }
                self.changes.push(*company);
                answer.map(|()| Reply::Done)
            }
            WriteAct::UpdateCompany(UpdateCompany { company, patch }) => {
                let lives = |at| self.now.duration_since(at) < SignedDuration::from_mins(90);
                let is_repeated = self.keys.get(&key).is_some_and(|(at, _)| lives(*at));
                if !is_repeated {
                    let tags = patch.tags.clone().expect("only tags change");
                    self.companies.insert(*company, tags);
                    self.changes.push(*company);
                    self.keys.insert(key, (self.now, answer));
                }
                let (_, answer) = self.keys[&key].clone();
                answer.and_then(|()| self.company(*company))
            }
            WriteAct::CreateCompany(_)
            | WriteAct::RefreshCompany(_)
            | WriteAct::RefreshDataType(_)
            | WriteAct::AddConnection(_)
            | WriteAct::UnlinkConnection(_)
            | WriteAct::DeleteConnection(_)
            | WriteAct::SetSyncSettings(_) => panic!("{act:?}"),
        }
    }

    pub(super) fn company(&self, company: CompanyId) -> Answer {
        if let Some(kind) = self.company_failure {
            return Err(Box::new(failure(kind)));
        }
        let tags = self.companies.get(&company).ok_or_else(|| Box::new(failure(FailureKind::NotFound)))?;
        let number = (1..).find(|n| id(*n) == company).expect("it has a number");
        Ok(Reply::Company(Box::new(tagged(number, tags))))
    }
}

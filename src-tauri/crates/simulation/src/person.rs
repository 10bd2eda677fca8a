//! A user who acts from time to time, with the results of the acts.

use std::collections::BTreeMap;

use codat::{
    CompanyId,
    model::{CompanyPatch, NewCompany},
};
use engine::{
    Act, ActError, ActId, CreateCompany, ReadAct, RefreshCompany, RefreshDataType, Settled, UpdateCompany,
};
use serde_json::Value;

use crate::{
    error::SimulationError,
    random::RandomStream,
    world::{World, text},
};

/// The mean time between two acts, in milliseconds: four a day.
const EVERY: u64 = 6 * 60 * 60 * 1_000;

#[derive(Debug)]
pub(crate) struct Person {
    random: RandomStream,
    acts: u64,
    /// Acts that are not settled.
    open: BTreeMap<ActId, Open>,
    /// Settled acts by result.
    pub(crate) outcomes: BTreeMap<&'static str, u64>,
    /// Created companies by name, and whether the app confirmed it.
    created: BTreeMap<String, bool>,
}

/// An act that is not settled.
#[derive(Debug)]
struct Open {
    name: Option<String>,
}

impl Person {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: RandomStream::new(seed, "person"),
            acts: 0,
            open: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            created: BTreeMap::new(),
        }
    }

    /// The time until the next act.
    pub(crate) fn wait(&mut self) -> u64 {
        self.random.exponential_wait(EVERY)
    }

    /// Chooses the next act.
    pub(crate) async fn act(&mut self, world: &World) -> Result<(ActId, Act), SimulationError> {
        let id = id_of(&world.company(self.random.below(u64::from(u32::MAX))).await?)?;
        self.acts += 1;
        let act_id = ActId(self.acts);
        let name = format!("Made by hand {}", self.acts);
        let (act, name) = match self.random.below(10) {
            0..=2 => (Act::from(RefreshCompany { company: id }), None),
            3..=4 => (self.one_type(id), None),
            5 => (Act::Read(ReadAct::Company(id)), None),
            6..=7 => {
                let patch =
                    CompanyPatch { name: Some(format!("Renamed {}", self.acts)), ..Default::default() };
                (Act::from(UpdateCompany { company: id, patch }), None)
            }
            8 => (
                Act::from(CreateCompany(NewCompany {
                    name: name.clone(),
                    description: None,
                    tags: BTreeMap::new(),
                })),
                Some(name),
            ),
            _ => (Act::Sweep, None),
        };
        if let Some(name) = &name {
            self.created.insert(name.clone(), false);
        }
        self.open.insert(act_id, Open { name });
        Ok((act_id, act))
    }

    /// Whether the app is killed before the response arrives.
    pub(crate) fn kills_app(&mut self) -> bool {
        self.random.percent(5)
    }

    fn one_type(&mut self, company: CompanyId) -> Act {
        Act::from(RefreshDataType { company, data_type: self.data_type(), connection: None })
    }

    fn data_type(&mut self) -> String {
        let types = ["invoices", "balanceSheet", "banking-accounts", "commerce-orders"];
        self.random.pick(&types).copied().unwrap_or_default().to_owned()
    }

    pub(crate) fn settled(&mut self, id: ActId, result: &Result<Settled, ActError>) {
        let Some(act) = self.open.remove(&id) else { return };
        let outcome = match result {
            Ok(_) => "done",
            Err(ActError::Failed(_)) => "failed",
            Err(ActError::QuotaExhausted { .. }) => "quotaSpent",
            Err(ActError::Store(_)) => "notKept",
            Err(ActError::UserQuotaReached { .. }) => "quotaAsks",
            Err(ActError::NoSchedule) => "noSchedule",
            Err(ActError::SafeMode) => "safeMode",
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        if let (Some(name), Ok(_)) = (act.name, result) {
            self.created.insert(name, true);
        }
    }

    /// The app ended, so the open acts have no result.
    pub(crate) fn forget_open_acts(&mut self) {
        let count = core::mem::take(&mut self.open).len() as u64;
        if count > 0 {
            *self.outcomes.entry("cutShort").or_default() += count;
        }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.open.len()
    }

    /// Companies that were created twice.
    pub(crate) fn created_twice(&self, companies: &[Value]) -> Vec<String> {
        let mut counts = BTreeMap::<&str, u32>::new();
        for company in companies {
            *counts.entry(text(company, "name")).or_default() += 1;
        }
        let twice =
            self.created.keys().filter(|name| counts.get(name.as_str()).is_some_and(|count| *count > 1));
        twice.map(|name| format!("{name} was made more than once")).collect()
    }
}

fn id_of(company: &Value) -> Result<CompanyId, SimulationError> {
    text(company, "id").parse().map_err(|error| SimulationError::unexpected("a company's ID", error))
}

//! A person who uses the app now and then, and what came of what they did.

use std::collections::BTreeMap;

use codat::{
    CompanyId,
    model::{CompanyPatch, NewCompany},
};
use engine::{Act, ActError, ActId, Settled};
use serde_json::Value;

use crate::{
    dice::Dice,
    trouble::Trouble,
    world::{World, text},
};

/// A person's mean time between two acts, in milliseconds: four a day.
const EVERY: u64 = 6 * 60 * 60 * 1_000;

/// A person.
#[derive(Debug)]
pub(crate) struct Person {
    dice: Dice,
    acts: u64,
    /// What is not settled yet: which kind, and what it is about.
    open: BTreeMap<ActId, Open>,
    /// Acts by what came of them.
    pub(crate) outcomes: BTreeMap<&'static str, u64>,
    /// Companies that were made, by name: whether the app said that it was done.
    made: BTreeMap<String, bool>,
}

/// What of an act is of use when it is settled.
#[derive(Debug)]
struct Open {
    name: Option<String>,
}

impl Person {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::of(seed, "person"),
            acts: 0,
            open: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            made: BTreeMap::new(),
        }
    }

    /// How long until they do something again.
    pub(crate) fn wait(&mut self) -> u64 {
        self.dice.wait(EVERY)
    }

    /// Does something.
    pub(crate) async fn act(&mut self, world: &World) -> Result<(ActId, Act), Trouble> {
        let id = id_of(&world.company(self.dice.below(u64::from(u32::MAX))).await?)?;
        self.acts += 1;
        let act_id = ActId(self.acts);
        let name = format!("Made by hand {}", self.acts);
        let (act, name) = match self.dice.below(10) {
            0..=2 => (Act::Refresh(id), None),
            3..=4 => (self.one_type(id), None),
            5 => (Act::ReadCompany(id), None),
            6..=7 => {
                let patch =
                    CompanyPatch { name: Some(format!("Renamed {}", self.acts)), ..Default::default() };
                (Act::Update(id, patch), None)
            }
            8 => (
                Act::Create(NewCompany { name: name.clone(), description: None, tags: BTreeMap::new() }),
                Some(name),
            ),
            _ => (Act::Sweep, None),
        };
        if let Some(name) = &name {
            self.made.insert(name.clone(), false);
        }
        self.open.insert(act_id, Open { name });
        Ok((act_id, act))
    }

    /// Whether the app is killed before the answer comes.
    pub(crate) fn is_cut_short(&mut self) -> bool {
        self.dice.percent(5)
    }

    fn one_type(&mut self, company: CompanyId) -> Act {
        Act::RefreshType { company, data_type: self.data_type(), connection: None }
    }

    fn data_type(&mut self) -> String {
        let types = ["invoices", "balanceSheet", "banking-accounts", "commerce-orders"];
        self.dice.pick(&types).copied().unwrap_or_default().to_owned()
    }

    /// What came of an act.
    pub(crate) fn settled(&mut self, id: ActId, result: &Result<Settled, ActError>) {
        let Some(deed) = self.open.remove(&id) else { return };
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
        if let (Some(name), Ok(_)) = (deed.name, result) {
            self.made.insert(name, true);
        }
    }

    /// The app is gone, and nobody will say what came of what was begun.
    pub(crate) fn left_alone(&mut self) {
        let count = core::mem::take(&mut self.open).len() as u64;
        if count > 0 {
            *self.outcomes.entry("cutShort").or_default() += count;
        }
    }

    /// Acts that are not settled.
    pub(crate) fn waiting(&self) -> usize {
        self.open.len()
    }

    /// Companies that were made twice.
    pub(crate) fn wrongly_made(&self, companies: &[Value]) -> Vec<String> {
        let mut counts = BTreeMap::<&str, u32>::new();
        for company in companies {
            *counts.entry(text(company, "name")).or_default() += 1;
        }
        let twice = self.made.keys().filter(|name| counts.get(name.as_str()).is_some_and(|count| *count > 1));
        twice.map(|name| format!("{name} was made more than once")).collect()
    }
}

fn id_of(company: &Value) -> Result<CompanyId, Trouble> {
    text(company, "id").parse().map_err(|error| Trouble::odd("a company's ID", error))
}

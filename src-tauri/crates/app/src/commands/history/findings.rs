//! What the checks of a read found (§2.12).

use codat::{
    Topic,
    model::{Finding, ValidationResults},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{super::company_id, unreadable};
use crate::{
    app::App,
    error::{Code, WireError},
    fetch::fetch,
};

/// A read whose findings are asked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct FindingsRequest {
    /// The company.
    pub company: String,
    /// The read.
    pub dataset: String,
}

/// What the checks of a read found (§2.12).
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Findings {
    /// They block the use of the data.
    pub errors: Vec<FindingRow>,
    /// They do not.
    pub warnings: Vec<FindingRow>,
}

/// One finding.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct FindingRow {
    /// What is wrong.
    pub message: String,
    /// The record.
    pub item: String,
    /// The rule, and who checked it.
    pub rule: String,
}

impl App {
    /// What the checks of a read found: fetched, or where that cannot be, as it was last said.
    pub(crate) async fn findings(&self, request: FindingsRequest) -> Result<Findings, WireError> {
        let id = company_id(&request.company)?;
        let dataset = request
            .dataset
            .parse()
            .map_err(|_| WireError::new(Code::BadArguments, "That is not the ID of a read."))?;
        let desk = self.desk().await;
        let topic = Topic::Validation(id, dataset);
        let fetched = fetch(&desk, topic.clone()).await;
        let said = desk.store()?.said(&topic).await?;
        match said.map(|said| (said.answer, said.refusal)) {
            Some((Some((_, raw)), _)) => {
                let found: ValidationResults = serde_json::from_str(raw.get()).map_err(unreadable)?;
                Ok(found.into())
            }
            Some((None, Some((_, refusal)))) => Err(refusal.into()),
            Some((None, None)) | None => {
                fetched?;
                Ok(ValidationResults::default().into())
            }
        }
    }
}

impl From<ValidationResults> for Findings {
    fn from(found: ValidationResults) -> Self {
        let rows = |found: Vec<Finding>| {
            found
                .into_iter()
                .map(|it| FindingRow {
                    message: it.message,
                    item: it.item_id,
                    rule: [it.rule_id, it.validator_name]
                        .into_iter()
                        .filter(|text| !text.is_empty())
                        .collect::<Vec<_>>()
                        .join(", "),
                })
                .collect()
        };
        Self { errors: rows(found.errors), warnings: rows(found.warnings) }
    }
}

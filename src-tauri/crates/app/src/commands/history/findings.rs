//! The findings of a read's validation (§2.12).

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

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct FindingsRequest {
    pub company: String,
    /// The ID of the read.
    pub dataset: String,
}

/// The findings of a read's validation (§2.12).
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Findings {
    /// They block the use of the data.
    pub errors: Vec<FindingRow>,
    /// They do not block it.
    pub warnings: Vec<FindingRow>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct FindingRow {
    pub message: String,
    /// The ID of the record.
    pub item: String,
    /// The rule and its validator.
    pub rule: String,
}

impl App {
    /// Loads the findings of a read. If this fails, returns the stored ones.
    pub(crate) async fn findings(&self, request: FindingsRequest) -> Result<Findings, WireError> {
        let id = company_id(&request.company)?;
        let dataset = request
            .dataset
            .parse()
            .map_err(|_| WireError::new(Code::BadArguments, "This isn’t the ID of a sync."))?;
        let workspace = self.command_workspace().await;
        let topic = Topic::Validation(id, dataset);
        let fetched = fetch(&workspace, topic.clone()).await;
        let cached = workspace.store()?.cached_answer(&topic).await?;
        match cached.map(|cached| (cached.answer, cached.refusal)) {
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

//! One company in full: what happened with it, what is noted of it, and what of it can be changed.

use codat::model::CompanyPatch;
use engine::{Act, Event};
use serde::{Deserialize, Serialize};
use store::{Activity, ActivityKind, CompanyRow};
use ts_rs::TS;

use super::{ById, Nothing, acts, company_id};
use crate::{app::App, clock, error::WireError, names};

/// The most lines of one answer.
const MOST_ACTIVITY: u32 = 200;

/// Which company a window shows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct OnScreen {
    /// None: no single one.
    pub company: Option<String>,
}

/// A part of a company's timeline.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ActivityRequest {
    /// The company.
    pub id: String,
    /// What is wanted.
    pub kinds: Vec<ActivityKind>,
    /// Only before this; milliseconds since 1970, UTC. None: from the newest on.
    pub before: Option<i64>,
}

/// Tags in place of those there were.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetTags {
    /// The company.
    pub id: String,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
}

/// Another text.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetText {
    /// The company.
    pub id: String,
    /// As typed.
    pub text: String,
}

/// Private notes.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Notes {
    /// As typed; empty where there are none.
    pub text: String,
}

impl App {
    pub(crate) async fn on_screen(&self, shown: OnScreen) -> Result<Nothing, WireError> {
        let company = shown.company.as_deref().map(company_id).transpose()?;
        self.desk().await.runner()?.tell(Event::OnScreen(company));
        Ok(Nothing {})
    }

    pub(crate) async fn activity(&self, request: ActivityRequest) -> Result<Vec<Activity>, WireError> {
        let id = company_id(&request.id)?;
        let before = request.before.unwrap_or(i64::MAX);
        let store = self.desk().await.store()?;
        Ok(store.activity(id, &request.kinds, before, MOST_ACTIVITY).await?)
    }

    pub(crate) async fn set_tags(&self, set: SetTags) -> Result<CompanyRow, WireError> {
        let tags = names::tags(set.tags)?;
        let patch = CompanyPatch { tags: Some(tags), ..CompanyPatch::default() };
        self.patch(&set.id, "tag", patch).await
    }

    pub(crate) async fn set_description(&self, set: SetText) -> Result<CompanyRow, WireError> {
        let patch = CompanyPatch { description: Some(set.text.trim().to_owned()), ..CompanyPatch::default() };
        self.patch(&set.id, "describe", patch).await
    }

    pub(crate) async fn notes(&self, by: ById) -> Result<Notes, WireError> {
        let id = company_id(&by.id)?;
        let text = self.desk().await.store()?.notes(id).await?;
        Ok(Notes { text })
    }

    pub(crate) async fn set_notes(&self, set: SetText) -> Result<Nothing, WireError> {
        let id = company_id(&set.id)?;
        self.desk().await.store()?.write_notes(id, &set.text, clock::now()).await?;
        Ok(Nothing {})
    }

    async fn patch(&self, id: &str, what: &str, patch: CompanyPatch) -> Result<CompanyRow, WireError> {
        let company = company_id(id)?;
        let desk = self.desk().await;
        acts::act(&desk, Some(company), what, "", Act::Update(company, patch)).await?;
        acts::row(&desk, company).await
    }
}

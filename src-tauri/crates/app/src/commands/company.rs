//! One company: its activity, its notes and its editable fields.

use codat::{Company, model::CompanyPatch};
use engine::{ReadAct, UpdateCompany};
use serde::{Deserialize, Serialize};
use store::{Activity, ActivityKind, ActivityPlace, CompanyRow};
use ts_rs::TS;

use super::{ById, Nothing, acts, company_id};
use crate::{app::App, error::WireError, fetch, names, tags, wire::Event};

/// The maximum number of entries in one answer.
const MAX_ACTIVITY: u32 = 100;

/// The company that a window shows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct OnScreen {
    /// None if it shows no single company.
    pub company: Option<String>,
}

/// A part of a company's activity.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ActivityRequest {
    pub id: String,
    /// The kinds of entries.
    pub kinds: Vec<ActivityKind>,
    /// The entry after which the part starts. None: start with the newest.
    pub before: Option<ActivityPlace>,
}

/// Edited tags. Concurrent changes of other tags are kept; if the same tag was changed on both sides, nothing
/// is saved.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetTags {
    pub id: String,
    /// Keys and values at the start of the edit.
    pub was: Vec<(String, String)>,
    /// The new keys and values.
    pub tags: Vec<(String, String)>,
}

/// An edited text. If the text has changed since the start of the edit, nothing is saved.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetText {
    pub id: String,
    /// The text at the start of the edit.
    pub was: String,
    /// The new text.
    pub text: String,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Notes {
    /// Empty if there are none.
    pub text: String,
}

impl App {
    pub(crate) async fn on_screen(&self, shown: OnScreen) -> Result<Nothing, WireError> {
        let company = shown.company.as_deref().map(company_id).transpose()?;
        self.command_workspace().await.runner()?.send_event(engine::Event::OnScreen(company));
        Ok(Nothing {})
    }

    pub(crate) async fn activity(&self, request: ActivityRequest) -> Result<Vec<Activity>, WireError> {
        let id = company_id(&request.id)?;
        let store = self.command_workspace().await.store()?;
        Ok(store.activity(id, &request.kinds, request.before.as_ref(), MAX_ACTIVITY).await?)
    }

    pub(crate) async fn set_tags(&self, set: SetTags) -> Result<CompanyRow, WireError> {
        let tags = names::tags(set.tags)?;
        let now = self.fetch_current(&set.id).await?;
        let tags = tags::merge(&tags::to_map(set.was), tags, &now.tags)?;
        let patch = CompanyPatch { tags: Some(tags), ..CompanyPatch::default() };
        self.patch(&set.id, "tag", patch).await
    }

    pub(crate) async fn set_description(&self, set: SetText) -> Result<CompanyRow, WireError> {
        let now = self.fetch_current(&set.id).await?;
        if now.description.unwrap_or_default() != set.was {
            return Err(acts::conflict("The description changed elsewhere while you edited it."));
        }
        let patch = CompanyPatch { description: Some(set.text.trim().to_owned()), ..CompanyPatch::default() };
        self.patch(&set.id, "describe", patch).await
    }

    pub(crate) async fn notes(&self, by: ById) -> Result<Notes, WireError> {
        let id = company_id(&by.id)?;
        let text = self.command_workspace().await.store()?.notes(id).await?;
        Ok(Notes { text })
    }

    pub(crate) async fn set_notes(&self, set: SetText) -> Result<Nothing, WireError> {
        let id = company_id(&set.id)?;
        let workspace = self.command_workspace().await;
        let written = workspace.store()?.write_notes(id, &set.was, &set.text, workspace.now()).await?;
        if written {
            self.emit(Event::Company { id });
            return Ok(Nothing {});
        }
        Err(acts::conflict("These notes changed in another window while you wrote."))
    }

    /// Loads the company again, so that changes made elsewhere are not overwritten unnoticed.
    async fn fetch_current(&self, id: &str) -> Result<Company, WireError> {
        let company = company_id(id)?;
        let workspace = self.command_workspace().await;
        workspace.runner()?.act(ReadAct::Company(company)).await.map_err(WireError::unread)?;
        fetch::company(&*workspace.store()?, company).await
    }

    async fn patch(&self, id: &str, what: &str, patch: CompanyPatch) -> Result<CompanyRow, WireError> {
        let company = company_id(id)?;
        let workspace = self.command_workspace().await;
        acts::run_act(&workspace, Some(company), what, "", UpdateCompany { company, patch }).await?;
        acts::row(&workspace, company).await
    }
}

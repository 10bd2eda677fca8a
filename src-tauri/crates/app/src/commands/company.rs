//! One company in full: what happened with it, what is noted of it, and what of it can be changed.

use codat::{Company, model::CompanyPatch};
use engine::Act;
use serde::{Deserialize, Serialize};
use store::{Activity, ActivityKind, ActivityPlace, CompanyRow};
use ts_rs::TS;

use super::{ById, Nothing, acts, company_id};
use crate::{
    app::App,
    clock,
    error::{Code, WireError},
    fetch, names, tags,
    wire::Event,
};

/// The most lines of one answer.
const MOST_ACTIVITY: u32 = 100;

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
    /// Only what comes after this entry. None: from the newest on.
    pub before: Option<ActivityPlace>,
}

/// Tags as they were edited. What was changed elsewhere meanwhile stays; where both changed the same one,
/// nothing is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetTags {
    /// The company.
    pub id: String,
    /// Keys and values, as the edit began.
    pub was: Vec<(String, String)>,
    /// Keys and values, as they are to be.
    pub tags: Vec<(String, String)>,
}

/// Another text. Where it is no longer what the edit began with, nothing is changed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetText {
    /// The company.
    pub id: String,
    /// As the edit began.
    pub was: String,
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
        self.desk().await.runner()?.tell(engine::Event::OnScreen(company));
        Ok(Nothing {})
    }

    pub(crate) async fn activity(&self, request: ActivityRequest) -> Result<Vec<Activity>, WireError> {
        let id = company_id(&request.id)?;
        let store = self.desk().await.store()?;
        Ok(store.activity(id, &request.kinds, request.before.as_ref(), MOST_ACTIVITY).await?)
    }

    pub(crate) async fn set_tags(&self, set: SetTags) -> Result<CompanyRow, WireError> {
        let tags = names::tags(set.tags)?;
        let now = self.as_it_is_now(&set.id).await?;
        let tags = tags::merged(&tags::known(set.was), tags, &now.tags)?;
        let patch = CompanyPatch { tags: Some(tags), ..CompanyPatch::default() };
        self.patch(&set.id, "tag", patch).await
    }

    pub(crate) async fn set_description(&self, set: SetText) -> Result<CompanyRow, WireError> {
        let now = self.as_it_is_now(&set.id).await?;
        if now.description.unwrap_or_default() != set.was {
            return Err(changed_elsewhere("The description was changed elsewhere while you edited it."));
        }
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
        let written = self.desk().await.store()?.write_notes(id, &set.was, &set.text, clock::now()).await?;
        if written {
            self.announce(Event::Company { id });
            return Ok(Nothing {});
        }
        Err(changed_elsewhere("These notes were changed in another window while you wrote."))
    }

    /// The company, looked at afresh: what was changed elsewhere meanwhile is not overwritten unseen.
    async fn as_it_is_now(&self, id: &str) -> Result<Company, WireError> {
        let company = company_id(id)?;
        let desk = self.desk().await;
        desk.runner()?.act(Act::Look(company)).await.map_err(WireError::unread)?;
        fetch::company(&*desk.store()?, company).await
    }

    async fn patch(&self, id: &str, what: &str, patch: CompanyPatch) -> Result<CompanyRow, WireError> {
        let company = company_id(id)?;
        let desk = self.desk().await;
        acts::act(&desk, Some(company), what, "", Act::Update(company, patch)).await?;
        acts::row(&desk, company).await
    }
}

pub(super) fn changed_elsewhere(what: &str) -> WireError {
    let kept = "Nothing was saved, and what you typed is still here: look at both, then save again.";
    WireError::new(Code::Conflict, format!("{what} {kept}"))
}

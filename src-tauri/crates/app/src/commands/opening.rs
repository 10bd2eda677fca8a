//! What the tray, a notification or a link wants the window to show.

use std::sync::PoisonError;

use codat::CompanyId;
use serde::Serialize;
use ts_rs::TS;

use super::Nothing;
use crate::{
    app::App,
    deep_link::{self, DeepLink},
    desk::Desk,
    error::WireError,
    wire::{Event, Place},
};

/// What to show, kept until a window takes it: the window may only be opening.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Wanted {
    /// The workspace to show first, if the window shows another one.
    pub workspace: Option<String>,
    /// The company.
    pub company: Option<String>,
    /// Which part of it.
    pub part: Option<String>,
    /// What within that part, from the outside in.
    pub within: Vec<String>,
    /// A search in the list of companies.
    pub search: Option<String>,
    /// A page.
    pub place: Option<Place>,
    /// Text for the user.
    pub message: Option<String>,
    /// Another workspace that has the company. The user is asked before it is shown.
    pub elsewhere: Option<Elsewhere>,
}

/// A workspace that has a company, while the window shows another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Elsewhere {
    /// The workspace.
    pub workspace: String,
    /// Its name.
    pub name: String,
}

impl App {
    /// Shows something in the window, in this workspace; without one, in the workspace that the window shows.
    pub fn show_in_window(
        &self,
        workspace: Option<String>,
        company: Option<CompanyId>,
        search: Option<String>,
        place: Option<Place>,
    ) {
        // Of a company that needs attention, its connections say why.
        let part = company.map(|_| "connections".to_owned());
        let company = company.map(|id| id.to_string());
        self.want(Wanted { workspace, company, part, search, place, ..Wanted::default() });
    }

    /// Takes a link that the desktop handed over.
    pub fn open_link(&self, link: &str) {
        self.want(wanted(link));
    }

    fn want(&self, wanted: Wanted) {
        *self.wanted().lock().unwrap_or_else(PoisonError::into_inner) = Some(wanted);
        self.announce(Event::Link);
    }

    /// The last thing that was wanted and not shown yet, once.
    pub(crate) async fn take_wanted(&self, _: Nothing) -> Result<Option<Wanted>, WireError> {
        let taken = self.wanted().lock().unwrap_or_else(PoisonError::into_inner).take();
        match taken {
            Some(wanted) => Ok(Some(self.in_its_workspace(wanted).await?)),
            None => Ok(None),
        }
    }

    /// Finds the workspace of what is wanted.
    async fn in_its_workspace(&self, wanted: Wanted) -> Result<Wanted, WireError> {
        let shown = self.open_desk().await;
        if let Some(id) = &wanted.workspace {
            if id == shown.id() {
                return Ok(Wanted { workspace: None, ..wanted });
            }
            let known = self.registry().workspaces().await?.into_iter().any(|record| record.id == *id);
            return Ok(if known { wanted } else { leads_nowhere() });
        }
        let Some(company) = wanted.company.as_ref().and_then(|id| id.parse().ok()) else { return Ok(wanted) };
        if has_company(&shown, company).await {
            return Ok(wanted);
        }
        for desk in self.open_desks().await {
            if has_company(&desk, company).await {
                let elsewhere = Elsewhere { workspace: desk.id().to_owned(), name: desk.workspace().name };
                return Ok(Wanted { elsewhere: Some(elsewhere), ..wanted });
            }
        }
        Ok(wanted)
    }
}

/// Whether a workspace has a company. A database that cannot be read has none.
async fn has_company(desk: &Desk, company: CompanyId) -> bool {
    match desk.store() {
        Ok(store) => store.company(company).await.is_ok_and(|row| row.is_some()),
        Err(_) => false,
    }
}

fn wanted(link: &str) -> Wanted {
    match deep_link::read(link) {
        Some(DeepLink { workspace, company, part, within }) => Wanted {
            workspace,
            company: Some(company.to_string()),
            part: part.map(str::to_owned),
            within,
            ..Wanted::default()
        },
        None => leads_nowhere(),
    }
}

fn leads_nowhere() -> Wanted {
    Wanted {
        message: Some("The link leads nowhere in this app. Nothing was changed.".to_owned()),
        ..Wanted::default()
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn a_link_that_leads_nowhere_is_told_and_opens_nothing() {
        let wanted = wanted("portal-desktop://delete/everything");
        assert!(wanted.company.is_none() && wanted.message.is_some());
    }
}

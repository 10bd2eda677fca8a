//! Requests of the tray, of notifications and of links to show something in the window.

use codat::CompanyId;
use domain::Place;

use super::{ById, Nothing, company_id};
use crate::{
    app::App,
    deep_link::{self, DeepLink},
    error::WireError,
    open_workspace::OpenWorkspace,
    sync,
    wire::{Elsewhere, Event, ShowRequest},
};

impl App {
    /// Shows something in the window, in this workspace or else in the shown one.
    pub fn show_in_window(
        &self,
        workspace: Option<String>,
        company: Option<CompanyId>,
        search: Option<String>,
        place: Option<Place>,
    ) {
        // The connections explain why a company needs attention.
        let part = company.map(|_| "connections".to_owned());
        let company = company.map(|id| id.to_string());
        self.request_show(ShowRequest { workspace, company, part, search, place, ..ShowRequest::default() });
    }

    /// Shows a saved view of a workspace in the window.
    pub fn show_view(&self, workspace: String, view: String) {
        self.request_show(ShowRequest {
            workspace: Some(workspace),
            view: Some(view),
            ..ShowRequest::default()
        });
    }

    /// Handles a deep link from the desktop.
    pub fn open_link(&self, link: &str) {
        self.request_show(request_for_link(link));
    }

    fn request_show(&self, request: ShowRequest) {
        *sync::lock(&self.show_request) = Some(request);
        self.emit(Event::Link);
    }

    /// Takes the latest request.
    pub(crate) async fn take_show_request(&self, _: Nothing) -> Result<Option<ShowRequest>, WireError> {
        let taken = sync::lock(&self.show_request).take();
        match taken {
            Some(request) => Ok(Some(self.resolve_workspace(request).await?)),
            None => Ok(None),
        }
    }

    /// Determines the workspace of a request.
    async fn resolve_workspace(&self, request: ShowRequest) -> Result<ShowRequest, WireError> {
        let shown = self.shown_workspace().await;
        if let Some(id) = &request.workspace {
            if id == shown.id() {
                return Ok(ShowRequest { workspace: None, ..request });
            }
            let known = self.registry.workspaces().await?.into_iter().any(|record| record.id == *id);
            return Ok(if known { request } else { invalid_link() });
        }
        let Some(company) = request.company.as_ref().and_then(|id| id.parse().ok()) else {
            return Ok(request);
        };
        if has_company(&shown, company).await {
            return Ok(request);
        }
        Ok(ShowRequest { elsewhere: self.workspace_with(company).await, ..request })
    }

    /// Another open workspace that has the company.
    pub(crate) async fn find_company(&self, by: ById) -> Result<Option<Elsewhere>, WireError> {
        Ok(self.workspace_with(company_id(&by.id)?).await)
    }

    async fn workspace_with(&self, company: CompanyId) -> Option<Elsewhere> {
        let shown = self.shown_workspace().await;
        for workspace in self.all_open_workspaces().await {
            if workspace.id() != shown.id() && has_company(&workspace, company).await {
                let name = workspace.record().name;
                return Some(Elsewhere { workspace: workspace.id().to_owned(), name });
            }
        }
        None
    }
}

/// Whether a workspace has a company. An unreadable database has none.
async fn has_company(workspace: &OpenWorkspace, company: CompanyId) -> bool {
    match workspace.store() {
        Ok(store) => store.company(company).await.is_ok_and(|row| row.is_some()),
        Err(_) => false,
    }
}

fn request_for_link(link: &str) -> ShowRequest {
    match deep_link::parse(link) {
        Some(DeepLink { workspace, company, part, within }) => ShowRequest {
            workspace,
            company: Some(company.to_string()),
            part: part.map(str::to_owned),
            within,
            ..ShowRequest::default()
        },
        None => invalid_link(),
    }
}

fn invalid_link() -> ShowRequest {
    ShowRequest {
        message: Some("This link doesn’t lead anywhere in the app. Nothing was changed.".to_owned()),
        ..ShowRequest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::request_for_link;

    #[test]
    fn a_link_that_leads_nowhere_is_told_and_opens_nothing() {
        let request = request_for_link("portal-desktop://delete/everything");
        assert!(request.company.is_none() && request.message.is_some());
    }
}

//! Saved views of the list of companies: a search, an order and columns under a name.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{SavedView, Store};
use ts_rs::TS;

use super::{ById, Nothing};
use crate::{
    app::App,
    error::{Code, WireError},
    saved_views,
    wire::Event,
};

/// The maximum number of views of a workspace.
const MAX_VIEWS: usize = 50;
/// The maximum length of a name and of an ID, in characters.
const MAX_NAME_LENGTH: usize = 60;
/// The maximum length of a search, in characters.
const MAX_SEARCH_LENGTH: usize = 1_000;

/// A saved view and its current number of companies.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct CountedView {
    pub view: SavedView,
    pub companies: u32,
}

/// A view to create or to replace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SaveView {
    pub view: SavedView,
    /// Its index among the views. None: where it is, or last if it is new.
    pub position: Option<u32>,
}

impl App {
    /// The views in the user's order.
    pub(crate) async fn views(&self, _: Nothing) -> Result<Vec<CountedView>, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        counted(&store, workspace.now(), saved_views::load(&store).await?).await
    }

    pub(crate) async fn save_view(&self, save: SaveView) -> Result<Vec<CountedView>, WireError> {
        let view = checked(save.view)?;
        let position = save.position.and_then(|position| usize::try_from(position).ok());
        self.change_views(|views| {
            if views.iter().any(|other| other.id != view.id && other.name == view.name) {
                return Err(WireError::new(
                    Code::Conflict,
                    format!("You already have a view named “{}”. Choose another name.", view.name),
                ));
            }
            let before = views.iter().position(|other| other.id == view.id);
            if before.is_none() && views.len() >= MAX_VIEWS {
                return Err(WireError::new(
                    Code::BadArguments,
                    format!("You can save up to {MAX_VIEWS} views. Delete one first."),
                ));
            }
            before.map(|index| views.remove(index));
            let index = position.or(before).unwrap_or(views.len()).min(views.len());
            views.insert(index, view);
            Ok(())
        })
        .await
    }

    pub(crate) async fn remove_view(&self, by: ById) -> Result<Vec<CountedView>, WireError> {
        self.change_views(|views| {
            views.retain(|view| view.id != by.id);
            Ok(())
        })
        .await
    }

    /// Changes the views of the workspace. Nothing is saved if the change fails.
    async fn change_views(
        &self,
        change: impl FnOnce(&mut Vec<SavedView>) -> Result<(), WireError> + Send,
    ) -> Result<Vec<CountedView>, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let lock = self.views_lock.lock().await;
        let mut views = saved_views::load(&store).await?;
        change(&mut views)?;
        store.write_views(&views).await?;
        drop(lock);
        workspace.presenter().set_tray_views(saved_views::for_tray(&views));
        self.emit(Event::Views);
        counted(&store, workspace.now(), views).await
    }
}

async fn counted(
    store: &Store,
    now: Timestamp,
    views: Vec<SavedView>,
) -> Result<Vec<CountedView>, WireError> {
    let searches: Vec<_> = views.iter().map(|view| view.search.as_str()).collect();
    let counts = store.count_companies(&searches, now).await?;
    Ok(views.into_iter().zip(counts).map(|(view, companies)| CountedView { view, companies }).collect())
}

fn checked(view: SavedView) -> Result<SavedView, WireError> {
    let refused = |code, message: String| Err(WireError::new(code, message));
    let view = SavedView {
        name: view.name.split_whitespace().collect::<Vec<_>>().join(" "),
        search: view.search.trim().to_owned(),
        ..view
    };
    if view.name.is_empty() {
        return refused(Code::NameEmpty, "Give the view a name.".to_owned());
    }
    let is_too_long = |text: &str, most| text.chars().count() > most;
    if is_too_long(&view.name, MAX_NAME_LENGTH) {
        let message = format!("A view's name can have up to {MAX_NAME_LENGTH} characters.");
        return refused(Code::NameTooLong, message);
    }
    if view.id.is_empty() || is_too_long(&view.id, MAX_NAME_LENGTH) || view.id.contains(char::is_whitespace) {
        return refused(Code::BadArguments, "This isn’t the ID of a view. Nothing was saved.".to_owned());
    }
    if is_too_long(&view.search, MAX_SEARCH_LENGTH) {
        let message = format!("A view's search can have up to {MAX_SEARCH_LENGTH} characters.");
        return refused(Code::BadArguments, message);
    }
    Ok(view)
}

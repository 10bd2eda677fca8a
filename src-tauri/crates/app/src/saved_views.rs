//! The saved views of a workspace: the ready-made ones, until the user changes them.

use store::{SavedView, Sort, SortColumn, Store, StoreError};

use crate::tray_menu::TrayView;

/// The views as the tray shows them.
pub(crate) fn for_tray(views: &[SavedView]) -> Vec<TrayView> {
    views.iter().map(|view| TrayView { id: view.id.clone(), name: view.name.clone() }).collect()
}

/// The saved views. Until the user changes them, these are the ready-made ones.
pub(crate) async fn load(store: &Store) -> Result<Vec<SavedView>, StoreError> {
    Ok(store.saved_views().await?.unwrap_or_else(ready_made))
}

fn ready_made() -> Vec<SavedView> {
    let view = |id: &str, name: &str, search: &str, column, descending| SavedView {
        id: id.to_owned(),
        name: name.to_owned(),
        search: search.to_owned(),
        sort: Sort { column, descending },
        columns: None,
    };
    // What has passed its date and is still linked does not expire: its date was wrong.
    vec![
        view("attention", "Needs attention", "is:attention", SortColumn::Connections, false),
        view("expiring", "Expiring in 14 days", "expires:<14d expires:>0d", SortColumn::Expires, false),
        view("stale", "Stale over 7 days", "stale:>7d", SortColumn::LastRead, false),
        view("never-linked", "Never linked", "is:none", SortColumn::Created, true),
    ]
}

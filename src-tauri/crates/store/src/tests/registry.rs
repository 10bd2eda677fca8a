//! The registry of workspaces.

use domain::SafeMode;

use super::making::now;
use crate::{Registry, Workspace, WorkspaceKind};

fn workspace(id: &str, position: i64) -> Workspace {
    Workspace {
        id: id.to_owned(),
        name: format!("Workspace {id}"),
        kind: WorkspaceKind::Codat,
        color: "teal".to_owned(),
        safe_mode: SafeMode::Operate,
        invite_url: None,
        base_url: "https://api.codat.io".to_owned(),
        position,
        watched: true,
        client_id: None,
    }
}

#[tokio::test]
async fn workspaces_and_preferences_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/portal.db");
    let registry = Registry::open(&path, now()).await.expect("a registry");
    assert_eq!(registry.workspaces().await.expect("none"), []);
    registry.put_workspace(&workspace("b", 2)).await.expect("put");
    registry.put_workspace(&workspace("a", 1)).await.expect("put");
    registry.put_workspace(&workspace("c", 0)).await.expect("put");
    let changed = Workspace {
        kind: WorkspaceKind::Sandbox,
        safe_mode: SafeMode::Administer,
        invite_url: Some("http://127.0.0.1/invite".to_owned()),
        watched: false,
        client_id: Some("client".to_owned()),
        ..workspace("b", 2)
    };
    registry.put_workspace(&changed).await.expect("replaced");
    registry.remove_workspace("c").await.expect("removed");
    registry.set_preference("all", "{\"theme\":\"dark\"}").await.expect("set");
    registry.set_current_workspace("b").await.expect("set");
    registry.close().await;
    let registry = Registry::open(&path, now()).await.expect("again");
    assert_eq!(registry.workspaces().await.expect("two"), [workspace("a", 1), changed]);
    assert_eq!(registry.preference("all").await.expect("one").as_deref(), Some("{\"theme\":\"dark\"}"));
    assert_eq!(registry.preference("other").await.expect("none"), None);
    assert_eq!(registry.current_workspace().await.expect("one").as_deref(), Some("b"));
}

//! Rebuilds a damaged registry from the workspace files.

use std::path::Path;

use store::{Registry, SafeMode, Store, StoreError, Workspace, WorkspaceKind};

use crate::{
    app::SANDBOX,
    clock,
    error::Code,
    folders::Folders,
    wire::{Notice, Tone},
};

/// Opens the registry. A damaged one is renamed and rebuilt; the notice then tells the user.
///
/// # Errors
/// Database errors other than damage.
pub(crate) async fn open_registry(
    folders: &Folders,
    codat_base: &str,
) -> Result<(Registry, Option<Notice>), StoreError> {
    let path = folders.registry();
    let damage = match Registry::open(&path, clock::now()).await {
        Ok(registry) => match registry.check().await {
            Ok(()) => return Ok((registry, None)),
            Err(error) => {
                registry.close().await;
                error
            }
        },
        Err(error) => error,
    };
    if !matches!(damage, StoreError::Corrupt { .. }) {
        return Err(damage);
    }
    let aside = Store::set_aside(&path, clock::now())?;
    tracing::error!(%damage, aside = %aside.display(), "the list of workspaces is damaged and was set aside");
    let registry = Registry::open(&path, clock::now()).await?;
    let found = workspaces(folders);
    for (position, id) in (1_i64..).zip(&found) {
        registry.put_workspace(&recovered(id, position, codat_base)).await?;
    }
    Ok((registry, Some(notice(found.len(), &aside))))
}

/// The IDs of the workspaces that have a database file.
fn workspaces(folders: &Folders) -> Vec<String> {
    let entries = folders.workspace("any").parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let names =
        entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut ids: Vec<String> = names.filter_map(|name| name.strip_suffix(".db").map(str::to_owned)).collect();
    ids.retain(|id| id != SANDBOX && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    ids.sort();
    ids
}

/// A workspace record from its file alone. The safe mode is *view* until the user chooses another one.
fn recovered(id: &str, position: i64, codat_base: &str) -> Workspace {
    Workspace {
        id: id.to_owned(),
        name: format!("Recovered workspace {position}"),
        kind: WorkspaceKind::Codat,
        colour: "blue".to_owned(),
        safe_mode: SafeMode::View,
        invite_url: None,
        base_url: codat_base.to_owned(),
        position,
        watched: true,
        client_id: None,
    }
}

fn notice(found: usize, aside: &Path) -> Notice {
    let which = match found {
        0 => "We found no workspace.".to_owned(),
        1 => "We restored one workspace from its file, in view mode.".to_owned(),
        many => format!("We restored {many} workspaces from their files, in view mode."),
    };
    Notice {
        id: "registry".to_owned(),
        tone: Tone::Warning,
        code: Code::RegistryRebuilt,
        message: format!(
            "The list of workspaces was damaged, and we rebuilt it. {which} Names, colors and preferences are lost."
        ),
        detail: Some(format!("The damaged file is kept as {}.", aside.display())),
    }
}

//! Rebuilds a damaged registry from the workspace files, and a damaged workspace from its backup.

use std::path::Path;

use domain::{SafeMode, Severity};
use jiff::Timestamp;
use store::{Registry, RestoreSummary, Store, StoreError, Workspace, WorkspaceKind};

use crate::{
    clock,
    error::{Code, WireError},
    folders::Folders,
    options::SANDBOX,
    wire::Notice,
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
    let damaged_copy = Store::set_aside(&path, clock::now())?;
    tracing::error!(%damage, aside = %damaged_copy.display(), "the list of workspaces is damaged and was set aside");
    let restored = Registry::restore(&path, clock::now()).await?;
    let at = restored.as_ref().map(|(_, at)| *at);
    let registry = match restored {
        Some((registry, _)) => registry,
        None => Registry::open(&path, clock::now()).await?,
    };
    let files_only = match_files(&registry, folders, codat_base).await?;
    Ok((registry, Some(notice(at, files_only, &damaged_copy))))
}

/// Aligns a restored registry with the files. It removes workspaces without any file, because a removal
/// deletes the files first, and adds those that have only a database file. The safe mode of all is *view*
/// until the user chooses another one. Returns how many it added.
async fn match_files(registry: &Registry, folders: &Folders, codat_base: &str) -> Result<usize, StoreError> {
    let names = match file_names(folders) {
        Ok(names) => names,
        Err(error) => {
            tracing::error!(%error, "the workspace files could not be listed; the list is taken as it is");
            return Ok(0);
        }
    };
    let known = registry.workspaces().await?;
    for record in known.iter().filter(|record| record.id != SANDBOX) {
        if names.iter().any(|name| name.strip_prefix(&record.id).is_some_and(|rest| rest.starts_with('.'))) {
            registry.put_workspace(&Workspace { safe_mode: SafeMode::View, ..record.clone() }).await?;
        } else {
            registry.remove_workspace(&record.id).await?;
        }
    }
    let ids = workspaces(&names);
    let new: Vec<_> = ids.iter().filter(|id| known.iter().all(|record| record.id != **id)).collect();
    for (number, id) in (1..).zip(&new) {
        registry.put_workspace(&recovered(id, number, codat_base)).await?;
    }
    Ok(new.len())
}

/// The names of the files in the folder of the workspaces.
fn file_names(folders: &Folders) -> std::io::Result<Vec<String>> {
    let path = folders.workspace("any");
    let Some(folder) = path.parent().filter(|folder| folder.exists()) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

/// The IDs of the workspaces that have a database file.
fn workspaces(names: &[String]) -> Vec<String> {
    let mut ids: Vec<String> =
        names.iter().filter_map(|name| name.strip_suffix(".db").map(str::to_owned)).collect();
    ids.retain(|id| id != SANDBOX && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    ids.sort();
    ids
}

/// A workspace record from its file alone. The safe mode is *view* until the user chooses another one.
fn recovered(id: &str, number: usize, codat_base: &str) -> Workspace {
    Workspace {
        id: id.to_owned(),
        name: format!("Recovered workspace {number}"),
        kind: WorkspaceKind::Codat,
        color: "blue".to_owned(),
        safe_mode: SafeMode::View,
        invite_url: None,
        base_url: codat_base.to_owned(),
        // After all others; equal positions are sorted by ID.
        position: i64::MAX,
        watched: true,
        client_id: None,
    }
}

/// `at`: the time of the backup that was restored. `files_only`: workspaces that only have a file.
fn notice(at: Option<Timestamp>, files_only: usize, damaged_copy: &Path) -> Notice {
    let files = match (at.is_some(), files_only) {
        (true, 0) => String::new(),
        (false, 0) => " We found no workspace.".to_owned(),
        (_, 1) => " We restored one workspace from its file.".to_owned(),
        (_, many) => format!(" We restored {many} workspaces from their files."),
    };
    let message = match at {
        Some(at) => format!(
            "The list of workspaces was damaged, and we restored it from the backup of {}.{files} Later changes to \
             names, colors and preferences are lost, and every workspace is in view mode.",
            day_and_time(at)
        ),
        None => format!(
            "The list of workspaces was damaged, and we rebuilt it.{files} Names, colors and preferences are lost, \
             and every workspace is in view mode."
        ),
    };
    Notice {
        id: "registry".to_owned(),
        tone: Severity::Warning,
        code: Code::RegistryRebuilt,
        message,
        detail: Some(format!("We saved the damaged file as {}.", damaged_copy.display())),
    }
}

/// A local time, such as "3 Nov, 08:12".
fn day_and_time(at: Timestamp) -> String {
    at.to_zoned_datetime(clock::zone()).strftime("%-d %b, %H:%M").to_string()
}

/// Renames a damaged database and creates a new one with the data of the newest backup. Returns the notice
/// that lists what was restored.
///
/// # Errors
/// If the file cannot be renamed, or no new one can be created.
pub(crate) async fn rebuild_database(path: &Path) -> Result<Notice, WireError> {
    let now = clock::now();
    let damaged_copy = Store::set_aside(path, now)?;
    tracing::warn!(aside = %damaged_copy.display(), "a damaged database was set aside");
    let restored = Store::restore(path, now).await?;
    tracing::info!(?restored, "the database was rebuilt");
    let message = match &restored {
        Some(restored) => restored_sentence(restored),
        None => "There was no backup, so notes, schedules and the journal start empty.".to_owned(),
    };
    Ok(Notice {
        id: "database-rebuilt".to_owned(),
        tone: Severity::Warning,
        code: Code::DatabaseRebuilt,
        message: format!(
            "The database of this workspace was damaged, and we rebuilt it. Companies load from Codat again. {message}"
        ),
        detail: Some(format!("We saved the damaged file as {}.", damaged_copy.display())),
    })
}

/// What was restored, as a sentence.
fn restored_sentence(restored: &RestoreSummary) -> String {
    let at = day_and_time(restored.at);
    let counts = [
        (restored.notes, "note", "notes"),
        (restored.schedules, "schedule", "schedules"),
        (restored.rules, "expiry rule", "expiry rules"),
        (restored.journal, "journal entry", "journal entries"),
        (restored.acts, "action of yours", "actions of yours"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| format!("{} {}", grouped(count), if count == 1 { one } else { many }))
        .collect();
    match parts.as_slice() {
        [] => format!("The backup of {at} had no notes, schedules or journal entries."),
        [only] => format!("We restored {only} from the backup of {at}."),
        [first @ .., last] => {
            format!("We restored {} and {last} from the backup of {at}.", first.join(", "))
        }
    }
}

/// A number with thousands separators.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_has_the_numbers_of_what_was_restored() {
        let at = "2026-11-29T14:05:00Z".parse().unwrap();
        let all = RestoreSummary { at, notes: 12, schedules: 1, rules: 0, journal: 1_204_007, acts: 0 };
        let sentence = restored_sentence(&all);
        assert!(
            sentence.starts_with("We restored 12 notes, 1 schedule and 1,204,007 journal entries from"),
            "{sentence}"
        );
        assert!(
            restored_sentence(&RestoreSummary { notes: 0, schedules: 0, journal: 0, ..all })
                .contains("had no notes")
        );
    }
}

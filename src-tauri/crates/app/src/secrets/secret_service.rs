//! The freedesktop Secret Service. Each call opens its own connection, so that a service which starts later or
//! restarts is found.

use std::collections::HashMap;

use secret_service::{EncryptionType, Error, blocking};

use super::{Keyring, KeyringError, PROXY_ENTRY, SERVICE};

pub(super) struct SecretService;

impl Keyring for SecretService {
    fn probe(&self) -> Result<(), KeyringError> {
        let service = connect()?;
        match service.get_default_collection() {
            Ok(collection) if collection.is_locked()? => Err(KeyringError::Locked),
            Ok(_) | Err(Error::NoResult) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn read(&self, workspace: &str) -> Result<Option<String>, KeyringError> {
        let service = connect()?;
        let found = service.search_items(attributes(workspace))?;
        let Some(item) = found.unlocked.first() else {
            return if found.locked.is_empty() {
                none_or_locked(&service)
            } else {
                Err(KeyringError::Locked)
            };
        };
        let secret = String::from_utf8(item.get_secret()?);
        secret.map(Some).map_err(|_| KeyringError::Failed("the key in it isn’t text".to_owned()))
    }

    fn write(&self, workspace: &str, secret: &str) -> Result<(), KeyringError> {
        let service = connect()?;
        let found = service.search_items(attributes(workspace))?;
        if !found.locked.is_empty() {
            return Err(KeyringError::Locked);
        }
        if !found.unlocked.is_empty() {
            let set = found.unlocked.iter().map(|item| item.set_secret(secret.as_bytes(), "text/plain"));
            return Ok(set.collect::<Result<(), Error>>()?);
        }
        let collection = service.get_default_collection()?;
        if collection.is_locked()? {
            return Err(KeyringError::Locked);
        }
        let label = match workspace {
            PROXY_ENTRY => "Portal Desktop proxy password".to_owned(),
            workspace => format!("Portal Desktop API key ({workspace})"),
        };
        collection.create_item(&label, attributes(workspace), secret.as_bytes(), true, "text/plain")?;
        Ok(())
    }

    fn delete(&self, workspace: &str) -> Result<(), KeyringError> {
        let service = connect()?;
        let found = service.search_items(attributes(workspace))?;
        for item in &found.unlocked {
            item.delete()?;
        }
        if found.locked.is_empty() && (!found.unlocked.is_empty() || none_or_locked(&service)?.is_none()) {
            return Ok(());
        }
        Err(KeyringError::Locked)
    }

    fn unlock(&self, workspace: &str) -> Result<(), KeyringError> {
        let service = connect()?;
        let found = service.search_items(attributes(workspace))?;
        if !found.locked.is_empty() {
            return Ok(service.unlock_all(&found.locked.iter().collect::<Vec<_>>())?);
        }
        match service.get_default_collection() {
            Ok(collection) if collection.is_locked()? => Ok(collection.unlock()?),
            Ok(_) | Err(Error::NoResult) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn connect() -> Result<blocking::SecretService<'static>, KeyringError> {
    blocking::SecretService::connect(EncryptionType::Dh).map_err(|error| match error.into() {
        // No service answered, for example because there is no session bus.
        KeyringError::Failed(text) => KeyringError::Absent(text),
        other @ (KeyringError::Absent(_)
        | KeyringError::Locked
        | KeyringError::TimedOut
        | KeyringError::Denied(_)) => other,
    })
}

/// The attributes of a workspace's item.
fn attributes(workspace: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", workspace)])
}

/// `None` for a missing item, or an error if the keyring is locked: some services find no items while they are
/// locked.
fn none_or_locked(service: &blocking::SecretService<'_>) -> Result<Option<String>, KeyringError> {
    match service.get_default_collection() {
        Ok(collection) if collection.is_locked()? => Err(KeyringError::Locked),
        Ok(_) | Err(Error::NoResult) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl From<Error> for KeyringError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library may name more of them")]
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let says = |name: &str| text.contains(name);
        match error {
            Error::Locked => Self::Locked,
            Error::Prompt | Error::PromptDisconnected => {
                Self::Denied("its prompt was dismissed, or couldn’t be shown".to_owned())
            }
            Error::Unavailable => Self::Absent(text),
            Error::NoResult => Self::Absent("no default keyring was set up".to_owned()),
            _ if says("Error.IsLocked") => Self::Locked,
            _ if says("Error.AccessDenied") => Self::Denied(text),
            _ if says("Error.ServiceUnknown") || says("Error.NameHasNoOwner") => Self::Absent(text),
            _ => Self::Failed(text),
        }
    }
}

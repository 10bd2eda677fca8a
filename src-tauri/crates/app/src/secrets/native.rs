//! The keyrings of macOS and Windows. Any call may show a prompt of the system.

use keyring_core::{Entry, Error};

use super::{Keyring, KeyringError, SERVICE};

pub(super) struct Native;

impl Keyring for Native {
    fn probe(&self) -> Result<(), KeyringError> {
        self.read("probe").map(drop)
    }

    fn read(&self, workspace: &str) -> Result<Option<String>, KeyringError> {
        match entry(workspace)?.get_password() {
            Err(Error::NoEntry) => Ok(None),
            other => Ok(Some(other?)),
        }
    }

    fn write(&self, workspace: &str, secret: &str) -> Result<(), KeyringError> {
        Ok(entry(workspace)?.set_password(secret)?)
    }

    fn delete(&self, workspace: &str) -> Result<(), KeyringError> {
        match entry(workspace)?.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            other => Ok(other?),
        }
    }

    fn unlock(&self, workspace: &str) -> Result<(), KeyringError> {
        self.read(workspace).map(drop)
    }
}

fn entry(workspace: &str) -> Result<Entry, Error> {
    Ok(keyring::Entry::new(SERVICE, workspace)?.inner)
}

impl From<Error> for KeyringError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NoDefaultStore => Self::Absent(text),
            Error::NoStorageAccess(_) => Self::Denied(text),
            _ => Self::Failed(text),
        }
    }
}

//! Reads the real Secret Service of a desktop.

use std::collections::HashMap;

use zbus::{Connection, OwnedObjectPath, OwnedVariant, Variant};

use crate::bus::{Place, property, wait_for_name};
use crate::polling::within;

const NAME: &str = "org.freedesktop.secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// An item of the keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The label, which keyring programs show.
    pub label: String,
    /// The attributes by which programs find it.
    pub attributes: HashMap<String, String>,
    /// The secret.
    pub value: String,
}

pub(crate) async fn wait(connection: &Connection) {
    wait_for_name(connection, NAME).await;
}

/// All items of the login keyring.
pub(crate) async fn all(connection: &Connection) -> Vec<Secret> {
    let place = Place { owner: NAME, path: LOGIN, interface: "org.freedesktop.Secret.Collection" };
    let items: Vec<OwnedObjectPath> = match property::<OwnedVariant>(connection, &place, "Items").await {
        Some(items) => items.try_into().expect("paths"),
        None => Vec::new(),
    };
    let session = open_session(connection).await;
    let mut secrets = Vec::new();
    for item in items {
        secrets.push(read(connection, &item, &session).await);
    }
    secrets
}

async fn open_session(connection: &Connection) -> OwnedObjectPath {
    let service = Some("org.freedesktop.Secret.Service");
    let plain = ("plain", Variant::from(""));
    let call = connection.call_method(Some(NAME), "/org/freedesktop/secrets", service, "OpenSession", &plain);
    let reply = within("the keyring", call).await.expect("a session");
    let (_, session) = reply.body().deserialize::<(OwnedVariant, OwnedObjectPath)>().expect("a session");
    session
}

async fn read(connection: &Connection, item: &OwnedObjectPath, session: &OwnedObjectPath) -> Secret {
    let place = Place { owner: NAME, path: item.as_str(), interface: "org.freedesktop.Secret.Item" };
    let call = connection.call_method(Some(NAME), place.path, Some(place.interface), "GetSecret", session);
    let reply = within("the keyring", call).await.expect("a secret");
    type Kept = ((OwnedObjectPath, Vec<u8>, Vec<u8>, String),);
    let ((_, _, value, _),) = reply.body().deserialize::<Kept>().expect("a secret");
    Secret {
        label: property(connection, &place, "Label").await.unwrap_or_default(),
        attributes: property(connection, &place, "Attributes").await.unwrap_or_default(),
        value: String::from_utf8_lossy(&value).into_owned(),
    }
}

//! Private buses, with a configuration that starts no service of the computer.

use std::path::{Path, PathBuf};

use zbus::connection::Builder;
use zbus::{Connection, OwnedVariant};

use crate::polling::{eventually, within};

/// Writes the configuration of a private bus into `runtime` and returns its path. It names no service folders, so that
/// the bus starts no service. `socket` is the name of the socket in `runtime`.
///
/// # Panics
///
/// If the file cannot be written.
pub fn configuration(runtime: &Path, socket: &str) -> PathBuf {
    let path = runtime.join(format!("{socket}.conf"));
    let text = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        runtime.join(socket).display()
    );
    std::fs::write(&path, text).expect("the configuration");
    path
}

/// Connects to a private bus.
pub(crate) async fn connect(address: &str) -> Connection {
    within("the bus", Builder::address(address).build()).await.expect("a connection")
}

/// Waits until the name has an owner.
pub(crate) async fn wait_for_name(connection: &Connection, name: &str) {
    let bus = zbus::fdo::DBusProxy::new(connection).await.expect("the bus itself");
    eventually(name, || async {
        let name = name.try_into().expect("a name");
        bus.name_has_owner(name).await.expect("an answer").then_some(())
    })
    .await;
}

/// A property of an object, or `None` if it has none.
pub(crate) async fn property<T>(connection: &Connection, at: &Place<'_>, name: &str) -> Option<T>
where
    T: TryFrom<OwnedVariant>,
{
    let question = (at.interface, name);
    let properties = Some("org.freedesktop.DBus.Properties");
    let reply = connection.call_method(Some(at.owner), at.path, properties, "Get", &question).await.ok()?;
    reply.body().deserialize::<OwnedVariant>().ok()?.try_into().ok()
}

/// An interface of an object on the bus.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) owner: &'a str,
    pub(crate) path: &'a str,
    pub(crate) interface: &'a str,
}

//! A fake tray host, and the menus of the registered items.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use zbus::message::Header;
use zbus::{Connection, OwnedObjectPath, OwnedVariant, Variant, interface};

use crate::bus::{Place, property};
use crate::polling::{eventually, within};

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// The tray of a desktop.
#[derive(Debug, Clone)]
pub struct TrayHost {
    registered: Arc<Mutex<Vec<(String, String)>>>,
    has_host: Arc<AtomicBool>,
    connection: Connection,
}

impl TrayHost {
    /// Serves the tray on this connection, with or without a host.
    pub(crate) async fn serve(connection: &Connection, has_host: bool) -> Self {
        let registered = Arc::new(Mutex::new(Vec::new()));
        let has_host = Arc::new(AtomicBool::new(has_host));
        let watcher = Watcher { registered: registered.clone(), has_host: has_host.clone() };
        connection.object_server().at(PATH, watcher).await.expect("the watcher");
        connection.request_name(NAME).await.expect("its name");
        Self { registered, has_host, connection: connection.clone() }
    }

    /// Adds a host to a tray without one.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn add_host(&self) {
        self.has_host.store(true, Ordering::Release);
        let bus = &self.connection;
        bus.emit_signal(None::<&str>, PATH, NAME, "StatusNotifierHostRegistered", &())
            .await
            .expect("the bus");
    }

    /// Stops the tray, as when the desktop shell ends.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn leave(self) {
        self.connection.release_name(NAME).await.expect("the bus");
    }

    /// The last registered item, once there is one.
    ///
    /// # Panics
    ///
    /// If none registers.
    pub async fn item(&self) -> TrayItem {
        self.items(1).await.pop().expect("one at least")
    }

    /// All registered items, once there are this many. A restarted program adds one.
    ///
    /// # Panics
    ///
    /// If they do not register.
    pub async fn items(&self, at_least: usize) -> Vec<TrayItem> {
        let all = eventually(format!("{at_least} tray items"), || async {
            let registered = self.registered.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Some(registered).filter(|registered| registered.len() >= at_least)
        });
        let item = |(owner, path)| TrayItem { owner, path, connection: self.connection.clone() };
        all.await.into_iter().map(item).collect()
    }
}

struct Watcher {
    registered: Arc<Mutex<Vec<(String, String)>>>,
    has_host: Arc<AtomicBool>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// Some libraries send a path on their own connection, others a bus name.
    fn register_status_notifier_item(&self, service: String, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            (sender, service)
        } else {
            (service, "/StatusNotifierItem".into())
        };
        self.registered.lock().unwrap_or_else(PoisonError::into_inner).push(item);
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let registered = self.registered.lock().unwrap_or_else(PoisonError::into_inner);
        registered.iter().map(|(owner, path)| format!("{owner}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.has_host.load(Ordering::Acquire)
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// An icon in the tray.
#[derive(Debug, Clone)]
pub struct TrayItem {
    owner: String,
    path: String,
    connection: Connection,
}

/// An entry of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    id: i32,
    /// The label, without marks for keys.
    pub label: String,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Whether it is a separator.
    pub separator: bool,
    /// The entries of its submenu.
    pub children: Vec<Entry>,
}

impl TrayItem {
    /// A text property of the item, for example `Title`, `IconName` or `Status`.
    pub async fn text(&self, name: &str) -> Option<String> {
        property(&self.connection, &self.place(&self.path, ITEM), name).await
    }

    /// The title of the tooltip, if the item has one.
    pub async fn tooltip(&self) -> Option<String> {
        let tooltip: OwnedVariant =
            property(&self.connection, &self.place(&self.path, ITEM), "ToolTip").await?;
        let Variant::Structure(parts) = &*tooltip else { return None };
        parts.fields().get(2).and_then(text_of)
    }

    /// The current menu; empty if there is none.
    ///
    /// # Panics
    ///
    /// If the program does not answer.
    pub async fn menu(&self) -> Vec<Entry> {
        self.layout().await.map(|(_, entries)| entries).unwrap_or_default()
    }

    /// The menu with its revision. In each revision the entries have other IDs.
    async fn layout(&self) -> Option<(u32, Vec<Entry>)> {
        let path = self.menu_path().await?;
        let menu = self.place(&path, MENU);
        let about =
            self.connection.call_method(Some(menu.owner), menu.path, Some(MENU), "AboutToShow", &0_i32);
        // Not all menus need `AboutToShow`; those that do return no error.
        drop(within("the menu", about).await);
        let whole = (0_i32, -1_i32, Vec::<String>::new());
        let layout =
            self.connection.call_method(Some(menu.owner), menu.path, Some(MENU), "GetLayout", &whole);
        let reply = within("the menu", layout).await.ok()?;
        type Layout = (u32, (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>));
        let (revision, (_, _, children)) = reply.body().deserialize::<Layout>().expect("a menu");
        Some((revision, children.iter().filter_map(|child| entry(child)).collect()))
    }

    /// The entry at this path of labels, once the menu has it. A label matches if it starts like this.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn entry(&self, labels: &[&str]) -> Entry {
        eventually(format!("{labels:?} in the tray"), || async { find(&self.menu().await, labels) }).await
    }

    /// Presses the entry at this path of labels. If the menu is redrawn at that moment, the press has no
    /// effect; it is repeated while there is such an entry.
    ///
    /// # Panics
    ///
    /// If there is no such entry, or it cannot be pressed.
    pub async fn press(&self, labels: &[&str]) {
        self.entry(labels).await;
        eventually(format!("a press on {labels:?} that counts"), || async {
            let Some((before, entries)) = self.layout().await else { return Some(()) };
            let Some(entry) = find(&entries, labels) else { return Some(()) };
            assert!(entry.enabled, "{labels:?} can be pressed");
            self.click(entry.id).await;
            let after = self.layout().await;
            after.is_none_or(|(revision, _)| revision == before).then_some(())
        })
        .await;
    }

    async fn click(&self, entry: i32) {
        let Some(path) = self.menu_path().await else { return };
        let event = (entry, "clicked", Variant::I32(0), 0_u32);
        let (owner, path) = (Some(self.owner.as_str()), path.as_str());
        let call = self.connection.call_method(owner, path, Some(MENU), "Event", &event);
        // A program that quits because of the press may end before it answers.
        drop(within("a press", call).await);
    }

    async fn menu_path(&self) -> Option<String> {
        let path: OwnedObjectPath = property(&self.connection, &self.place(&self.path, ITEM), "Menu").await?;
        Some(path.to_string())
    }

    fn place<'a>(&'a self, path: &'a str, interface: &'a str) -> Place<'a> {
        Place { owner: &self.owner, path, interface }
    }
}

fn find(entries: &[Entry], labels: &[&str]) -> Option<Entry> {
    let (first, rest) = labels.split_first()?;
    let mut found = entries.iter().filter(|entry| entry.label.starts_with(first));
    if rest.is_empty() { found.next().cloned() } else { found.find_map(|entry| find(&entry.children, rest)) }
}

/// An entry is a structure of ID, properties and children, and each child is such a structure.
fn entry(value: &Variant<'_>) -> Option<Entry> {
    let Variant::Structure(parts) = peeled(value) else { return None };
    let [Variant::I32(id), Variant::Dict(properties), Variant::Array(children)] = parts.fields() else {
        return None;
    };
    let mut entry =
        Entry { id: *id, label: String::new(), enabled: true, separator: false, children: Vec::new() };
    for (name, value) in properties.iter() {
        match (text_of(name)?.as_str(), peeled(value)) {
            ("label", Variant::Str(label)) => entry.label = label.replace('_', ""),
            ("enabled", Variant::Bool(enabled)) => entry.enabled = *enabled,
            ("type", Variant::Str(kind)) => entry.separator = kind.as_str() == "separator",
            _ => {}
        }
    }
    entry.children = children.inner().iter().filter_map(self::entry).collect();
    Some(entry)
}

fn peeled<'a>(value: &'a Variant<'a>) -> &'a Variant<'a> {
    if let Variant::Variant(inner) = value { peeled(inner) } else { value }
}

fn text_of(value: &Variant<'_>) -> Option<String> {
    if let Variant::Str(text) = peeled(value) { Some(text.to_string()) } else { None }
}

//! Desktop notifications over the session bus, with one connection and one listener for all of them.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::{App, ConnectionId, Event, Notification};
use futures_util::StreamExt as _;
use tauri::{AppHandle, Manager};
use tokio::{sync::OnceCell, time::timeout};
use zbus::{Connection, MatchRule, Message, MessageStream, Variant};

use crate::{
    calls::{self, Starting},
    shell,
};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long the server has to accept a notification.
const REPLY_TIMEOUT: Duration = Duration::from_secs(5);
/// The number of open notifications with working buttons; the oldest are dropped.
const MAX_OPEN: usize = 100;
/// The number of clicks that may arrive before the ID of their notification.
const MAX_EARLY: usize = 16;
/// The name of the installed desktop file, which links the app to its settings and icon. The bundler names the file
/// after the product, and GTK names the window's class after the program.
const DESKTOP_ENTRY: &str = "portal-desktop";

/// The action of a click on the notification itself.
const OPEN: &str = "default";
/// The actions of its buttons.
const COPY: &str = "copy";
const SNOOZE: &str = "snooze";

/// The connection to the notification server, opened on first use.
#[derive(Default)]
pub(crate) struct Notifier(OnceCell<Arc<Server>>);

/// Shows a notification. Its buttons work until it is closed.
///
/// # Errors
/// If there is no server, or it does not answer.
pub(crate) async fn show(
    handle: AppHandle,
    workspace: Option<String>,
    notification: Notification,
) -> Result<(), String> {
    let notification = WorkspaceNotification { workspace, notification };
    let notifier = handle.state::<Notifier>();
    let shown = async {
        let server = notifier.0.get_or_try_init(|| Server::connect(handle.clone())).await?;
        server.show(&handle, notification).await
    };
    match timeout(REPLY_TIMEOUT, shown).await {
        Ok(shown) => shown.map_err(|error| error.to_string()),
        Err(_) => Err("the notification server doesn’t answer".to_owned()),
    }
}

/// Closes the open notification about a connection that is linked again, unless it is also about others.
pub(crate) fn close(handle: &AppHandle, workspace: &str, connection: ConnectionId) {
    close_all(handle, |open| open.healed(workspace, connection));
}

/// Closes the open notification of a topic that has ended.
pub(crate) fn close_notice(handle: &AppHandle, workspace: &str, topic: &str) {
    close_all(handle, |open| open.ended(workspace, topic));
}

fn close_all(handle: &AppHandle, take: impl FnOnce(&mut Open) -> Vec<Key>) {
    let Some(server) = handle.state::<Notifier>().0.get().cloned() else { return };
    let closed = take(&mut server.open());
    tauri::async_runtime::spawn(async move {
        for key in closed {
            server.close(&key).await;
        }
    });
}

struct Server {
    bus: Connection,
    open: Mutex<Open>,
}

impl Server {
    async fn connect(handle: AppHandle) -> zbus::Result<Arc<Self>> {
        let bus = Connection::session().await?;
        let rule = MatchRule::builder().path(PATH).interface(NAME).build()?;
        let signals = MessageStream::for_match_rule(rule, &bus, None).await?;
        let server = Arc::new(Self { bus, open: Mutex::default() });
        tauri::async_runtime::spawn(listen(handle, server.clone(), signals));
        Ok(server)
    }

    async fn show(&self, handle: &AppHandle, shown: WorkspaceNotification) -> zbus::Result<()> {
        let notification = &shown.notification;
        let reply = self.bus.call_method(Some(NAME), PATH, Some(NAME), "GetCapabilities", &()).await?;
        let capabilities: Vec<String> = reply.body().deserialize()?;
        let has_markup = capabilities.iter().any(|capability| capability == "body-markup");
        let body = if has_markup { escaped(&notification.body) } else { notification.body.clone() };
        let mut actions = vec![OPEN, "Open"];
        if notification.connection.is_some() {
            actions.extend([COPY, "Copy Link URL"]);
        }
        if let [_] = notification.about.as_slice() {
            actions.extend([SNOOZE, "Snooze until tomorrow"]);
        }
        let hints = HashMap::from([("desktop-entry", Variant::from(DESKTOP_ENTRY))]);
        let replaces = self.open().replaced_by(&sender(&reply), &shown).unwrap_or_default();
        let expires = -1_i32;
        let title = notification.title.as_str();
        let arguments = ("Portal Desktop", replaces, "portal-desktop", title, &body, actions, hints, expires);
        let reply = self.bus.call_method(Some(NAME), PATH, Some(NAME), "Notify", &arguments).await?;
        let key = Key { server: sender(&reply), id: reply.body().deserialize()? };
        for action in self.open().add(key, shown.clone()) {
            clicked(handle, &shown, &action);
        }
        Ok(())
    }

    /// Closes a notification. It may be closed already.
    async fn close(&self, key: &Key) {
        let (server, arguments) = (key.server.as_str(), (key.id,));
        let call = self.bus.call_method(Some(server), PATH, Some(NAME), "CloseNotification", &arguments);
        match timeout(REPLY_TIMEOUT, call).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a notification is not closed"),
            Err(_) => tracing::debug!("the notification server does not answer"),
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A notification and its workspace.
#[derive(Debug, Clone)]
struct WorkspaceNotification {
    workspace: Option<String>,
    notification: Notification,
}

/// A notification's ID and its server. A restarted server starts its IDs again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    server: String,
    id: u32,
}

/// The open notifications, oldest first.
#[derive(Default)]
struct Open {
    shown: VecDeque<(Key, WorkspaceNotification)>,
    /// Clicks that arrived before the ID of their notification.
    early: VecDeque<(Key, String)>,
}

impl Open {
    /// Adds a shown notification and returns clicks that arrived earlier.
    fn add(&mut self, key: Key, notification: WorkspaceNotification) -> Vec<String> {
        let (matching, others) = self.early.drain(..).partition(|(early, _)| *early == key);
        self.early = others;
        let clicks: VecDeque<(Key, String)> = matching;
        self.closed(&key);
        if self.shown.len() == MAX_OPEN {
            self.shown.pop_front();
        }
        self.shown.push_back((key, notification));
        clicks.into_iter().map(|(_, action)| action).collect()
    }

    /// The ID of the open notification on this server that the new one replaces: one with the same topic, or one about
    /// nothing else.
    fn replaced_by(&self, server: &str, new: &WorkspaceNotification) -> Option<u32> {
        let new_about = &new.notification.about;
        let is_replaced = |(key, open): &&(Key, WorkspaceNotification)| {
            let Notification { topic, about, .. } = &open.notification;
            let has_same_topic = topic.is_some() && *topic == new.notification.topic;
            let is_covered = !about.is_empty() && about.iter().all(|one| new_about.contains(one));
            key.server == server && open.workspace == new.workspace && (has_same_topic || is_covered)
        };
        self.shown.iter().rev().find(is_replaced).map(|(key, _)| key.id)
    }

    /// The clicked notification, if its ID is known yet.
    fn clicked(&mut self, key: Key, action: &str) -> Option<WorkspaceNotification> {
        if let Some((_, notification)) = self.shown.iter().find(|(shown, _)| *shown == key) {
            return Some(notification.clone());
        }
        if self.early.len() == MAX_EARLY {
            self.early.pop_front();
        }
        self.early.push_back((key, action.to_owned()));
        None
    }

    /// A connection is linked again. Returns the notifications that are about no other connection.
    fn healed(&mut self, workspace: &str, connection: ConnectionId) -> Vec<Key> {
        let mut over = Vec::new();
        self.shown.retain_mut(|(key, shown)| {
            let about = &mut shown.notification.about;
            let is_about_it = shown.workspace.as_deref() == Some(workspace) && about.contains(&connection);
            about.retain(|other| !is_about_it || *other != connection);
            let is_over = is_about_it && about.is_empty();
            over.extend(is_over.then(|| key.clone()));
            !is_over
        });
        over
    }

    /// A topic has ended. Returns its notifications.
    fn ended(&mut self, workspace: &str, topic: &str) -> Vec<Key> {
        let is_of_topic = |shown: &WorkspaceNotification| {
            shown.workspace.as_deref() == Some(workspace)
                && shown.notification.topic.as_deref() == Some(topic)
        };
        let over = self.shown.iter().filter(|(_, shown)| is_of_topic(shown)).map(|(key, _)| key.clone());
        let over: Vec<_> = over.collect();
        self.shown.retain(|(_, shown)| !is_of_topic(shown));
        over
    }

    fn closed(&mut self, key: &Key) {
        self.shown.retain(|(shown, _)| shown != key);
    }
}

/// Handles signals of the server until the bus ends.
async fn listen(handle: AppHandle, server: Arc<Server>, mut signals: MessageStream) {
    while let Some(Ok(signal)) = signals.next().await {
        let (header, body) = (signal.header(), signal.body());
        match header.member().map(|member| member.as_str()) {
            Some("ActionInvoked") => {
                let Ok((id, action)) = body.deserialize::<(u32, String)>() else { continue };
                let key = Key { server: sender(&signal), id };
                let found = server.open().clicked(key, &action);
                if let Some(notification) = found {
                    clicked(&handle, &notification, &action);
                }
            }
            Some("NotificationClosed") => {
                let Ok((id, _)) = body.deserialize::<(u32, u32)>() else { continue };
                server.open().closed(&Key { server: sender(&signal), id });
            }
            _ => {}
        }
    }
}

fn sender(message: &Message) -> String {
    message.header().sender().map(ToString::to_string).unwrap_or_default()
}

fn clicked(handle: &AppHandle, notification: &WorkspaceNotification, action: &str) {
    match action {
        OPEN => drop(tauri::async_runtime::spawn(opened(handle.clone(), notification.clone()))),
        COPY => drop(tauri::async_runtime::spawn(copied(handle.clone(), notification.clone()))),
        SNOOZE => drop(tauri::async_runtime::spawn(snoozed(handle.clone(), notification.clone()))),
        _ => {}
    }
}

async fn opened(handle: AppHandle, shown: WorkspaceNotification) {
    shell::show(&handle);
    if let Some(app) = application(&handle).await {
        let WorkspaceNotification { workspace, notification } = shown;
        let place = notification.place;
        app.show_in_window(workspace, notification.company, notification.search, place);
    }
}

async fn copied(handle: AppHandle, WorkspaceNotification { workspace, notification }: WorkspaceNotification) {
    let Some(app) = application(&handle).await else { return };
    let (Some(company), Some(connection)) = (notification.company, notification.connection) else { return };
    let (company, connection) = (company.to_string(), connection.to_string());
    if let Err(error) = app.copy_connection_link(workspace.as_deref(), &company, &connection).await {
        tracing::warn!(%error, "a Link URL could not be copied from a notification");
        app.emit(Event::Notice { tone: app::Severity::Warning, message: error.message });
        shell::show(&handle);
    }
}

async fn snoozed(
    handle: AppHandle,
    WorkspaceNotification { workspace, notification }: WorkspaceNotification,
) {
    let Some(app) = application(&handle).await else { return };
    for connection in notification.about {
        if let Err(error) = app.snooze_connection(workspace.as_deref(), connection).await {
            tracing::warn!(%error, "an alert could not be snoozed from a notification");
            app.emit(Event::Notice { tone: app::Severity::Warning, message: error.message });
            shell::show(&handle);
        }
    }
}

async fn application(handle: &AppHandle) -> Option<Arc<App>> {
    calls::started(handle.state::<Starting>().inner().clone()).await.ok()
}

/// Escapes a body for servers that support markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: u32) -> Key {
        Key { server: ":1.7".to_owned(), id }
    }

    fn notification(title: &str) -> WorkspaceNotification {
        let notification = Notification { title: title.to_owned(), ..Notification::default() };
        WorkspaceNotification { workspace: Some("w".to_owned()), notification }
    }

    #[test]
    fn a_click_counts_whether_it_comes_before_or_after_the_number_of_its_notification() {
        let mut open = Open::default();
        assert!(open.clicked(key(1), OPEN).is_none());
        assert_eq!(open.add(key(1), notification("first")), [OPEN]);
        assert_eq!(open.add(key(2), notification("second")), [] as [&str; 0]);
        assert_eq!(open.clicked(key(2), COPY).map(|one| one.notification.title).as_deref(), Some("second"));
        open.closed(&key(2));
        assert!(open.clicked(key(2), COPY).is_none(), "a closed one is not clicked");
        let other = Key { server: ":1.9".to_owned(), id: 1 };
        assert!(open.clicked(other, OPEN).is_none(), "another server counts for itself");
    }

    #[test]
    fn a_notification_is_closed_once_all_its_connections_are_linked_again() {
        let connection = |n: u128| format!("{:032x}", n).parse::<ConnectionId>().unwrap();
        let about = |connections: &[u128]| {
            let mut shown = notification("digest");
            shown.notification.about = connections.iter().map(|n| connection(*n)).collect();
            shown
        };
        let mut open = Open::default();
        open.add(key(1), about(&[1, 2]));
        open.add(key(2), about(&[3]));
        open.add(key(3), notification("the key was rejected"));
        assert_eq!(open.healed("w", connection(1)), []);
        assert_eq!(open.healed("other", connection(2)), []);
        assert_eq!(open.healed("w", connection(2)), [key(1)]);
        assert_eq!(open.shown.len(), 2, "what is about no connection stays");
    }

    #[test]
    fn a_notification_replaces_the_one_with_its_topic_and_the_one_that_it_covers() {
        let mut open = Open::default();
        let connections = |numbers: &[u128]| {
            let mut shown = notification("losses");
            shown.notification.about =
                numbers.iter().map(|n| format!("{n:032x}").parse::<ConnectionId>().unwrap()).collect();
            shown
        };
        let outage = |platform: &str| {
            let mut shown = notification("outage");
            shown.notification.topic = Some(platform.to_owned());
            shown
        };
        open.add(key(1), connections(&[3]));
        open.add(key(2), outage("Xero"));
        assert_eq!(open.replaced_by(":1.7", &connections(&[4])), None);
        assert_eq!(open.replaced_by(":1.7", &connections(&[3, 4])), Some(1), "the newer one says it, too");
        assert_eq!(open.replaced_by(":1.7", &outage("Sage")), None);
        assert_eq!(open.replaced_by(":1.7", &outage("Xero")), Some(2));
        assert_eq!(open.replaced_by(":1.9", &outage("Xero")), None, "another server counts for itself");
        open.add(key(2), outage("Xero"));
        assert_eq!(open.shown.len(), 2, "its ID is used again");
        assert_eq!(open.ended("other", "Xero"), []);
        assert_eq!(open.ended("w", "Xero"), [key(2)]);
        assert_eq!(open.shown.len(), 1);
    }

    #[test]
    fn notifications_that_nobody_closes_are_bounded() {
        let mut open = Open::default();
        for id in 0..1_000 {
            open.add(key(id), notification("one"));
            assert!(open.clicked(key(id + 5_000), OPEN).is_none());
        }
        assert!(open.shown.len() <= MAX_OPEN && open.early.len() <= MAX_EARLY);
        assert!(open.clicked(key(999), OPEN).is_some(), "the newest are heard");
    }

    #[test]
    fn the_desktop_file_the_program_and_the_window_class_have_the_name_in_the_hint() {
        let config = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let linux = config(include_str!("../../../tauri.linux.conf.json"));
        assert_eq!(linux["productName"], DESKTOP_ENTRY, "the bundler names the desktop file after it");
        assert_eq!(config(include_str!("../../../tauri.conf.json"))["mainBinaryName"], DESKTOP_ENTRY);
        let class = format!("StartupWMClass={DESKTOP_ENTRY}");
        let entry = include_str!("../../packaging/portal-desktop.desktop");
        assert!(entry.lines().any(|line| line == class), "{entry}");
        assert!(entry.lines().any(|line| line == "Exec={{exec}} %u"), "a link is handed over: {entry}");
        for package in ["deb", "rpm"] {
            let template = &linux["bundle"]["linux"][package]["desktopTemplate"];
            assert_eq!(template, "src-tauri/packaging/portal-desktop.desktop");
        }
    }
}

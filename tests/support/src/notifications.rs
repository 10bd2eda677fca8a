//! A fake notification server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use zbus::{Connection, OwnedVariant, Variant, interface};

use crate::polling::eventually;

const PATH: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

/// A received notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its ID.
    pub id: u32,
    /// Its title.
    pub summary: String,
    /// Its body.
    pub body: String,
    /// Its buttons: key and label.
    pub actions: Vec<(String, String)>,
    /// The name of the app's desktop file, without the extension.
    pub desktop_entry: String,
}

/// All received notifications, in order.
#[derive(Debug, Clone)]
pub struct Notifications {
    shown: Arc<Mutex<Vec<Shown>>>,
    closed: Arc<Mutex<Vec<u32>>>,
    behavior: watch::Sender<ServerBehavior>,
    connection: Connection,
}

/// The behavior of the server.
#[derive(Debug, Clone, Default)]
struct ServerBehavior {
    /// Whether it answers no call.
    is_hanging: bool,
    /// Whether bodies are markup.
    markup: bool,
}

impl Notifications {
    pub(crate) async fn serve(connection: &Connection) -> Self {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let behavior = watch::Sender::<ServerBehavior>::default();
        let closed = Arc::new(Mutex::new(Vec::new()));
        let server = Server { shown: shown.clone(), closed: closed.clone(), behavior: behavior.subscribe() };
        connection.object_server().at(PATH, server).await.expect("the server");
        connection.request_name(NAME).await.expect("its name");
        Self { shown, closed, behavior, connection: connection.clone() }
    }

    /// Whether the server stops answering from now on.
    pub fn set_hanging(&self, is_hanging: bool) {
        self.behavior.send_modify(|behavior| behavior.is_hanging = is_hanging);
    }

    /// Makes bodies markup from now on.
    pub fn enable_markup(&self) {
        self.behavior.send_modify(|behavior| behavior.markup = true);
    }

    /// Waits until a client has called a server that does not answer.
    ///
    /// # Panics
    ///
    /// If no client calls.
    pub async fn wait_for_call(&self) {
        let asked = || async { (self.behavior.receiver_count() > 1).then_some(()) };
        eventually("a question to the notification server", asked).await;
    }

    /// All received notifications.
    pub fn all(&self) -> Vec<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All received notifications, once there are this many.
    ///
    /// # Panics
    ///
    /// If they do not arrive.
    pub async fn at_least(&self, count: usize) -> Vec<Shown> {
        let what = format!("{count} notifications");
        eventually(what, || async { Some(self.all()).filter(|all| all.len() >= count) }).await
    }

    /// Waits until the app closes a notification.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn wait_for_close(&self, id: u32) {
        let closed = || async {
            let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
            closed.contains(&id).then_some(())
        };
        eventually(format!("notification {id} is closed"), closed).await;
    }

    /// Presses a button of a notification by its key.
    ///
    /// # Panics
    ///
    /// If the bus is gone.
    pub async fn press(&self, id: u32, action: &str) {
        let (pressed, closed) = ((id, action), (id, 2_u32));
        let bus = &self.connection;
        bus.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &pressed).await.expect("the bus");
        bus.emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &closed).await.expect("the bus");
    }
}

struct Server {
    shown: Arc<Mutex<Vec<Shown>>>,
    closed: Arc<Mutex<Vec<u32>>>,
    behavior: watch::Receiver<ServerBehavior>,
}

impl Server {
    async fn behavior(&self) -> ServerBehavior {
        let mut behavior = self.behavior.clone();
        behavior
            .wait_for(|behavior| !behavior.is_hanging)
            .await
            .map(|behavior| behavior.clone())
            .unwrap_or_default()
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    async fn get_capabilities(&self) -> Vec<String> {
        let mut all = ["actions", "body", "persistence"].map(str::to_owned).to_vec();
        all.extend(self.behavior().await.markup.then(|| "body-markup".to_owned()));
        all
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("double".into(), "testkit".into(), "1".into(), "1.2".into())
    }

    #[expect(clippy::too_many_arguments, reason = "the interface has them")]
    async fn notify(
        &self,
        _app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        _timeout: i32,
    ) -> u32 {
        self.behavior().await;
        let desktop_entry = match hints.get("desktop-entry").map(|hint| &**hint) {
            Some(Variant::Str(entry)) => entry.to_string(),
            _ => String::new(),
        };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u32::try_from(shown.len()).unwrap_or(u32::MAX) + 1;
        let id = if replaces == 0 { next } else { replaces };
        let actions = actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        shown.push(Shown { id, summary, body, actions, desktop_entry });
        id
    }

    fn close_notification(&self, id: u32) {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    }
}

//! A double of the notification server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use zbus::{Connection, OwnedVariant, Variant, interface};

use crate::patience::eventually;

const PATH: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

/// One notification, as it would have been shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The server's number for it.
    pub id: u32,
    /// Its headline.
    pub summary: String,
    /// What is below.
    pub body: String,
    /// Its buttons: key and label.
    pub actions: Vec<(String, String)>,
    /// The desktop file of the app that shows it, without its ending.
    pub desktop_entry: String,
}

/// All that was shown on a desktop, in order.
#[derive(Debug, Clone)]
pub struct Notifications {
    shown: Arc<Mutex<Vec<Shown>>>,
    manner: watch::Sender<Manner>,
    connection: Connection,
}

/// How the server behaves.
#[derive(Debug, Clone, Default)]
struct Manner {
    /// Answers nobody.
    hangs: bool,
    /// Bodies are markup.
    markup: bool,
}

impl Notifications {
    pub(crate) async fn serve(connection: &Connection) -> Self {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let manner = watch::Sender::<Manner>::default();
        let server = Server { shown: shown.clone(), manner: manner.subscribe() };
        connection.object_server().at(PATH, server).await.expect("the server");
        connection.request_name(NAME).await.expect("its name");
        Self { shown, manner, connection: connection.clone() }
    }

    /// From now on the server answers nobody, or does again.
    pub fn hang(&self, hangs: bool) {
        self.manner.send_modify(|manner| manner.hangs = hangs);
    }

    /// From now on bodies are markup.
    pub fn take_markup(&self) {
        self.manner.send_modify(|manner| manner.markup = true);
    }

    /// Waits until somebody has asked a server that hangs.
    ///
    /// # Panics
    ///
    /// When nobody asks.
    pub async fn is_asked(&self) {
        let asked = || async { (self.manner.receiver_count() > 1).then_some(()) };
        eventually("a question to the notification server", asked).await;
    }

    /// All so far.
    pub fn all(&self) -> Vec<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All, once there are this many.
    ///
    /// # Panics
    ///
    /// When they do not come.
    pub async fn at_least(&self, count: usize) -> Vec<Shown> {
        let what = format!("{count} notifications");
        eventually(what, || async { Some(self.all()).filter(|all| all.len() >= count) }).await
    }

    /// Presses a button (by its key) of a notification.
    ///
    /// # Panics
    ///
    /// When the bus is gone.
    pub async fn press(&self, id: u32, action: &str) {
        let (pressed, closed) = ((id, action), (id, 2_u32));
        let bus = &self.connection;
        bus.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &pressed).await.expect("the bus");
        bus.emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &closed).await.expect("the bus");
    }
}

struct Server {
    shown: Arc<Mutex<Vec<Shown>>>,
    manner: watch::Receiver<Manner>,
}

impl Server {
    async fn manner(&self) -> Manner {
        let mut manner = self.manner.clone();
        manner.wait_for(|manner| !manner.hangs).await.map(|manner| manner.clone()).unwrap_or_default()
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    async fn get_capabilities(&self) -> Vec<String> {
        let mut all = ["actions", "body", "persistence"].map(str::to_owned).to_vec();
        all.extend(self.manner().await.markup.then(|| "body-markup".to_owned()));
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
        self.manner().await;
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

    fn close_notification(&self, _id: u32) {}
}

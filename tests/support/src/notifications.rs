//! A double of the notification server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::{Connection, OwnedVariant, interface};

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
}

/// All that was shown on a desktop, in order.
#[derive(Debug, Clone)]
pub struct Notifications {
    shown: Arc<Mutex<Vec<Shown>>>,
    connection: Connection,
}

impl Notifications {
    pub(crate) async fn serve(connection: &Connection) -> Self {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let server = Server { shown: shown.clone() };
        connection.object_server().at(PATH, server).await.expect("the server");
        connection.request_name(NAME).await.expect("its name");
        Self { shown, connection: connection.clone() }
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
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "persistence"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("double".into(), "testkit".into(), "1".into(), "1.2".into())
    }

    #[expect(clippy::too_many_arguments, reason = "the interface has them")]
    fn notify(
        &self,
        _app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedVariant>,
        _timeout: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u32::try_from(shown.len()).unwrap_or(u32::MAX) + 1;
        let id = if replaces == 0 { next } else { replaces };
        let actions = actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        shown.push(Shown { id, summary, body, actions });
        id
    }

    fn close_notification(&self, _id: u32) {}
}

//! The real window, controlled through WebKit's driver.

use std::fmt::Display;
use std::future::Future;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::desktop::Desktop;
use crate::polling::{eventually, within};
use crate::process::{Process, is_process_running, signal};

/// A running app and its window. Every command has a time limit: a driver that hangs fails the test.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Process,
}

impl Desktop {
    /// Starts the app with these arguments and waits until the driver controls its window.
    ///
    /// # Panics
    ///
    /// If there is no window.
    pub async fn open(&self, program: &Path, args: &[&str]) -> Window {
        self.open_with(program, args, &[]).await
    }

    /// As [`open`](Self::open), with variables in the app's environment.
    ///
    /// # Panics
    ///
    /// If there is no window.
    pub async fn open_with(&self, program: &Path, args: &[&str], variables: &[(&str, &str)]) -> Window {
        let port = free_port();
        let mut command = self.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        let driver = self.spawn(command);
        eventually("the driver", || async { tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok() })
            .await;
        let options = json!({ "binary": program, "args": args });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let client = within("the window", builder.connect(&address)).await.expect("a session");
        Window { client, driver }
    }
}

/// An element is named by a CSS selector, or by an XPath if its text is needed to find it.
impl Window {
    /// The element, once it exists.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn find(&self, place: &str) -> Element {
        eventually(place, || async { bounded(place, self.client.find(locator(place))).await.ok() }).await
    }

    /// The current number of elements.
    ///
    /// # Panics
    ///
    /// If the window does not answer.
    pub async fn count(&self, place: &str) -> usize {
        bounded(place, self.client.find_all(locator(place))).await.map(|all| all.len()).unwrap_or_default()
    }

    /// Clicks the element, once it can be clicked.
    ///
    /// # Panics
    ///
    /// If it cannot.
    pub async fn click(&self, place: &str) {
        eventually(format!("a click on {place}"), || async {
            let element = bounded(place, self.client.find(locator(place))).await.ok()?;
            bounded(place, element.click()).await.ok()
        })
        .await;
    }

    /// Clicks the element as a user does: the pointer moves to it, and the button is held this long.
    ///
    /// # Panics
    ///
    /// If it cannot be clicked.
    pub async fn press(&self, place: &str, held: Duration) {
        let element = self.find(place).await;
        let seen = serde_json::to_value(&element).expect("an element");
        self.run("arguments[0].scrollIntoView({ block: 'nearest' })", vec![seen]).await;
        let there = PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 };
        let hand = MouseActions::new("hand".to_owned())
            .then(there)
            .pause(held)
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .pause(held)
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        bounded(place, self.client.perform_actions(hand)).await.expect("it can be clicked");
    }

    /// Types into the element, once it exists.
    ///
    /// # Panics
    ///
    /// If it accepts no keys.
    pub async fn type_into(&self, place: &str, text: &str) {
        let element = self.find(place).await;
        bounded(place, element.send_keys(text)).await.expect("it takes keys");
    }

    /// The text of the element, once it meets the condition.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn text_with(&self, place: &str, wanted: &str) -> String {
        eventually(format!("{wanted:?} in {place}"), || async {
            let element = bounded(place, self.client.find(locator(place))).await.ok()?;
            let text = bounded(place, element.text()).await.ok()?;
            text.contains(wanted).then_some(text)
        })
        .await
    }

    /// Runs a script in the page and returns its result.
    ///
    /// # Panics
    ///
    /// If it throws.
    pub async fn run(&self, script: &str, args: Vec<Value>) -> Value {
        bounded(script, self.client.execute(script, args)).await.expect("the script runs")
    }

    /// Calls a command of the app as the page does. Returns its result or its error.
    ///
    /// # Panics
    ///
    /// If the window does not answer.
    pub async fn call(&self, name: &str, args: Value) -> Result<Value, Value> {
        let script = "const [name, args, done] = arguments;
            window.__TAURI_INTERNALS__.invoke('call', { name, args })
                .then((value) => done({ value }), (error) => done({ error }));";
        let call = self.client.execute_async(script, vec![json!(name), args]);
        let mut answer = bounded(name, call).await.expect("the script runs");
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer.get_mut("value").map(Value::take).unwrap_or_default()),
        }
    }

    /// Presses keys in the focused element.
    ///
    /// # Panics
    ///
    /// If the window does not answer.
    pub async fn keys(&self, keys: &str) {
        let element = bounded("the focus", self.client.active_element()).await.expect("a focus");
        bounded("keys", element.send_keys(keys)).await.expect("it takes keys");
    }

    /// Waits until the field has this text, because keys arrive one by one.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn value_with(&self, place: &str, wanted: &str) {
        eventually(format!("{wanted:?} in {place}"), || async {
            let element = bounded(place, self.client.find(locator(place))).await.ok()?;
            let value = bounded(place, element.prop("value")).await.ok()??;
            (value == wanted).then_some(())
        })
        .await;
    }

    /// Saves a screenshot of the page once it is painted and animations have ended.
    ///
    /// # Panics
    ///
    /// If it cannot be taken.
    pub async fn screenshot(&self, file: &Path) {
        let script = "const done = arguments[0];
            const moves = (one) => one.playState === 'running' && one.effect.getTiming().iterations !== Infinity;
            const frames = () => requestAnimationFrame(() => requestAnimationFrame(() => done(null)));
            const rest = () => (document.getAnimations().some(moves) ? setTimeout(rest, 50) : frames());
            document.fonts.ready.then(rest);";
        bounded("a frame", self.client.execute_async(script, Vec::new())).await.expect("it paints");
        let png = bounded("a picture", self.client.screenshot()).await.expect("a picture");
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, png).expect("a file");
    }

    /// Sends the app a signal, for example `TERM`, and waits for its end.
    ///
    /// # Panics
    ///
    /// If it does not end.
    pub async fn end_by(self, name: &str) {
        let app = self.app();
        for id in &app {
            signal(*id, name).await;
        }
        self.gone(&app).await;
    }

    /// Quits the app as a user does, and waits for its end, so that its data is saved and a second start finds
    /// no running one.
    ///
    /// # Panics
    ///
    /// If it does not end.
    pub async fn quit(self) {
        let app = self.app();
        let script = "window.__TAURI_INTERNALS__.invoke('call', { name: 'quit', args: {} }); return null;";
        // The window may close before the answer arrives.
        drop(within("an answer", self.client.execute(script, Vec::new())).await);
        self.gone(&app).await;
    }

    fn app(&self) -> Vec<u32> {
        let app = self.driver.children();
        assert!(!app.is_empty(), "the driver started the app");
        app
    }

    async fn gone(self, app: &[u32]) {
        eventually("the end of the app", || async {
            (!app.iter().any(|id| is_process_running(*id))).then_some(())
        })
        .await;
        self.driver.kill().await;
    }
}

async fn bounded<T>(
    what: impl Display,
    command: impl Future<Output = Result<T, CmdError>>,
) -> Result<T, CmdError> {
    within(format!("an answer of the window about {what}"), command).await
}

/// An XPath if the text begins like one, else a CSS selector.
fn locator(place: &str) -> Locator<'_> {
    if place.starts_with('/') || place.starts_with('(') { Locator::XPath(place) } else { Locator::Css(place) }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

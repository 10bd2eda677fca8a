//! Moves, closes and focuses windows as a window manager does.

use std::process::Stdio;

use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

use crate::desktop::Desktop;
use crate::polling::{eventually, within};

/// The position and size of a window in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The distance from the left edge.
    pub x: i32,
    /// The distance from the top edge.
    pub y: i32,
    /// The width.
    pub width: i32,
    /// The height.
    pub height: i32,
}

impl Desktop {
    /// The position of the window with this title, once it is visible.
    ///
    /// # Panics
    ///
    /// If it is not shown.
    pub async fn bounds_of(&self, title: &str) -> Place {
        let window = self.shown(title).await;
        let output = self.xdotool(&["getwindowgeometry", "--shell", &window]).await;
        let of = |name: &str| {
            let line = output.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.and_then(|value| value.parse().ok()).expect("a number")
        };
        Place { x: of("X"), y: of("Y"), width: of("WIDTH"), height: of("HEIGHT") }
    }

    /// Moves the window with this title, and waits until it is there.
    ///
    /// # Panics
    ///
    /// If it does not move.
    pub async fn move_to(&self, title: &str, place: Place) {
        let window = self.shown(title).await;
        let (x, y) = (place.x.to_string(), place.y.to_string());
        let (width, height) = (place.width.to_string(), place.height.to_string());
        self.xdotool(&["windowmove", &window, &x, &y, "windowsize", &window, &width, &height]).await;
        eventually(format!("{title} at {place:?}"), || async {
            (self.bounds_of(title).await == place).then_some(())
        })
        .await;
    }

    /// Presses keys one after the other in the window with this title.
    ///
    /// # Panics
    ///
    /// If there is no such window.
    pub async fn press_in(&self, title: &str, keys: &[&str]) {
        let window = self.shown(title).await;
        self.xdotool(&["windowfocus", "--sync", &window]).await;
        let mut args = vec!["key", "--clearmodifiers", "--delay", "40"];
        args.extend(keys);
        self.xdotool(&args).await;
    }

    /// Asks the window with this title to close, as its close button does.
    ///
    /// # Panics
    ///
    /// If there is no such window.
    pub async fn close(&self, title: &str) {
        let window = self.shown(title).await.parse().expect("a number");
        let (display, _) = x11rb::connect(Some(self.display())).expect("the display");
        let atom = |name: &str| {
            let asked = display.intern_atom(false, name.as_bytes()).expect("the display");
            asked.reply().expect("a word").atom
        };
        let data = [atom("WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS"), data);
        display.send_event(false, window, EventMask::NO_EVENT, message).expect("the display");
        // The display drops unread requests of a client that disconnects. A reply shows that it has read this
        // one.
        display.get_input_focus().expect("the display").reply().expect("the focus");
    }

    /// Waits until no window with this title is visible.
    ///
    /// # Panics
    ///
    /// If it stays.
    pub async fn closed(&self, title: &str) {
        eventually(format!("the end of {title}"), || async {
            (!self.windows().await.iter().any(|shown| shown == title)).then_some(())
        })
        .await;
    }

    async fn shown(&self, title: &str) -> String {
        eventually(format!("a window “{title}”"), || self.window_of(title)).await
    }

    async fn xdotool(&self, args: &[&str]) -> String {
        let mut command = self.command("xdotool");
        command.args(args).stdin(Stdio::null());
        let output = within("xdotool", command.output()).await.expect("xdotool");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

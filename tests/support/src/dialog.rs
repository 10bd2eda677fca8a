//! The desktop's own dialogs, worked by keys as a person does.

use std::process::Stdio;

use crate::desktop::Desktop;
use crate::patience::{eventually, within};

/// A dialog that is shown.
#[derive(Debug)]
pub struct Dialog<'a> {
    desktop: &'a Desktop,
    window: String,
}

impl Desktop {
    /// The dialog of this title, once it is shown. It has the keyboard then: no window manager gives it here.
    ///
    /// # Panics
    ///
    /// When none comes.
    pub async fn dialog(&self, title: &str) -> Dialog<'_> {
        let window = eventually(format!("a dialog “{title}”"), || self.window_of(title)).await;
        let dialog = Dialog { desktop: self, window };
        dialog.keys(&["windowfocus", "--sync", &dialog.window]).await;
        dialog
    }

    pub(crate) async fn window_of(&self, title: &str) -> Option<String> {
        let mut command = self.command("xdotool");
        let name = format!("^{title}$");
        command.args(["search", "--onlyvisible", "--name", &name]).stdin(Stdio::null());
        let output = within("the windows", command.output()).await.expect("xdotool");
        String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
    }
}

impl Dialog<'_> {
    /// Types a text in place of the one that is there, wherever the dialog has its focus.
    ///
    /// # Panics
    ///
    /// When it cannot be typed.
    pub async fn type_over(&self, text: &str) {
        self.keys(&["key", "--clearmodifiers", "ctrl+a"]).await;
        self.keys(&["type", "--delay", "15", "--", text]).await;
    }

    /// Accepts what was typed, and waits until the dialog has gone.
    ///
    /// # Panics
    ///
    /// When it does not go.
    pub async fn accept(self) {
        self.keys(&["key", "--clearmodifiers", "Return"]).await;
        eventually("the end of an accepted dialog", || async { (!self.is_shown().await).then_some(()) })
            .await;
    }

    /// Leaves the dialog. The first Escape may close no more than what it proposes to complete.
    ///
    /// # Panics
    ///
    /// When it does not go.
    pub async fn cancel(self) {
        eventually("the end of a cancelled dialog", || async {
            if !self.is_shown().await {
                return Some(());
            }
            self.keys(&["key", "--clearmodifiers", "Escape"]).await;
            None
        })
        .await;
    }

    async fn is_shown(&self) -> bool {
        let mut command = self.desktop.command("xdotool");
        command.args(["search", "--onlyvisible", "--name", ".*"]).stdin(Stdio::null());
        let output = within("the windows", command.output()).await.expect("xdotool");
        String::from_utf8_lossy(&output.stdout).lines().any(|window| window == self.window)
    }

    async fn keys(&self, args: &[&str]) {
        let mut command = self.desktop.command("xdotool");
        command.args(args).stdin(Stdio::null());
        let output = within("keys", command.output()).await.expect("xdotool");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

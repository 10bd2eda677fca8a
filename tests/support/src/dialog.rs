//! Native dialogs, controlled by keys.

use std::process::Stdio;

use crate::desktop::Desktop;
use crate::polling::{eventually, within};

/// A visible dialog.
#[derive(Debug)]
pub struct Dialog<'a> {
    desktop: &'a Desktop,
    window: String,
}

impl Desktop {
    /// Waits for the dialog with this title and gives it the keyboard focus, because there is no window
    /// manager.
    ///
    /// # Panics
    ///
    /// If none is shown.
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
    /// Replaces the text of the focused field.
    ///
    /// # Panics
    ///
    /// If the keys cannot be sent.
    pub async fn type_over(&self, text: &str) {
        self.keys(&["key", "--clearmodifiers", "ctrl+a"]).await;
        self.keys(&["type", "--delay", "15", "--", text]).await;
    }

    /// Accepts the dialog and waits until it has closed.
    ///
    /// # Panics
    ///
    /// If it does not close.
    pub async fn accept(self) {
        self.keys(&["key", "--clearmodifiers", "Return"]).await;
        eventually("the end of an accepted dialog", || async { (!self.is_shown().await).then_some(()) })
            .await;
    }

    /// Cancels the dialog. The first Escape may only close a list of completions.
    ///
    /// # Panics
    ///
    /// If it does not close.
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

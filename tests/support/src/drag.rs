//! Drags files over a window and drops them, as a file manager does, with XDND, the drag-and-drop protocol of
//! X11.

use std::cell::RefCell;
use std::path::Path;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::desktop::Desktop;
use crate::polling::eventually;

x11rb::atom_manager! {
    /// The atoms of the protocol.
    Words: WordsCookie {
        XdndAware,
        XdndSelection,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndLeave,
        XdndDrop,
        XdndFinished,
        XdndActionCopy,
        Uris: b"text/uri-list",
        TARGETS,
        UTF8_STRING,
        _NET_WM_NAME,
    }
}

/// The version of the protocol.
const VERSION: u32 = 5;

/// A drag of files.
pub struct Drag {
    connection: RustConnection,
    words: Words,
    /// The source window.
    source: Window,
    root: Window,
    /// The dragged data: a list of URIs.
    uris: String,
    over: Option<Window>,
    heard: RefCell<Heard>,
}

/// The answers of the window below.
#[derive(Debug, Default)]
struct Heard {
    /// Whether it accepts the files, once it has answered.
    takes: Option<bool>,
    /// Whether it has finished the drop.
    finished: bool,
}

impl std::fmt::Debug for Drag {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Drag").field("uris", &self.uris).field("heard", &self.heard).finish()
    }
}

impl Desktop {
    /// Starts to drag files.
    ///
    /// # Panics
    ///
    /// If the display refuses it.
    pub fn drag(&self, files: &[&Path]) -> Drag {
        let (connection, screen) = x11rb::connect(Some(self.display())).expect("the display");
        let words = Words::new(&connection).expect("words").reply().expect("words");
        let root = connection.setup().roots[screen].root;
        let source = connection.generate_id().expect("a number");
        let plain = CreateWindowAux::new();
        let class = WindowClass::INPUT_ONLY;
        connection.create_window(0, source, root, 0, 0, 1, 1, 0, class, 0, &plain).expect("a window");
        connection.set_selection_owner(source, words.XdndSelection, x11rb::CURRENT_TIME).expect("the files");
        connection.flush().expect("the display");
        let uris = files.iter().map(|file| format!("file://{}\r\n", file.display())).collect();
        Drag { connection, words, source, root, uris, over: None, heard: RefCell::default() }
    }
}

impl Drag {
    /// Moves to a position in the window with this title, and waits until it answers whether it accepts the
    /// files.
    ///
    /// # Panics
    ///
    /// If there is no such window, or it does not answer.
    pub async fn over(&mut self, title: &str, x: i16, y: i16) -> bool {
        let window = eventually(format!("a window “{title}” that files can be dropped on"), || async {
            self.aware(title)
        })
        .await;
        self.over = Some(window);
        self.tell(self.words.XdndEnter, [VERSION << 24, self.words.Uris, 0, 0]);
        let place = (u32::from(x.unsigned_abs()) << 16) | u32::from(y.unsigned_abs());
        // The first answers arrive before the window has read the dragged data.
        eventually("what the window says of the files", || async {
            self.heard.borrow_mut().takes = None;
            self.tell(self.words.XdndPosition, [0, place, x11rb::CURRENT_TIME, self.words.XdndActionCopy]);
            eventually("an answer", || async { self.listen().takes }).await.then_some(true)
        })
        .await
    }

    /// Drops the files, and waits until the window has finished.
    ///
    /// # Panics
    ///
    /// If the drag is over no window, or the window does not finish.
    pub async fn drop_there(self) {
        self.tell(self.words.XdndDrop, [0, x11rb::CURRENT_TIME, 0, 0]);
        eventually("the window to be done with the files", || async { self.listen().finished.then_some(()) })
            .await;
    }

    /// Moves away without a drop.
    ///
    /// # Panics
    ///
    /// If the drag is over no window.
    pub fn leave(&mut self) {
        self.tell(self.words.XdndLeave, [0; 4]);
        self.over = None;
    }

    /// Sends a message to the window below.
    fn tell(&self, word: Atom, [a, b, c, d]: [u32; 4]) {
        let window = self.over.expect("a window below");
        let message = ClientMessageEvent::new(32, window, word, [self.source, a, b, c, d]);
        self.connection.send_event(false, window, EventMask::NO_EVENT, message).expect("the display");
        self.connection.flush().expect("the display");
    }

    /// Handles received events, and sends the dragged data to a window that requests it.
    fn listen(&self) -> std::cell::Ref<'_, Heard> {
        while let Some(event) = self.connection.poll_for_event().expect("the display") {
            if let Event::SelectionRequest(request) = &event {
                self.give(request);
            }
            let Event::ClientMessage(message) = event else { continue };
            let data = message.data.as_data32();
            let mut heard = self.heard.borrow_mut();
            if message.type_ == self.words.XdndStatus {
                heard.takes = Some(data[1] & 1 == 1);
            }
            heard.finished |= message.type_ == self.words.XdndFinished;
        }
        self.heard.borrow()
    }

    fn give(&self, request: &SelectionRequestEvent) {
        let words = &self.words;
        let property = if request.property == x11rb::NONE { request.target } else { request.property };
        let (to, replace) = (request.requestor, PropMode::REPLACE);
        let mut given = property;
        if request.target == words.TARGETS {
            let targets = [words.TARGETS, words.Uris];
            self.connection
                .change_property32(replace, to, property, AtomEnum::ATOM, &targets)
                .expect("given");
        } else if request.target == words.Uris {
            let uris = self.uris.as_bytes();
            self.connection.change_property8(replace, to, property, words.Uris, uris).expect("given");
        } else {
            given = x11rb::NONE;
        }
        let notice = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: request.target,
            property: given,
        };
        self.connection.send_event(false, to, EventMask::NO_EVENT, notice).expect("the display");
        self.connection.flush().expect("the display");
    }

    /// The window with this title, if it accepts drops.
    fn aware(&self, title: &str) -> Option<Window> {
        let tree = self.connection.query_tree(self.root).ok()?.reply().ok()?;
        tree.children.into_iter().find(|&window| {
            let name = self.property(window, self.words._NET_WM_NAME, self.words.UTF8_STRING);
            let aware = self.property(window, self.words.XdndAware, AtomEnum::ATOM);
            name.is_some_and(|name| name == title.as_bytes())
                && aware.is_some_and(|version| !version.is_empty())
        })
    }

    fn property(&self, window: Window, name: Atom, kind: impl Into<Atom>) -> Option<Vec<u8>> {
        let asked = self.connection.get_property(false, window, name, kind, 0, 1_024).ok()?;
        Some(asked.reply().ok()?.value)
    }
}

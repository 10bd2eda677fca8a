//! A private desktop.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;
use zbus::Connection;

use crate::keyring::{self, Secret};
use crate::notifications::Notifications;
use crate::polling::{eventually, within};
use crate::process::{ExitResult, Process};
use crate::system::{self, System};
use crate::tray::TrayHost;
use crate::{bus, files_with};

/// The services of a desktop. All of them, unless a test needs one to be missing.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// An unlocked keyring.
    pub keyring: bool,
    /// A tray.
    pub tray: bool,
    /// A notification server.
    pub notifications: bool,
    /// A system bus. It has only the services that the test starts.
    pub system: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self { keyring: true, tray: true, notifications: true, system: true }
    }
}

/// How long a display may take to accept a client.
const DISPLAY_TIMEOUT: Duration = Duration::from_secs(10);

/// A private desktop. Its processes end when it is dropped.
#[derive(Debug)]
pub struct Desktop {
    tray: Option<TrayHost>,
    notifications: Option<Notifications>,
    system: Option<System>,
    connection: Connection,
    display: String,
    bus: String,
    // Fields are dropped in this order: clients of the display before the display.
    _keyring: Option<Process>,
    _bus: Process,
    _display: Process,
    home: TempDir,
    picture_of_failure: Option<PathBuf>,
}

impl Desktop {
    /// A desktop with all services.
    ///
    /// # Panics
    ///
    /// If a service does not start.
    pub async fn start() -> Self {
        Self::start_with(Parts::default()).await
    }

    /// A desktop with these services.
    ///
    /// # Panics
    ///
    /// If a service does not start.
    pub async fn start_with(parts: Parts) -> Self {
        let home = private_home();
        let dress =
            |program: &str, display: &str, bus: &str| clean_command(program, home.path(), display, bus);
        let logs = home.path().join("logs");

        let (display_process, display) = start_display(|| dress("Xvfb", "", ""), &logs).await;

        let mut command = dress("dbus-daemon", "", "");
        let configuration = bus::configuration(&home.path().join("runtime"), "bus");
        command.arg("--config-file").arg(configuration).args(["--nofork", "--print-address=1"]);
        let (bus_process, bus) = Process::start_and_read_line(command, &logs).await;
        let connection = bus::connect(&bus).await;

        let mut system = None;
        if parts.system {
            let mut command = dress("dbus-daemon", "", "");
            let configuration = bus::configuration(&home.path().join("runtime"), system::SOCKET);
            command.arg("--config-file").arg(configuration).args(["--nofork", "--print-address=1"]);
            let (process, address) = Process::start_and_read_line(command, &logs).await;
            system = Some(System::new(process, address));
        }
        let mut keyring = None;
        if parts.keyring {
            let mut command = dress("gnome-keyring-daemon", "", &bus);
            command.args(["--unlock", "--foreground", "--components=secrets"]);
            keyring = Some(Process::start_and_write(command, &logs, b"password").await);
            keyring::wait(&connection).await;
        }
        let mut tray = None;
        if parts.tray {
            tray = Some(TrayHost::serve(&connection, true).await);
        }
        let mut notifications = None;
        if parts.notifications {
            notifications = Some(Notifications::serve(&connection).await);
        }
        Self {
            tray,
            notifications,
            system,
            connection,
            display,
            bus,
            _keyring: keyring,
            _bus: bus_process,
            _display: display_process,
            home,
            picture_of_failure: None,
        }
    }

    /// A command on this desktop, with `PATH` as the only variable of the test's environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        clean_command(program, self.home.path(), &self.display, &self.bus)
    }

    /// Starts a program on this desktop.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn spawn(&self, command: Command) -> Process {
        Process::start(command, &self.logs())
    }

    /// Runs a program that ends by itself.
    ///
    /// # Panics
    ///
    /// If it does not start or does not end.
    pub async fn run(&self, command: Command) -> ExitResult {
        self.spawn(command).ended().await
    }

    /// The home folder of the user.
    pub fn home(&self) -> PathBuf {
        self.home.path().join("home")
    }

    /// A folder for `--data-dir`, not created yet.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The session bus, as in `DBUS_SESSION_BUS_ADDRESS`.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    fn logs(&self) -> PathBuf {
        self.home.path().join("logs")
    }

    /// The tray host.
    ///
    /// # Panics
    ///
    /// If this desktop has none.
    pub fn tray(&self) -> &TrayHost {
        self.tray.as_ref().expect("this desktop was made without a tray")
    }

    /// Starts the tray on a desktop that was started without one, with or without a host.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn start_tray(&self, has_host: bool) -> TrayHost {
        TrayHost::serve(&bus::connect(&self.bus).await, has_host).await
    }

    /// The notification server.
    ///
    /// # Panics
    ///
    /// If this desktop has none.
    pub fn notifications(&self) -> &Notifications {
        self.notifications.as_ref().expect("this desktop was made without notifications")
    }

    /// The services on the system bus.
    ///
    /// # Panics
    ///
    /// If this desktop has no system bus.
    pub fn system(&self) -> &System {
        self.system.as_ref().expect("this desktop was made without a system bus")
    }

    /// All items of the keyring.
    ///
    /// # Panics
    ///
    /// If the keyring does not answer.
    pub async fn secrets(&self) -> Vec<Secret> {
        keyring::all(&self.connection).await
    }

    /// All files of this desktop that contain a text, including those of the keyring.
    pub fn files_with(&self, text: &str) -> Vec<PathBuf> {
        files_with(self.home.path(), text)
    }

    /// The text on the clipboard, if any.
    ///
    /// # Panics
    ///
    /// If its owner does not answer.
    pub async fn clipboard(&self) -> Option<String> {
        let mut command = self.command("xclip");
        command.args(["-selection", "clipboard", "-o"]).stdin(Stdio::null());
        let output = within("the clipboard", command.output()).await.expect("xclip");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The text on the clipboard, once it meets the condition.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn clipboard_with(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        eventually(format!("{what} on the clipboard"), || async {
            self.clipboard().await.filter(|text| wanted(text))
        })
        .await
    }

    /// The titles of all visible windows.
    ///
    /// # Panics
    ///
    /// If `xdotool` does not answer.
    pub async fn windows(&self) -> Vec<String> {
        let mut command = self.command("xdotool");
        command.args(["search", "--onlyvisible", "--name", ".+", "getwindowname", "%@"]).stdin(Stdio::null());
        let output = within("the windows", command.output()).await.expect("xdotool");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// Saves a screenshot, once the screen shows something.
    ///
    /// # Panics
    ///
    /// If the screen stays blank.
    pub async fn screenshot(&self, file: &Path) {
        /// An empty page has one color, or two with a frame; text has dozens because of its smooth edges.
        const COLORS: u32 = 40;
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        eventually(format!("something to see in {}", file.display()), || async {
            let mut import = self.command("import");
            import.args(["-window", "root"]).arg(file).stdin(Stdio::null());
            let taken = within("a picture", import.output()).await.expect("import");
            assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
            let mut count = self.command("identify");
            count.args(["-format", "%k"]).arg(file).stdin(Stdio::null());
            let colors = within("its colors", count.output()).await.expect("identify");
            let colors: u32 = String::from_utf8_lossy(&colors.stdout).trim().parse().ok()?;
            (colors >= COLORS).then_some(())
        })
        .await;
    }

    /// Saves a screenshot to this file if the test fails.
    #[must_use]
    pub fn with_screenshot_on_failure(mut self, file: PathBuf) -> Self {
        // A screenshot of an earlier failure would mislead.
        drop(std::fs::remove_file(&file));
        self.picture_of_failure = Some(file);
        self
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let Some(file) = self.picture_of_failure.take().filter(|_| std::thread::panicking()) else { return };
        let folder = file.parent().map(std::fs::create_dir_all);
        // A display that does not answer would hold the test up forever.
        let mut import = self.command("timeout").into_std();
        import.args(["--kill-after=5", "20", "import", "-window", "root"]).arg(&file).stdin(Stdio::null());
        let taken = import.status();
        // The test has failed already; an error of the screenshot would hide the reason.
        drop((folder, taken));
    }
}

/// Starts a display, one at a time on the whole machine: servers that look for a free number at the same time
/// can get in each other's way. A display that cannot be reached is started again, twice at most.
async fn start_display(command: impl Fn() -> Command, logs: &Path) -> (Process, String) {
    let lock =
        within("the lock for displays", tokio::task::spawn_blocking(display_lock)).await.expect("a lock");
    let mut last = None;
    for _ in 0..3 {
        let mut command = command();
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
        let (process, number) = Process::start_and_read_line(command, logs).await;
        let display = format!(":{number}");
        let name = display.clone();
        let reached = tokio::task::spawn_blocking(move || x11rb::connect(Some(&name)).map(drop));
        match tokio::time::timeout(DISPLAY_TIMEOUT, reached).await {
            Ok(Ok(Ok(()))) => {
                drop(lock);
                return (process, display);
            }
            other => last = Some(format!("{display}: {other:?}")),
        }
    }
    panic!("no display can be reached: {last:?}");
}

fn display_lock() -> std::fs::File {
    let lock =
        std::fs::File::create(std::env::temp_dir().join("portal-desktop-display.lock")).expect("a file");
    lock.lock().expect("a lock");
    lock
}

fn private_home() -> TempDir {
    let home = TempDir::with_prefix("portal-desk-").expect("a home");
    for name in ["home", "runtime", "logs"] {
        std::fs::create_dir(home.path().join(name)).expect("a folder");
    }
    // Sockets and keys must be private to the owner; libraries check it.
    let private = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(home.path().join("runtime"), private).expect("permissions");
    home
}

fn clean_command(program: impl AsRef<OsStr>, folder: &Path, display: &str, bus: &str) -> Command {
    let home = folder.join("home");
    let runtime = folder.join("runtime");
    // Without a private system bus, programs must not find that of the computer.
    let system = format!("unix:path={}", runtime.join(system::SOCKET).display());
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .env("HOME", &home)
        .env("XDG_DATA_HOME", home.join(".local/share"))
        .env("XDG_STATE_HOME", home.join(".local/state"))
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("XDG_RUNTIME_DIR", runtime)
        .env("DBUS_SYSTEM_BUS_ADDRESS", system)
        .env("NO_AT_BRIDGE", "1")
        .env("GSETTINGS_BACKEND", "memory")
        .env("RUST_BACKTRACE", "1")
        .current_dir(&home)
        .kill_on_drop(true);
    for (name, value) in [("DISPLAY", display), ("DBUS_SESSION_BUS_ADDRESS", bus)] {
        if !value.is_empty() {
            command.env(name, value);
        }
    }
    command
}

//! A display and a desktop bus for a machine that has neither.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::packages::program;
use crate::shell::{Step, end_with_children};
use crate::{Trouble, packages};

/// An X server without a screen and a bus of its own; both end with this value.
#[derive(Debug)]
pub(crate) struct VirtualDisplay {
    name: String,
    bus: String,
    runtime: PathBuf,
    children: Vec<Child>,
}

impl VirtualDisplay {
    /// Starts both. `notes` is a folder for their private files.
    pub(crate) fn start(notes: &Path) -> Result<Self, Trouble> {
        let runtime = notes.join("runtime");
        private_folder(&runtime).map_err(|error| format!("{}: {error}", runtime.display()))?;
        let mut display =
            Self { name: String::new(), bus: String::new(), runtime: runtime.clone(), children: Vec::new() };
        let screen = ["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"];
        display.name = format!(":{}", display.begin("Xvfb", &screen, &runtime)?);
        let bus = ["--session", "--nofork", "--print-address=1"];
        display.bus = display.begin("dbus-daemon", &bus, &runtime)?;
        Ok(display)
    }

    /// The display, as in `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A step that runs on this display.
    pub(crate) fn dress(&self, step: Step) -> Step {
        step.env("DISPLAY", &self.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("XDG_RUNTIME_DIR", self.runtime.as_os_str())
            .env("NO_AT_BRIDGE", "1")
    }

    /// Starts one program and waits for the first line it says. Where `setpriv` is there, the
    /// program ends with us even if we are killed.
    fn begin(&mut self, name: &str, args: &[&str], runtime: &Path) -> Result<String, Trouble> {
        let mut words: Vec<OsString> = vec![name.into()];
        words.extend(args.iter().map(OsString::from));
        if packages::program("setpriv").is_some() {
            words.splice(0..0, ["setpriv", "--pdeathsig", "TERM", "--"].map(OsString::from));
        }
        let first = words.remove(0);
        let path = program(&first.to_string_lossy()).unwrap_or_else(|| first.into());
        let mut child = Step::new(path)
            .args(words)
            .env("XDG_RUNTIME_DIR", runtime.as_os_str())
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{name} could not be started: {error}"))?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            let _ = BufReader::new(out).read_line(&mut line);
        }
        self.children.push(child);
        let line = line.trim();
        if line.is_empty() { Err(format!("{name} did not start.")) } else { Ok(line.to_owned()) }
    }
}

impl Drop for VirtualDisplay {
    fn drop(&mut self) {
        for child in &mut self.children {
            end_with_children(child);
        }
    }
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

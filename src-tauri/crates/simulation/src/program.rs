//! A running portal-sandbox: the real program is measured.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::BenchError;

pub(crate) struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Starts it, and waits until it prints its address.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Result<Self, BenchError> {
        let fixed = ["--port", "0", "--seed", "7", "--limits", "off", "--now", "2026-11-23T09:00:00Z"];
        let mut child = Command::new(program)
            .args(fixed)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| BenchError::System("portal-sandbox", error))?;
        match child.stdout.take().and_then(|out| address(BufReader::new(out))) {
            Some(address) => Ok(Self { child, address }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                Err(BenchError::Wrong("portal-sandbox did not say its address".to_owned()))
            }
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The proportional set size in MB; none if the system does not report it.
    pub(crate) fn proportional_memory(&self) -> Option<f64> {
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kilobytes / 1_024.0)
    }

    /// Terminates it, and waits for its end.
    pub(crate) fn stop(mut self) -> Result<(), BenchError> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            // If the system has no signals.
            let _ = self.child.kill();
        }
        self.child.wait().map(drop).map_err(|error| BenchError::System("portal-sandbox", error))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Leaves no process behind after an error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(mut out: impl BufRead + Send + 'static) -> Option<SocketAddr> {
    let mut line = String::new();
    out.read_line(&mut line).ok()?;
    let address = line.trim().strip_prefix("address")?.trim().strip_prefix("http://")?.parse().ok()?;
    // Reads the rest of the output, so that the program never blocks on it.
    std::thread::spawn(move || out.lines().for_each(drop));
    Some(address)
}

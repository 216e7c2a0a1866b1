//! Processes of the binary under test. Each says on its first line where it listens.

use std::{
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{ExitStatus, Stdio},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// The binary: the one `cargo xtask test` has built, or the one this test was built with.
pub fn binary() -> String {
    std::env::var("STEELYARD_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_steelyard").to_owned())
}

/// A command of the binary in `folder`, where no configuration file lies.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder).kill_on_drop(true).stdin(Stdio::null());
    for name in ["DATABASE_URL", "DB_HOST", "ACQUIRER_URL", "STEELYARD_CRASH_AT"] {
        command.env_remove(name);
    }
    if std::env::var_os("STEELYARD_TEST_LOG").is_none() {
        command.stderr(Stdio::null());
    }
    command
}

/// A process that serves until it ends.
pub struct Process {
    pub url: String,
    child: Child,
}

impl Process {
    /// Starts it and waits for its line.
    pub async fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("it ended before it was ready"));
        let said: Value = serde_json::from_str(&line).unwrap();
        Self { url: said["url"].as_str().unwrap().to_owned(), child }
    }

    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// kill -9
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM
    pub async fn terminate(&self) {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    }

    pub async fn ended(&mut self) -> ExitStatus {
        self.child.wait().await.unwrap()
    }

    /// Waits until it has aborted by itself.
    pub async fn aborted(&mut self) {
        const SIGABRT: i32 = 6;
        let status = self.ended().await;
        assert_eq!(status.signal(), Some(SIGABRT), "{status}");
    }
}

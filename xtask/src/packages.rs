//! Asks the system's package manager, if we may; otherwise says what a person can do.

use std::process::Command;

use crate::workspace;

/// Something that the tests need and that a package brings.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// As a notice names it.
    pub name: &'static str,
    /// Sets of Debian packages, the best first; one set is enough.
    pub sets: &'static [&'static [&'static str]],
    /// What a person can do instead.
    pub by_hand: &'static str,
}

/// Installs the first set that can be had, by apt-get.
///
/// # Errors
/// A sentence for a person: why it was not possible, and what to do by hand.
pub fn install(wanted: &Wanted) -> Result<(), String> {
    let by_hand = wanted.by_hand;
    let has_apt = workspace::answer(Command::new("apt-get").arg("--version")).is_ok();
    let has_sudo = || workspace::answer(Command::new("sudo").args(["-n", "true"])).is_ok();
    let prefix: &[&str] = match (has_apt, is_root()) {
        (false, _) => return Err(format!("there is no apt-get here; {by_hand}")),
        (true, true) => &["env"],
        (true, false) if has_sudo() => &["sudo", "-n", "env"],
        (true, false) => {
            return Err(format!("apt-get needs root or a passwordless sudo; {by_hand}"));
        }
    };
    eprintln!("{} is missing: asking apt-get for it", wanted.name);
    let apt = |words: &[&str]| {
        let mut command = Command::new(prefix.first().unwrap_or(&"env"));
        command.args(prefix.iter().skip(1)).arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get");
        workspace::answer(command.args(words)).map_err(|error| error.to_string())
    };
    // Without fresh lists a package may still be there; its own failure says more than this one's.
    if let Err(error) = apt(&["update"]) {
        eprintln!("{error}");
    }
    let mut refused = String::new();
    for set in wanted.sets {
        let mut words = vec!["install", "-y", "--no-install-recommends"];
        words.extend(*set);
        match apt(&words) {
            Ok(_) => return Ok(()),
            Err(error) => refused = error,
        }
    }
    Err(format!("{refused}; {by_hand}"))
}

#[must_use]
pub fn is_root() -> bool {
    workspace::answer(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

//! Node and Chromium: found, or installed where that is possible.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::XtaskError;
use crate::packages::{self, Wanted};
use crate::workspace;

/// The oldest Node that the packages support, as major and minor version.
const NODE_MIN: (u32, u32) = (20, 19);

const NODE: Wanted = Wanted {
    name: "Node",
    sets: &[&["nodejs", "npm"]],
    by_hand: "install Node 20.19 or later with npm (https://nodejs.org) or pass --no-browser",
};

const CHROMIUM: Wanted = Wanted {
    name: "Chromium",
    sets: &[&["chromium", "fonts-noto-cjk"], &["chromium"]],
    by_hand: "install it (Debian: apt-get install chromium fonts-noto-cjk; Fedora: dnf install chromium; macOS: brew \
              install --cask chromium), name one in CHROMIUM, or pass --no-browser",
};

const SHELL: Wanted = Wanted {
    name: "Chromium's headless shell",
    sets: &[&["chromium-headless-shell"]],
    by_hand: "install it (Debian: apt-get install chromium-headless-shell)",
};

const KOREAN_FONT: Wanted = Wanted {
    name: "a Korean font",
    sets: &[&["fonts-noto-cjk"]],
    by_hand: "install one (Debian: apt-get install fonts-noto-cjk)",
};

/// A path, or a name to look for in `PATH`.
const CHROMIUM_PLACES: [&str; 7] = [
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

#[derive(Debug)]
pub struct Programs {
    pub node: PathBuf,
    pub npm: PathBuf,
    /// The whole browser, for what needs a person's leave.
    pub chromium: PathBuf,
    /// The same engine without a window, which takes less time; the whole browser where there is none.
    pub shell: PathBuf,
}

impl Programs {
    pub fn find_or_install() -> Result<Self, XtaskError> {
        let node = found_or_installed(&NODE, node)?;
        let npm = found_or_installed(&NODE, || in_path("npm"))?;
        let chromium = found_or_installed(&CHROMIUM, chromium)?;
        let shell = if named().is_some() { None } else { shell() };
        if !shows_korean()
            && let Err(detail) = packages::install(&KOREAN_FONT)
        {
            // The specs read text and not glyphs; only a person who looks at a screenshot misses it.
            eprintln!("Korean text will show as boxes: {detail}");
        }
        Ok(Self { node, npm, shell: shell.unwrap_or_else(|| chromium.clone()), chromium })
    }
}

fn found_or_installed(wanted: &Wanted, find: impl Fn() -> Option<PathBuf>) -> Result<PathBuf, XtaskError> {
    if let Some(path) = find() {
        return Ok(path);
    }
    let missing = |detail: String| XtaskError::ProgramMissing { name: wanted.name, detail };
    packages::install(wanted).map_err(missing)?;
    find().ok_or_else(|| missing(format!("the package was installed and is not what is needed; {}", wanted.by_hand)))
}

fn node() -> Option<PathBuf> {
    let path = in_path("node")?;
    let version = workspace::answer(Command::new(&path).arg("--version")).ok()?;
    (version_of_node(&version)? >= NODE_MIN).then_some(path)
}

/// `v20.20.2` is 20 and 20.
pub(super) fn version_of_node(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next()?.parse().ok()?))
}

fn named() -> Option<String> {
    env::var("CHROMIUM").ok().filter(|name| !name.is_empty())
}

/// The one that `CHROMIUM` names, or the first that answers.
fn chromium() -> Option<PathBuf> {
    let named = named();
    let places = match &named {
        Some(name) => vec![name.as_str()],
        None => CHROMIUM_PLACES.to_vec(),
    };
    places.into_iter().filter_map(in_path).find(answers)
}

/// Without it everything is tested all the same, and slower.
fn shell() -> Option<PathBuf> {
    let found = || in_path("chromium-headless-shell").filter(answers);
    found().or_else(|| match packages::install(&SHELL) {
        Ok(()) => found(),
        Err(detail) => {
            eprintln!("The whole of Chromium is used, which takes longer: {detail}");
            None
        }
    })
}

fn answers(program: &PathBuf) -> bool {
    workspace::answer(Command::new(program).arg("--version")).is_ok()
}

fn in_path(name: &str) -> Option<PathBuf> {
    if Path::new(name).is_absolute() {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Where nobody can be asked, what is there must do.
fn shows_korean() -> bool {
    workspace::answer(Command::new("fc-list").args([":lang=ko", "family"]))
        .map_or(true, |fonts| !fonts.trim().is_empty())
}

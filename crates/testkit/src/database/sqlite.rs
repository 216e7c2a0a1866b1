//! A folder for the files of one database.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Removed when dropped.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new() -> Self {
        let path = env::temp_dir().join(format!("steelyard-test-{}", super::unique()));
        fs::create_dir(&path).expect("a folder can be made in the temporary folder");
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's temporary folder.
        let _ = fs::remove_dir_all(&self.path);
    }
}

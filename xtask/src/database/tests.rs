use super::*;

#[test]
fn the_major_version_is_read_from_what_the_server_says() {
    for (text, major) in [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-1)", Some(15)),
        ("postgres (PostgreSQL) 18beta1\n", Some(18)),
        ("postgres (PostgreSQL) 9.6.24", Some(9)),
        ("postgres (PostgreSQL) devel", None),
        ("sqlite 3.50", None),
    ] {
        assert_eq!(major_version(text), major, "{text}");
    }
}

#[cfg(unix)]
mod keeper {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder of programs that only write down how they were called.
    struct Programs {
        folder: PathBuf,
    }

    impl Programs {
        fn new(name: &str, pg_ctl: &str) -> Self {
            let folder = env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let programs = Self { folder };
            programs.write("initdb", "mkdir -p \"${1#--pgdata=}\"");
            programs.write("pg_ctl", pg_ctl);
            programs
        }

        fn write(&self, name: &str, script: &str) {
            let path = self.folder.join(name);
            let calls = self.folder.join("calls");
            let text = format!("#!/bin/sh\necho {name} \"$@\" >>'{}'\n{script}\n", calls.display());
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }

        fn calls(&self) -> Vec<String> {
            let text = fs::read_to_string(self.folder.join("calls")).unwrap();
            text.lines().map(str::to_owned).collect()
        }

        fn data_folder(&self) -> PathBuf {
            let calls = self.calls();
            let word = calls[0].split(' ').find_map(|word| word.strip_prefix("--pgdata="));
            PathBuf::from(word.unwrap())
        }
    }

    impl Drop for Programs {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.folder).unwrap();
        }
    }

    #[test]
    fn a_server_is_stopped_and_its_data_deleted_when_it_is_dropped() {
        let programs = Programs::new("dropped", "exit 0");
        let cluster = start_keeper(&programs.folder, None, 5499, Durability::None).unwrap();
        assert_eq!(cluster.url, "postgres://postgres@127.0.0.1:5499/postgres");
        let data = programs.data_folder();
        assert!(data.is_dir(), "initdb has made it");
        assert_eq!(programs.calls().len(), 2, "the server runs: {:?}", programs.calls());

        drop(cluster);

        let calls = programs.calls();
        assert!(calls[1].starts_with("pg_ctl start"), "{}", calls[1]);
        assert!(calls[1].contains("listen_addresses=127.0.0.1 -c port=5499"), "{}", calls[1]);
        assert!(calls[1].contains("fsync=off"), "{}", calls[1]);
        assert!(calls[2].starts_with("pg_ctl stop"), "{}", calls[2]);
        assert!(!data.exists() && !data.parent().unwrap().exists());
    }

    #[test]
    fn a_server_is_stopped_when_its_owner_is_gone_without_a_word() {
        let programs = Programs::new("gone", "exit 0");
        let mut cluster = start_keeper(&programs.folder, None, 5499, Durability::None).unwrap();
        let data = programs.data_folder();

        // What the system does for a process that was killed: it closes the pipe.
        drop(cluster.wanted.take());
        assert!(cluster.keeper.wait().unwrap().success());

        assert!(programs.calls()[2].starts_with("pg_ctl stop"), "{:?}", programs.calls());
        assert!(!data.exists());
    }

    #[test]
    fn a_server_that_does_not_start_says_why_and_leaves_nothing() {
        let says = "echo the port is taken >>\"${6#--log=}\"; exit 1";
        let programs = Programs::new("refused", says);
        let refused = start_keeper(&programs.folder, None, 5499, Durability::None).unwrap_err();
        assert!(refused.to_string().contains("the port is taken"), "{refused}");
        assert!(!programs.data_folder().exists());
    }

    #[test]
    fn measurements_wait_for_the_disk() {
        let programs = Programs::new("synced", "exit 0");
        drop(start_keeper(&programs.folder, None, 5499, Durability::Synced).unwrap());
        assert!(programs.calls()[1].contains("fsync=on"), "{:?}", programs.calls());
    }
}

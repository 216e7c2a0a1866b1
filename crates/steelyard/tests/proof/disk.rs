//! A disk that is full: writes are refused as a whole, reads go on, and with room again all goes on.
//!
//! The disk is a small one in memory. Where none can be mounted the test says so, and has proven nothing.

use std::{fs, path::Path, process::Command};

use steelyard_store::engine::Target;
use steelyard_testkit::engines::on_sqlite;

use crate::world::{Ask, GOOD_CARD, World};

/// Unmounted when dropped.
struct SmallDisk<'p>(&'p Path);

impl<'p> SmallDisk<'p> {
    fn mount(at: &'p Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // Lazily: whatever still has a file open there keeps it until it ends.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_writes_as_a_whole_and_heals_on_sqlite() {
    on_sqlite(async |elsewhere| {
        let Target::Sqlite(path) = elsewhere.target() else { panic!("this is a SQLite database") };
        let folder = path.with_file_name("small");
        let Some(_disk) = SmallDisk::mount(&folder) else {
            eprintln!("NOT PROVEN: no small disk could be mounted here (it takes the right to mount)");
            return;
        };
        let world = World::start_on(elsewhere, Target::Sqlite(folder.join("steelyard.db"))).await;
        let server = world.serve(&[]).await;
        let paid = world.ask(&server.url, &Ask::pay("before", 10_000, "auto", GOOD_CARD)).await.unwrap();
        assert_eq!(paid.status, 201, "{paid:?}");
        fill(&folder.join("ballast"));
        let full = Ask::pay("full", 10_000, "auto", GOOD_CARD);
        let mut refused = None;
        // A page or two may still find room.
        for n in 0..50 {
            let name = format!("full-{n}");
            let seen = world.ask(&server.url, &Ask::pay(&name, 10_000, "auto", GOOD_CARD)).await.unwrap();
            if seen.status == 503 {
                refused = Some(seen);
                break;
            }
            assert!(matches!(seen.status, 201 | 202), "{seen:?}");
        }
        let refused = refused.expect("a full disk refuses");
        assert!(["DATABASE_UNAVAILABLE", "OUTCOME_UNKNOWN"].contains(&refused.code()), "{refused:?}");
        let payment = paid.payment().unwrap();
        assert_eq!(world.payment(&server.url, payment).await["status"], "captured", "reads go on");
        fs::remove_file(folder.join("ballast")).unwrap();
        let seen = world.insist(&server.url, &full).await;
        assert_eq!(seen.status, 201, "{seen:?}");
        server.terminate().await;
        let mut server = server;
        assert!(server.ended().await.success());
        let again = world.serve(&[]).await;
        let replayed = world.ask(&again.url, &full).await.unwrap();
        assert_eq!((replayed.status, &replayed.body, replayed.replayed), (201, &seen.body, true));
        assert_eq!(world.payment(&again.url, payment).await["status"], "captured");
    });
}

/// Takes all the room there is.
fn fill(path: &Path) {
    use std::io::Write as _;
    let mut file = fs::File::create(path).unwrap();
    for size in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

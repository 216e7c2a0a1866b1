//! What surrounds the database: folder, disk, clock, port, acquirer.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use steelyard_app::Clock;
use steelyard_connectors::simulator::Simulator;
use steelyard_domain::Timestamp;
use steelyard_store::engine::Target;
use tokio::{net::TcpListener, process::Command};

use super::Finding;
use crate::config::Config;

/// An acquirer that takes longer is as good as none.
const PATIENCE: Duration = Duration::from_secs(3);
const SYNCS: u32 = 8;
/// A commit that syncs slower than this is felt by every buyer.
const SYNC_SLOW: Duration = Duration::from_millis(50);
const FREE_KIB_MIN: u64 = 64 * 1_024;
const FREE_KIB_LOW: u64 = 1_024 * 1_024;
/// This release did not exist before (2026-01-01), and nobody runs it for fifty years.
const CLOCK_MIN: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);
const CLOCK_MAX: Timestamp = Timestamp::from_micros(3_345_148_800_000_000);

pub async fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![clock()];
    if let Some(folder) = folder(config) {
        let usable = permissions(&folder);
        let writable = usable.verdict != super::Verdict::Bad;
        findings.push(usable);
        if writable {
            findings.push(disk(&folder).await);
            findings.push(sync(&folder));
        }
    }
    findings.extend(lock(config));
    findings.push(port(config).await);
    findings.push(acquirer(config).await);
    findings
}

/// Where files are written: the SQLite database's folder, if there is one.
fn folder(config: &Config) -> Option<PathBuf> {
    match config.settings.database_url.as_deref().map(Target::parse) {
        None => Some(config.settings.data.clone()),
        Some(Ok(Target::Sqlite(path))) => {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            Some(parent.unwrap_or(Path::new(".")).to_path_buf())
        }
        Some(Ok(Target::Postgres(_)) | Err(_)) => None,
    }
}

/// The SQLite database's file, if there is to be one.
fn sqlite_file(config: &Config) -> Option<PathBuf> {
    match config.settings.database_url.as_deref().map(Target::parse) {
        None => Some(config.settings.data.join("steelyard.db")),
        Some(Ok(Target::Sqlite(path))) => Some(path),
        Some(Ok(Target::Postgres(_)) | Err(_)) => None,
    }
}

fn clock() -> Finding {
    let now = Clock::System.now();
    if now < CLOCK_MIN || now > CLOCK_MAX {
        return Finding::bad("clock", format!("the system's clock says {now}"), "set it, and keep it with NTP");
    }
    Finding::ok("clock", now.to_string())
}

fn permissions(folder: &Path) -> Finding {
    let about = "folder";
    let metadata = match std::fs::metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Finding::note(about, format!("{} does not exist", folder.display()), "the first start makes it");
        }
        Err(error) => {
            return Finding::bad(about, format!("{}: {error}", folder.display()), "let this user read and write it");
        }
    };
    if !metadata.is_dir() {
        return Finding::bad(about, format!("{} is no folder", folder.display()), "name a folder with --data");
    }
    let probe = folder.join(".steelyard-doctor");
    if let Err(error) = OpenOptions::new().create(true).truncate(true).write(true).open(&probe) {
        return Finding::bad(about, format!("{}: {error}", folder.display()), "let this user read and write it");
    }
    let _ = std::fs::remove_file(&probe);
    if metadata.permissions().mode() & 0o007 != 0 {
        let found = format!("{} is open to every user of this machine", folder.display());
        return Finding::note(about, found, format!("chmod o-rwx {}", folder.display()));
    }
    Finding::ok(about, format!("{} can be written", folder.display()))
}

/// As `df` tells it: the standard library does not.
async fn disk(folder: &Path) -> Finding {
    let about = "disk";
    let output = Command::new("df").arg("-Pk").arg(existing(folder)).output().await;
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    let free: Option<u64> = free.and_then(|free| free.parse().ok());
    match free {
        None => Finding::note(about, "its free space is not known", "see that it does not fill up"),
        Some(kib) if kib < FREE_KIB_MIN => {
            Finding::bad(about, format!("{} MiB are free", kib / 1_024), "make room: a full disk stops every payment")
        }
        Some(kib) if kib < FREE_KIB_LOW => {
            Finding::note(about, format!("{} MiB are free", kib / 1_024), "make room soon")
        }
        Some(kib) => Finding::ok(about, format!("{} MiB are free", kib / 1_024)),
    }
}

/// The nearest folder that is there.
fn existing(folder: &Path) -> &Path {
    folder.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."))
}

/// How long it takes until a write is on the disk: the floor of every commit.
fn sync(folder: &Path) -> Finding {
    let probe = existing(folder).join(".steelyard-doctor");
    let measured = measure(&probe);
    let _ = std::fs::remove_file(&probe);
    match measured {
        Err(error) => Finding::bad("fsync", error.to_string(), "a disk that cannot sync cannot keep payments"),
        Ok(each) if each > SYNC_SLOW => {
            Finding::note("fsync", format!("{} ms each", each.as_millis()), "a faster disk makes every payment faster")
        }
        Ok(each) => Finding::ok("fsync", format!("{} µs each", each.as_micros())),
    }
}

#[expect(clippy::disallowed_methods, reason = "a duration of this machine is measured, no time is decided on")]
fn measure(probe: &Path) -> std::io::Result<Duration> {
    let mut file = File::create(probe)?;
    let begun = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
    }
    Ok(begun.elapsed() / SYNCS)
}

/// A lock that is held means a server; a file that is not held means nothing.
fn lock(config: &Config) -> Option<Finding> {
    let mut name = sqlite_file(config)?.into_os_string();
    name.push(".serve-lock");
    let lock = File::open(&name).ok()?;
    Some(if lock.try_lock().is_ok() {
        Finding::ok("lock", "no server is running on these files")
    } else {
        Finding::note("lock", "a server is running on these files", "a second one is refused")
    })
}

async fn port(config: &Config) -> Finding {
    let listen = config.settings.listen;
    match TcpListener::bind(listen).await {
        Ok(_) => Finding::ok("port", format!("{listen} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && health(listen).await => {
            Finding::note("port", format!("a server answers at {listen}"), "another one needs --listen")
        }
        Err(error) => Finding::bad("port", format!("{listen}: {error}"), "name another address with --listen"),
    }
}

/// Whether something at the address speaks HTTP and says that it lives.
async fn health(at: std::net::SocketAddr) -> bool {
    let ask = async {
        let stream = tokio::net::TcpStream::connect(at).await.ok()?;
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.ok()?;
        tokio::spawn(connection);
        let request = hyper::Request::builder().uri("/health/live").header("host", at.to_string());
        let answer = sender.send_request(request.body(axum::body::Body::empty()).ok()?).await.ok()?;
        answer.status().is_success().then_some(())
    };
    tokio::time::timeout(PATIENCE, ask).await.ok().flatten().is_some()
}

async fn acquirer(config: &Config) -> Finding {
    let about = "acquirer";
    let Some(url) = &config.settings.acquirer_url else {
        return if sqlite_file(config).is_some() {
            Finding::ok(about, "none is named: the server starts its own simulated one")
        } else {
            let remedy = "start `steelyard sim`, and set ACQUIRER_URL";
            Finding::bad(about, "none is named, and with PostgreSQL none is started", remedy)
        };
    };
    let remedy = "start it, or correct ACQUIRER_URL";
    match Simulator::new(url) {
        Err(error) => Finding::bad(about, format!("{url}: {error}"), remedy),
        Ok(simulator) => match simulator.book_page(0, 1, PATIENCE).await {
            Ok(_) => Finding::ok(about, format!("{url} answers")),
            Err(error) => Finding::bad(about, format!("{url}: {error}"), remedy),
        },
    }
}

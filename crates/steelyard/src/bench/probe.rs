//! What one flush to the disk costs right now: the yardstick beside every round.

use std::{
    fs::File,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

use super::{
    figure::{median, micros},
    stopwatch::Stopwatch,
};
use crate::output::Failed;

const BLOCK: [u8; 8_192] = [0x5A; 8_192];
const BLOCKS: u64 = 64;
/// At least as many flushes, for as long, whichever is more.
const FLUSHES_MIN: usize = 16;
const PROBE: Duration = Duration::from_millis(100);

/// `fdatasync` of 8 KiB within a file that has its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Flush {
    pub p50_micros: u64,
    pub p99_micros: u64,
}

/// Flushes for a tenth of a second.
pub async fn probe(folder: &Path) -> Result<Flush, Failed> {
    let path = folder.join("flush.probe");
    tokio::task::spawn_blocking(move || flush(path)).await?
}

fn flush(path: PathBuf) -> Result<Flush, Failed> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    let (block, mut offset) = (u64::try_from(BLOCK.len())?, 0);
    if file.metadata()?.len() < block * BLOCKS {
        for number in 0..BLOCKS {
            file.write_all_at(&BLOCK, number * block)?;
        }
        file.sync_all()?;
    }
    let (watch, mut times) = (Stopwatch::start(), Vec::new());
    while times.len() < FLUSHES_MIN || watch.elapsed() < PROBE {
        let one = Stopwatch::start();
        file.write_all_at(&BLOCK, offset * block)?;
        file.sync_data()?;
        times.push(micros(one.elapsed()));
        offset = (offset + 1) % BLOCKS;
    }
    times.sort_unstable();
    let worst = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Flush { p50_micros: median(times).unwrap_or_default(), p99_micros: worst })
}

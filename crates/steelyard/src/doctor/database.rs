//! The database: whether it is there, which it is, how it is set, and what waits in it.

use std::{path::Path, time::Duration};

use steelyard_app::Clock;
use steelyard_domain::{Span, Timestamp};
use steelyard_store::{
    Reader, Store, StoreError,
    condition::{self, Backlog},
    engine::{Target, wal_bytes},
    merchant, migrate,
};

use super::Finding;
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);
const CLOCKS_APART_MAX: Span = Span::from_secs(5);
/// An unknown outcome of that age has outlived the ladder and wants a person.
const OPEN_AGE_MAX: Span = Span::from_hours(24);
/// The janitor looks twice a second: what is overdue for that long, nobody looks at.
const OVERDUE_MAX: Span = Span::from_minutes(5);
const WAITING_MAX: i64 = 50_000;
const WAL_BYTES_MAX: u64 = 512 * 1_024 * 1_024;

pub async fn look(config: &Config) -> Vec<Finding> {
    let target = match config.target() {
        Ok(target) => target,
        Err(error) => return vec![Finding::bad("database", error.to_string(), "correct DATABASE_URL")],
    };
    if let Target::Sqlite(path) = &target
        && !path.exists()
    {
        let found = format!("{} does not exist", path.display());
        return vec![Finding::note("database", found, "the first start makes it")];
    }
    match tokio::time::timeout(PATIENCE, examine(target)).await {
        Ok(findings) => findings,
        Err(_) => vec![Finding::bad("database", "it does not answer", "see that it runs and can be reached")],
    }
}

async fn examine(target: Target) -> Vec<Finding> {
    let mut findings = Vec::new();
    let complete = match migrate::status(&target).await {
        Err(error) => {
            let remedy = if matches!(error, StoreError::FromTheFuture { .. }) {
                "use the release that made it, or a later one"
            } else {
                "see that it runs, can be reached, and is a database of Steelyard"
            };
            return vec![Finding::bad("database", error.to_string(), remedy)];
        }
        Ok(migrations) => {
            let missing: Vec<&str> =
                migrations.iter().filter(|one| !one.applied).map(|one| one.name.as_str()).collect();
            if missing.is_empty() {
                findings.push(Finding::ok("schema", format!("{} migrations are applied", migrations.len())));
            } else {
                let remedy = "the next start applies them, or `steelyard migrate --apply`";
                findings.push(Finding::note("schema", format!("missing: {}", missing.join(", ")), remedy));
            }
            missing.is_empty()
        }
    };
    if let Target::Sqlite(path) = &target {
        findings.extend(files(path));
    }
    match ask(target, complete).await {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(Finding::bad("database", error.to_string(), "see the server's log")),
    }
    findings
}

async fn ask(target: Target, complete: bool) -> Result<Vec<Finding>, StoreError> {
    let store = Store::open(target, 1)?;
    let reader = store.reader().await?;
    let version = condition::version(&reader).await?;
    let mut findings = vec![Finding::ok("database", format!("{} {version}", store.engine().as_str()))];
    findings.extend(durability(&reader).await?);
    let now = Clock::System.now();
    if let Some(theirs) = condition::clock(&reader).await? {
        findings.push(clocks(now, theirs));
    }
    if complete {
        findings.push(secrets(&reader).await?);
        findings.push(shops(&reader).await?);
        findings.extend(waiting(now, condition::backlog(&reader).await?));
    }
    Ok(findings)
}

/// The log that is not copied back yet, and whether every file may be written.
fn files(path: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let log = wal_bytes(path);
    let mib = log / (1_024 * 1_024);
    if log > WAL_BYTES_MAX {
        let remedy = "a reader holds it back: end long exports, or restart the server";
        findings.push(Finding::note("log", format!("{mib} MiB are not copied back"), remedy));
    } else {
        findings.push(Finding::ok("log", format!("{mib} MiB")));
    }
    if let Err(error) = std::fs::OpenOptions::new().write(true).open(path) {
        findings.push(Finding::bad("file", format!("{}: {error}", path.display()), "let this user write it"));
    }
    findings
}

async fn durability(reader: &Reader) -> Result<Vec<Finding>, StoreError> {
    let settings = condition::durability(reader).await?;
    Ok(settings
        .into_iter()
        .map(|(name, value)| {
            let durable = match name.as_str() {
                "journal_mode" => value == "wal",
                "synchronous_commit" => value != "off",
                _ => value == "on",
            };
            let found = format!("{name} is {value}");
            if durable {
                Finding::ok("durability", found)
            } else {
                let remedy = "a power cut may lose acknowledged payments: set it back to its default";
                Finding::bad("durability", found, remedy)
            }
        })
        .collect())
}

fn clocks(ours: Timestamp, theirs: Timestamp) -> Finding {
    let apart = ours.since(theirs).micros().abs();
    let found = format!("the database's clock is {} ms from ours", apart / 1_000);
    if apart > CLOCKS_APART_MAX.micros() {
        Finding::bad("clocks", found, "keep both with NTP")
    } else {
        Finding::ok("clocks", found)
    }
}

async fn secrets(reader: &Reader) -> Result<Finding, StoreError> {
    let count = condition::secrets(reader).await?;
    Ok(if count == 0 {
        Finding::note("secrets", "there are none yet", "the first server makes them at their first use")
    } else {
        Finding::ok("secrets", count.to_string())
    })
}

async fn shops(reader: &Reader) -> Result<Finding, StoreError> {
    let count = merchant::merchants(reader).await?.len();
    Ok(if count == 0 {
        let remedy = "steelyard merchant create --name \"My shop\"";
        Finding::note("merchants", "there are none, so nobody can be paid", remedy)
    } else {
        Finding::ok("merchants", count.to_string())
    })
}

fn waiting(now: Timestamp, backlog: Backlog) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (what, count) in
        [("ledger transactions to seal", backlog.unsealed), ("events to position", backlog.unpositioned)]
    {
        let found = format!("{count} {what}");
        findings.push(if count > WAITING_MAX {
            Finding::note("queue", found, "a running server works them off; see that one leads")
        } else {
            Finding::ok("queue", found)
        });
    }
    findings.push(attempts(now, backlog));
    findings
}

fn attempts(now: Timestamp, backlog: Backlog) -> Finding {
    let about = "attempts";
    let found = format!("{} without a known outcome", backlog.open_attempts);
    let age = backlog.oldest_sent_at.map_or(Span::ZERO, |sent| now.since(sent));
    let overdue = backlog.next_check_at.map_or(Span::ZERO, |at| now.since(at));
    if age > OPEN_AGE_MAX {
        let found = format!("{found}, the oldest for {} hours", age.micros() / Span::from_hours(1).micros());
        return Finding::bad(about, found, "ask the acquirer about it by our reference; `steelyard verify` lists them");
    }
    if overdue > OVERDUE_MAX {
        let found = format!("{found}, overdue for {} minutes", overdue.micros() / Span::from_minutes(1).micros());
        return Finding::note(about, found, "start a server: it asks the acquirer about them");
    }
    Finding::ok(about, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    const NOW: Timestamp = Timestamp::from_micros(1_795_240_000_000_000);

    fn verdict(sent_ago: Span, check_ago: Span) -> Verdict {
        let backlog = Backlog {
            unsealed: 0,
            unpositioned: 0,
            open_attempts: 1,
            next_check_at: Some(NOW.before(check_ago)),
            oldest_sent_at: Some(NOW.before(sent_ago)),
        };
        attempts(NOW, backlog).verdict
    }

    #[test]
    fn an_outcome_nobody_learned_in_a_day_wants_a_person() {
        assert_eq!(verdict(Span::from_hours(25), Span::ZERO), Verdict::Bad);
        assert_eq!(verdict(Span::from_hours(1), Span::from_minutes(6)), Verdict::Note);
        assert_eq!(verdict(Span::from_hours(1), Span::from_minutes(1)), Verdict::Ok);
    }

    #[test]
    fn clocks_may_differ_by_seconds_only() {
        assert_eq!(clocks(NOW, NOW.before(Span::from_secs(6))).verdict, Verdict::Bad);
        assert_eq!(clocks(NOW, NOW.after(Span::from_secs(6))).verdict, Verdict::Bad);
        assert_eq!(clocks(NOW, NOW.after(Span::from_secs(5))).verdict, Verdict::Ok);
    }
}

//! What the tests need beside the binary. One function a service; each says loudly what it lacks.

use std::env;

use super::{Environment, Outcome};
use crate::database::{self, Cluster, Durability};
use crate::error::XtaskError;

/// Where the tests on PostgreSQL connect: a superuser's address, each test makes its own database.
pub const POSTGRES_URL: &str = "STEELYARD_TEST_POSTGRES";

/// In CI a missing service is a failure: nobody reads a notice there.
#[must_use]
pub fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// A throw-away PostgreSQL; its tests carry `postgres` in their names and are left out without it.
pub fn postgres(unwanted: bool, environment: &mut Environment) -> (Outcome, Option<Cluster>) {
    if unwanted {
        eprintln!("left out by --no-postgres");
        environment.left_out.push("postgres");
        return (Outcome::Missing, None);
    }
    if let Some(url) = env::var_os(POSTGRES_URL).filter(|url| !url.is_empty()) {
        eprintln!("{POSTGRES_URL} is set: its server is used, none is started");
        environment.variables.push((POSTGRES_URL, url));
        return (Outcome::Done, None);
    }
    match start_postgres() {
        Ok(cluster) => {
            eprintln!("{}", cluster.url);
            environment.variables.push((POSTGRES_URL, cluster.url.clone().into()));
            (Outcome::Done, Some(cluster))
        }
        Err(error) => {
            let notice = "Every test on PostgreSQL is SKIPPED. Half of the store is untested.";
            let rule = "=".repeat(notice.len());
            eprintln!("{rule}\n{notice}\n{rule}\n{error}");
            environment.left_out.push("postgres");
            (if in_ci() { Outcome::Failed } else { Outcome::Missing }, None)
        }
    }
}

fn start_postgres() -> Result<Cluster, XtaskError> {
    Cluster::start(&database::find_or_install()?, Durability::None)
}

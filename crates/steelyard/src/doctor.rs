//! `steelyard doctor`: looks for what would go wrong, and says what to do about it. Changes nothing.

mod database;
mod machine;

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::{config::Config, output::Failed, serve::announce};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    /// It works, and somebody should know.
    Note,
    /// Something would go wrong.
    Bad,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Bad => "BAD",
        }
    }
}

/// What was looked at, what was found, and what to do.
#[derive(Debug, Clone)]
pub struct Finding {
    pub about: &'static str,
    pub verdict: Verdict,
    pub found: String,
    pub remedy: Option<String>,
}

impl Finding {
    #[must_use]
    pub fn ok(about: &'static str, found: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Ok, found: found.into(), remedy: None }
    }

    #[must_use]
    pub fn note(about: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Note, found: found.into(), remedy: Some(remedy.into()) }
    }

    #[must_use]
    pub fn bad(about: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Bad, found: found.into(), remedy: Some(remedy.into()) }
    }
}

pub async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode, Failed> {
    let mut findings = machine::look(config).await;
    findings.extend(database::look(config).await);
    findings.push(crate::vault::look(config));
    let healthy = findings.iter().all(|finding| finding.verdict != Verdict::Bad);
    if arguments.json {
        announce(&to_json(&findings, healthy));
    } else {
        for finding in &findings {
            println!("{:<5} {:<12} {}", finding.verdict.as_str(), finding.about, finding.found);
            if let Some(remedy) = &finding.remedy {
                println!("{:>18} → {remedy}", "");
            }
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn to_json(findings: &[Finding], healthy: bool) -> Value {
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "about": finding.about,
                "verdict": finding.verdict.as_str(),
                "found": finding.found,
                "remedy": finding.remedy,
            })
        })
        .collect();
    json!({ "ok": healthy, "findings": findings })
}

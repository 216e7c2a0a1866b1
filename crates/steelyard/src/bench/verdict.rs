//! What was to be reached, and whether it was.

use std::fmt;

use serde::Serialize;

use super::{
    figure::{Spread, Thousandths, grouped, millis},
    table::Table,
};

/// A figure to be reached.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Goal {
    RatioAtLeast(Thousandths),
    RatioAtMost(Thousandths),
    MicrosAtMost(u64),
    KibAtMost(u64),
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reached {
    Ratio(Spread),
    Micros(u64),
    Kib(u64),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    pub engine: &'static str,
    pub what: String,
    pub goal: Option<Goal>,
    pub reached: Reached,
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RatioAtLeast(ratio) => write!(f, "≥ {ratio}"),
            Self::RatioAtMost(ratio) => write!(f, "≤ {ratio}"),
            Self::MicrosAtMost(micros) => write!(f, "≤ {} ms", millis(*micros)),
            Self::KibAtMost(kib) => write!(f, "≤ {} MB", grouped(kib / 1_024)),
        }
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(spread) => write!(f, "{spread}"),
            Self::Micros(micros) => write!(f, "{} ms", millis(*micros)),
            Self::Kib(kib) => write!(f, "{} MB", grouped(kib / 1_024)),
        }
    }
}

impl Verdict {
    fn word(&self) -> &'static str {
        let Some(goal) = self.goal else { return "" };
        let reached = match (goal, self.reached) {
            (Goal::RatioAtLeast(least), Reached::Ratio(ratio)) => ratio.median >= least,
            (Goal::RatioAtMost(most), Reached::Ratio(ratio)) => ratio.median <= most,
            (Goal::MicrosAtMost(most), Reached::Micros(micros)) => micros <= most,
            (Goal::KibAtMost(most), Reached::Kib(kib)) => kib <= most,
            (Goal::RatioAtLeast(_) | Goal::RatioAtMost(_), Reached::Micros(_) | Reached::Kib(_))
            | (Goal::MicrosAtMost(_), Reached::Ratio(_) | Reached::Kib(_))
            | (Goal::KibAtMost(_), Reached::Ratio(_) | Reached::Micros(_)) => false,
        };
        if reached { "ok" } else { "MISSED" }
    }
}

pub fn print(verdicts: &[Verdict]) {
    let mut table = Table::new(&["engine", "what", "reached", "goal", ""], 5);
    for verdict in verdicts {
        table.row(vec![
            verdict.engine.to_owned(),
            verdict.what.clone(),
            verdict.reached.to_string(),
            verdict.goal.map(|goal| goal.to_string()).unwrap_or_default(),
            verdict.word().to_owned(),
        ]);
    }
    table.print();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_reached_or_missed() {
        let verdict = |goal, reached| Verdict { engine: "sqlite", what: String::new(), goal, reached }.word();
        let ratio =
            Reached::Ratio(Spread { median: Thousandths(9_999), min: Thousandths(1), max: Thousandths(20_000) });
        assert_eq!(verdict(Some(Goal::RatioAtLeast(Thousandths(10_000))), ratio), "MISSED");
        assert_eq!(verdict(Some(Goal::RatioAtLeast(Thousandths(9_999))), ratio), "ok");
        assert_eq!(verdict(Some(Goal::RatioAtMost(Thousandths(9_999))), ratio), "ok");
        assert_eq!(verdict(Some(Goal::MicrosAtMost(20_000)), Reached::Micros(20_001)), "MISSED");
        assert_eq!(verdict(Some(Goal::KibAtMost(153_600)), Reached::Kib(153_600)), "ok");
        assert_eq!(verdict(None, ratio), "");
    }
}

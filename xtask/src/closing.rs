//! The closing lines of the test runners, read back as numbers.

use std::fmt;
use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Whose closing lines these are. A runner repeats what a failing test printed, and that can hold
/// the other runner's closing line: so each is read in its own way only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Nextest,
    Libtest,
}

impl Runner {
    /// The numbers of one line, if it is a closing line.
    #[must_use]
    pub fn counts(self, line: &str) -> Option<Counts> {
        let plain = without_colours(line);
        let text = plain.trim();
        match self {
            Self::Nextest => nextest_counts(text),
            Self::Libtest => libtest_counts(text),
        }
    }
}

/// `Summary [   0.15s] 5/9 tests run: 3 passed (1 slow, 1 leaky), 1 failed, 1 timed out, 4 skipped`
fn nextest_counts(text: &str) -> Option<Counts> {
    let (_, rest) = text.strip_prefix("Summary [")?.split_once(']')?;
    let (_, numbers) = rest.split_once(" run: ")?;
    Some(sum(without_remarks(numbers).split(',')))
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s`
fn libtest_counts(text: &str) -> Option<Counts> {
    let (_, numbers) = text.strip_prefix("test result: ")?.split_once(". ")?;
    Some(sum(numbers.split(';').filter(|part| !part.trim().starts_with("finished"))))
}

/// What is neither passed nor left out has failed: timed out, exec failed, or a word yet unknown.
fn sum<'a>(parts: impl Iterator<Item = &'a str>) -> Counts {
    let mut counts = Counts::default();
    for part in parts {
        let Some((number, word)) = part.trim().split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse::<u64>() else {
            continue;
        };
        let column = match word.trim() {
            "passed" => &mut counts.passed,
            "skipped" | "ignored" | "filtered out" => &mut counts.skipped,
            "measured" => continue,
            _ => &mut counts.failed,
        };
        *column = column.saturating_add(number);
    }
    counts
}

fn without_remarks(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    for character in text.chars() {
        match character {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    kept
}

/// Drops the terminal's colour codes: escape, `[`, numbers, `m`.
fn without_colours(line: &str) -> String {
    let mut kept = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(|character| *character == 'm');
        } else {
            kept.push(character);
        }
    }
    kept
}

#[cfg(test)]
mod tests;

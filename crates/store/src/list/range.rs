//! From when to when: what a page spans, and what of a span is whole days.

use steelyard_domain::{Timestamp, time::Day};
use uuid::Uuid;

use super::Cursor;

/// Microseconds. Everything at or after `from` whose time and id sort before `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: i64,
    pub(super) before: (i64, Uuid),
}

impl Range {
    pub(super) fn new(from: Option<Timestamp>, to: Option<Timestamp>, cursor: Option<Cursor>) -> Self {
        // No id sorts before the nil one, so this end leaves out all of its instant.
        let to = to.map_or((i64::MAX, Uuid::max()), |to| (to.micros(), Uuid::nil()));
        let cursor = cursor.map_or((i64::MAX, Uuid::max()), |cursor| (cursor.at.micros(), cursor.id));
        Self { from: from.map_or(i64::MIN, Timestamp::micros), before: to.min(cursor) }
    }

    pub(super) const fn starting(self, from: i64) -> Self {
        Self { from, before: self.before }
    }

    /// The same without what lies at or after `instant`.
    pub(super) fn ending(self, instant: i64) -> Self {
        Self { from: self.from, before: self.before.min((instant, Uuid::nil())) }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.before.0 < self.from
    }

    /// The number of the first and of the last day this touches.
    pub(super) fn days(&self) -> (i64, i64) {
        (day_of(self.from), day_of(self.before.0))
    }
}

/// The day an instant falls on; the ends of the range of instants, which stand for "ever", have no exact one.
fn day_of(micros: i64) -> i64 {
    if micros == i64::MIN || micros == i64::MAX { micros } else { Timestamp::from_micros(micros).seoul_day().number() }
}

/// A span of time as whole days, and what is to be added to them and taken off again: of a day that the span cuts
/// through, the smaller part is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Split {
    /// Day numbers, the last one not included.
    pub(super) days: Option<(i64, i64)>,
    /// At most two spans of half a day, or one of less than a day.
    pub(super) added: Vec<Range>,
    /// At most two spans of half a day.
    pub(super) taken: Vec<Range>,
}

impl Split {
    pub(super) fn new(from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        let (mut added, mut taken) = (Vec::new(), Vec::new());
        let (first, end) = (from.map(nearest), to.map(nearest));
        let cut = |into: &mut Vec<Range>, from: Timestamp, to: Timestamp| {
            into.extend(non_empty(Range::new(Some(from), Some(to), None)));
            to.micros().saturating_sub(from.micros()).max(0)
        };
        let mut read = 0;
        if let (Some(from), Some(first)) = (from, first) {
            read += cut(&mut added, from, first.start()) + cut(&mut taken, first.start(), from);
        }
        if let (Some(to), Some(end)) = (to, end) {
            read += cut(&mut added, end.start(), to) + cut(&mut taken, to, end.start());
        }
        if let (Some(from), Some(to)) = (from, to)
            && to.micros().saturating_sub(from.micros()) <= read
        {
            let added = non_empty(Range::new(Some(from), Some(to), None)).into_iter().collect();
            return Self { days: None, added, taken: Vec::new() };
        }
        let days = (first.map_or(i64::MIN, Day::number), end.map_or(i64::MAX, Day::number));
        Self { days: Some(days), added, taken }
    }
}

/// The day whose beginning is nearest.
fn nearest(at: Timestamp) -> Day {
    let day = at.seoul_day();
    let (since, until) = (at.micros() - day.start().micros(), day.next().start().micros() - at.micros());
    if since <= until { day } else { day.next() }
}

fn non_empty(range: Range) -> Option<Range> {
    (range.from < range.before.0).then_some(range)
}

/// How many rows there are of each day, the newest day first: what the rollups know about a filter.
#[derive(Debug, Clone, Default)]
pub(super) struct DayCounts {
    pub(super) days: Vec<(i64, i64)>,
}

impl DayCounts {
    /// `range` without the days at its ends that have nothing, and without the days at its old end that `limit`
    /// rows do not reach; nothing if no day has anything.
    pub(super) fn narrow(&self, range: Range, limit: i64) -> Option<Narrowed> {
        let (_, last) = range.days();
        let mut days = self.days.iter().filter(|(day, count)| *day <= last && *count > 0).peekable();
        let newest = days.peek()?.0;
        let upper = range.ending(Day::from_number(newest).next().start().micros());
        let (mut found, mut reached, mut oldest) = (0, None, newest);
        for (day, count) in days {
            // The last day may have been shown in part already.
            if *day < last && reached.is_none() {
                found += count;
                if found >= limit {
                    reached = Some(*day);
                }
            }
            oldest = *day;
        }
        let from = |day: i64| upper.from.max(Day::from_number(day).start().micros());
        Some(Narrowed { near: upper.starting(from(reached.unwrap_or(oldest))), far: upper.starting(from(oldest)) })
    }
}

/// Where a page is looked for first, and where if that was too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Narrowed {
    pub(super) near: Range,
    pub(super) far: Range,
}

//! Points in time are microseconds since 1970 UTC; business days are Asia/Seoul (UTC+9, no summer time since 1988).

use std::fmt;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// A length of time in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span(i64);

impl Span {
    pub const ZERO: Self = Self(0);

    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1_000)
    }

    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000_000)
    }

    #[must_use]
    pub const fn from_minutes(minutes: i64) -> Self {
        Self::from_secs(minutes * 60)
    }

    #[must_use]
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_minutes(hours * 60)
    }

    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        Self::from_hours(days * 24)
    }

    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }
}

/// A day of the Korean calendar, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(i64);

impl Day {
    const MICROS: i64 = 86_400_000_000;
    const SEOUL_OFFSET: i64 = 9 * 3_600_000_000;

    #[must_use]
    pub const fn from_number(days_since_1970: i64) -> Self {
        Self(days_since_1970)
    }

    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The first instant of this day in Seoul.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        Timestamp(self.0 * Self::MICROS - Self::SEOUL_OFFSET)
    }

    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Year, and month from 1.
    #[must_use]
    pub const fn year_month(self) -> (i64, i64) {
        let (year, month, _) = civil(self.0);
        (year, month)
    }
}

impl Timestamp {
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Saturates at the ends of the range, which lie some 292 000 years away.
    #[must_use]
    pub const fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    #[must_use]
    pub const fn before(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The Korean day this instant falls on.
    #[must_use]
    pub const fn seoul_day(self) -> Day {
        Day((self.0 + Day::SEOUL_OFFSET).div_euclid(Day::MICROS))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with microseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(Day::MICROS);
        let in_day = self.0.rem_euclid(Day::MICROS);
        let (year, month, day) = civil(days);
        let (secs, micros) = (in_day / 1_000_000, in_day % 1_000_000);
        let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
        if !(0..=9_999).contains(&year) {
            return write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z");
        }
        // Every answer and event holds several times, and formatting each field by `write!` showed in profiles.
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        for (end, value) in [(4, year), (7, month), (10, day), (13, hour), (16, minute), (19, second), (26, micros)] {
            put_digits(&mut text[..end], value);
        }
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// Writes a number's digits at the end of `text`, over zeros.
fn put_digits(text: &mut [u8], mut value: i64) {
    for digit in text.iter_mut().rev() {
        if value == 0 {
            return;
        }
        *digit = b"0123456789"[usize::try_from(value % 10).unwrap_or_default()];
        value /= 10;
    }
}

/// Year, month and day of a day number (proleptic Gregorian calendar).
const fn civil(days: i64) -> (i64, i64, i64) {
    // Years are counted from March so that the leap day is a year's last; an era is 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_turns_at_midnight_in_seoul() {
        // 2026-11-21T14:59:59.999999Z is still the 21st in Seoul, a microsecond later it is the 22nd.
        let last = Timestamp::from_micros(1_795_273_199_999_999);
        assert_eq!(last.to_string(), "2026-11-21T14:59:59.999999Z");
        assert_eq!(last.seoul_day().to_string(), "2026-11-21");
        let next = last.after(Span::from_micros(1));
        assert_eq!(next.seoul_day(), last.seoul_day().next());
        assert_eq!(next.seoul_day().start(), next);
    }

    #[test]
    fn times_are_shown_in_rfc_3339() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            (253_402_300_800_000_000, "10000-01-01T00:00:00.000000Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (-62_167_219_200_000_001, "-001-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(Timestamp::from_micros(micros).to_string(), text);
        }
    }
}

//! A query as it grows: its text for one engine, and the values for its marks.

use steelyard_domain::Tenant;
use uuid::Uuid;

use super::range::Range;
use crate::{Reader, Value};

/// Collects the values of one statement. The texts differ by the number of values only, never by the values,
/// so that the statements a connection keeps prepared stay few.
#[derive(Debug)]
pub(super) struct Query {
    postgres: bool,
    parameters: Vec<Value>,
}

impl Query {
    pub(super) const fn new(reader: &Reader) -> Self {
        Self { postgres: reader.is_postgres(), parameters: Vec::new() }
    }

    /// The mark that stands for `value`.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("${}", self.parameters.len())
    }

    pub(super) fn into_parameters(self) -> Vec<Value> {
        self.parameters
    }

    /// A join that reads the left side first. SQLite has no statistics to find out by itself.
    pub(super) const fn join(&self) -> &'static str {
        if self.postgres { "JOIN" } else { "CROSS JOIN" }
    }

    /// Names the index that a joined table is read from. Without statistics SQLite takes an index of tenant and time,
    /// which holds nearly all rows, to be the better one.
    pub(super) fn indexed_by(&self, index: &str) -> String {
        if self.postgres { String::new() } else { format!(" INDEXED BY {index}") }
    }

    /// A relation `c (id)` of these ids, in one value however many there are.
    pub(super) fn ids(&mut self, ids: &[Uuid]) -> String {
        let hex: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
        if self.postgres {
            let mark = self.bind(format!("{{{}}}", hex.join(",")));
            format!("unnest(CAST({mark} AS TEXT)::uuid[]) AS c (id)")
        } else {
            let list = if hex.is_empty() { String::from("[]") } else { format!("[\"{}\"]", hex.join("\",\"")) };
            let mark = self.bind(list);
            format!("(SELECT unhex(value) AS id FROM json_each({mark})) AS c")
        }
    }

    /// `a.merchant_id = … AND a.mode = …`.
    pub(super) fn tenant(&mut self, alias: &str, tenant: Tenant) -> String {
        let merchant = self.bind(tenant.merchant.uuid());
        let mode = self.bind(tenant.mode.as_str());
        format!("{alias}.merchant_id = {merchant} AND {alias}.mode = {mode}")
    }

    /// ` AND column IN (…)`; nothing where any value will do.
    pub(super) fn one_of<'v>(&mut self, column: &str, values: impl Iterator<Item = &'v str>) -> String {
        let marks: Vec<String> = values.map(|value| self.bind(value)).collect();
        match marks.as_slice() {
            [] => String::new(),
            [only] => format!(" AND {column} = {only}"),
            several => format!(" AND {column} IN ({})", several.join(", ")),
        }
    }

    /// ` AND` what lies in `range` by `time` and `id`, columns of `alias`.
    pub(super) fn range(&mut self, alias: &str, time: &str, range: Range) -> String {
        let from = self.bind(range.from);
        let (before, id) = (self.bind(range.before.0), self.bind(range.before.1));
        // PostgreSQL cannot tell how little lies between a time and a pair.
        let until = if self.postgres { format!(" AND {alias}.{time} <= {before}") } else { String::new() };
        format!(" AND {alias}.{time} >= {from} AND ({alias}.{time}, {alias}.id) < ({before}, {id}){until}")
    }
}

/// Each value once: a part of a union is read for each.
pub(super) fn distinct<T: Copy + PartialEq>(values: &[T]) -> Vec<T> {
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(value) {
            kept.push(*value);
        }
    }
    kept
}

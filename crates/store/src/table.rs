//! A table as a list of columns, from which both engines' set-based statements follow.

use std::{fmt::Write as _, sync::OnceLock};

use crate::column::Kind;

/// What a column is to an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Finds the row. Key columns come first.
    Key,
    /// Written once.
    Fixed,
    /// Written by every update.
    Mutable,
    /// Mutable, and compared with what it was when the row was read.
    Version,
}

#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub role: Role,
}

#[must_use]
pub const fn key(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, role: Role::Key }
}

#[must_use]
pub const fn fixed(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, role: Role::Fixed }
}

#[must_use]
pub const fn mutable(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, role: Role::Mutable }
}

#[must_use]
pub const fn version(name: &'static str) -> Column {
    Column { name, kind: Kind::Int, role: Role::Version }
}

/// A statement for each engine.
#[derive(Debug)]
pub struct Statement {
    pub sqlite: String,
    pub postgres: String,
}

#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// Rows whose key is already there are left alone, and counted as conflicts.
    pub natural_key: bool,
    insert: OnceLock<Statement>,
    update: OnceLock<Statement>,
}

impl Table {
    #[must_use]
    pub const fn new(name: &'static str, columns: &'static [Column]) -> Self {
        Self { name, columns, natural_key: false, insert: OnceLock::new(), update: OnceLock::new() }
    }

    /// A table that callers' own keys lead to: two instances may insert the same one at once.
    #[must_use]
    pub const fn with_natural_key(name: &'static str, columns: &'static [Column]) -> Self {
        Self { name, columns, natural_key: true, insert: OnceLock::new(), update: OnceLock::new() }
    }

    /// `a, b, c`, each behind `prefix`.
    #[must_use]
    pub fn column_list(&self, prefix: &str) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| format!("{prefix}{}", column.name)).collect();
        names.join(", ")
    }

    pub fn insert(&'static self) -> &'static Statement {
        self.insert.get_or_init(|| {
            let names = self.column_list("");
            let conflict = if self.natural_key { "\nON CONFLICT DO NOTHING" } else { "" };
            let marks: Vec<String> = (1..=self.columns.len()).map(|n| format!("?{n}")).collect();
            Statement {
                sqlite: format!("INSERT INTO {} ({names})\nVALUES ({}){conflict}", self.name, marks.join(", ")),
                postgres: format!(
                    "INSERT INTO {} ({names})\nSELECT {names}\nFROM UNNEST({}) AS u ({names}){conflict}",
                    self.name,
                    arrays(self.columns.iter())
                ),
            }
        })
    }

    /// Columns an update binds, in order: keys, then what is mutable; a version to compare comes last.
    pub(crate) fn update_columns(&'static self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| match column.role {
            Role::Key | Role::Mutable | Role::Version => true,
            Role::Fixed => false,
        })
    }

    pub(crate) fn has_version(&self) -> bool {
        self.columns.iter().any(|column| column.role == Role::Version)
    }

    pub fn update(&'static self) -> &'static Statement {
        self.update.get_or_init(|| {
            let bound: Vec<&Column> = self.update_columns().collect();
            let guard = self.has_version();
            let (mut sqlite, mut postgres) = (String::new(), String::new());
            let mut sets = (Vec::new(), Vec::new());
            let mut finds = (Vec::new(), Vec::new());
            for (index, column) in bound.iter().enumerate() {
                let (name, number) = (column.name, index + 1);
                if column.role == Role::Key {
                    finds.0.push(format!("{name} = ?{number}"));
                    finds.1.push(format!("t.{name} = u.{name}"));
                } else {
                    sets.0.push(format!("{name} = ?{number}"));
                    sets.1.push(format!("{name} = u.{name}"));
                }
                if column.role == Role::Version {
                    finds.0.push(format!("{name} = ?{}", bound.len() + 1));
                    finds.1.push(format!("t.{name} = u.version_read"));
                }
            }
            let names: Vec<&str> = bound.iter().map(|column| column.name).collect();
            let read = Column { name: "version_read", kind: Kind::Int, role: Role::Fixed };
            let read = guard.then_some(&read);
            let _ = write!(sqlite, "UPDATE {}\nSET {}\nWHERE {}", self.name, sets.0.join(", "), finds.0.join(" AND "));
            let _ = write!(
                postgres,
                "UPDATE {} AS t\nSET {}\nFROM UNNEST({}) AS u ({}{})\nWHERE {}",
                self.name,
                sets.1.join(", "),
                arrays(bound.iter().copied().chain(read)),
                names.join(", "),
                if guard { ", version_read" } else { "" },
                finds.1.join(" AND ")
            );
            Statement { sqlite, postgres }
        })
    }
}

fn arrays<'a>(columns: impl Iterator<Item = &'a Column>) -> String {
    let casts: Vec<String> = columns
        .enumerate()
        .map(|(index, column)| format!("${}::{}", index + 1, column.kind.postgres_array()))
        .collect();
    casts.join(", ")
}

/// Whether rows that are read are kept from others until the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    None,
    /// Locked in the order of the key. SQLite has one writer, who needs none.
    ForUpdate,
}

/// Finds many rows of a table by one or more columns at once.
#[derive(Debug)]
pub struct Lookup {
    pub table: &'static Table,
    pub by: &'static [Column],
    lock: Lock,
    statement: OnceLock<Statement>,
}

impl Lookup {
    #[must_use]
    pub const fn new(table: &'static Table, by: &'static [Column], lock: Lock) -> Self {
        Self { table, by, lock, statement: OnceLock::new() }
    }

    pub fn statement(&'static self) -> &'static Statement {
        self.statement.get_or_init(|| {
            let table = self.table.name;
            let numbered = |prefix: &str, mark: &str| -> String {
                let finds: Vec<String> = self
                    .by
                    .iter()
                    .enumerate()
                    .map(|(index, column)| format!("{prefix}{} = {mark}{}", column.name, index + 1))
                    .collect();
                finds.join(" AND ")
            };
            let sqlite = format!("SELECT {}\nFROM {table}\nWHERE {}", self.table.column_list(""), numbered("", "?"));
            let keys: Vec<&str> =
                self.table.columns.iter().filter(|column| column.role == Role::Key).map(|column| column.name).collect();
            let lock = match self.lock {
                Lock::None => String::new(),
                Lock::ForUpdate => format!("\nORDER BY t.{}\nFOR UPDATE OF t", keys.join(", t.")),
            };
            let find = if let [only] = self.by {
                format!("WHERE t.{} = ANY ($1::{})", only.name, only.kind.postgres_array())
            } else {
                let finds: Vec<String> =
                    self.by.iter().map(|column| format!("t.{} = u.{}", column.name, column.name)).collect();
                let names: Vec<&str> = self.by.iter().map(|column| column.name).collect();
                format!(
                    "JOIN UNNEST({}) AS u ({}) ON {}",
                    arrays(self.by.iter()),
                    names.join(", "),
                    finds.join(" AND ")
                )
            };
            let postgres = format!("SELECT {}\nFROM {table} AS t\n{find}{lock}", self.table.column_list("t."));
            Statement { sqlite, postgres }
        })
    }
}

//! The writes of one commit: set-based, in order, each with the number of rows it must change.

use std::borrow::Cow;

use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::{
    StoreError, Tx, Value,
    column::{Kind, storable},
    record::{Record, RowWriter},
    table::{Role, Statement, Table},
};

type SqliteStep<'a> = Box<dyn FnOnce(&rusqlite::Connection) -> Result<usize, StoreError> + 'a>;

enum Step<'a> {
    Sqlite { what: &'static str, rows: usize, run: SqliteStep<'a> },
    Postgres { what: &'static str, rows: usize, sql: &'static str, parameters: Vec<Box<dyn ToSql + Sync + 'a>> },
}

/// Statements to run in order within one transaction; PostgreSQL gets them in one go.
pub struct Script<'a> {
    engine: ScriptEngine,
    steps: Vec<Step<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScriptEngine {
    Sqlite,
    Postgres,
}

impl<'a> Script<'a> {
    #[must_use]
    pub const fn new(tx: &Tx<'_>) -> Self {
        let engine = match tx {
            Tx::Sqlite(_) => ScriptEngine::Sqlite,
            Tx::Postgres(_) => ScriptEngine::Postgres,
        };
        Self { engine, steps: Vec::new() }
    }

    /// Inserts every row. One that is there already makes the whole script a conflict.
    pub fn insert<R: Record>(&mut self, rows: Vec<&'a R>) {
        if rows.is_empty() {
            return;
        }
        let table = R::table();
        let statement = table.insert();
        let step = match self.engine {
            ScriptEngine::Sqlite => Step::Sqlite {
                what: table.name,
                rows: rows.len(),
                run: Box::new(move |connection| {
                    run_each(connection, &statement.sqlite, &rows, |row, binder| {
                        row.write(binder);
                        Ok(())
                    })
                }),
            },
            ScriptEngine::Postgres => {
                let mut columns = Arrays::new(table.columns.iter().map(|column| column.kind), rows.len());
                for row in &rows {
                    columns.start();
                    row.write(&mut columns);
                }
                columns.into_step(table.name, rows.len(), &statement.postgres)
            }
        };
        self.steps.push(step);
    }

    /// Writes the mutable columns of every row. With a version, the one read must still stand.
    pub fn update<R: Record>(&mut self, rows: Vec<(&'a R, i64)>) {
        if rows.is_empty() {
            return;
        }
        let table = R::table();
        let statement = table.update();
        let step = match self.engine {
            ScriptEngine::Sqlite => Step::Sqlite {
                what: table.name,
                rows: rows.len(),
                run: Box::new(move |connection| {
                    run_each(connection, &statement.sqlite, &rows, |(row, read), binder| {
                        let mut only = Only { table, column: 0, inner: binder };
                        row.write(&mut only);
                        if table.has_version() {
                            binder.int(Some(*read));
                        }
                        Ok(())
                    })
                }),
            },
            ScriptEngine::Postgres => {
                let kinds = table.update_columns().map(|column| column.kind);
                let mut columns = Arrays::new(kinds.chain(table.has_version().then_some(Kind::Int)), rows.len());
                for (row, read) in &rows {
                    columns.start();
                    row.write(&mut Only { table, column: 0, inner: &mut columns });
                    if table.has_version() {
                        columns.int(Some(*read));
                    }
                }
                columns.into_step(table.name, rows.len(), &statement.postgres)
            }
        };
        self.steps.push(step);
    }

    /// Runs a statement of its own for rows of plain values: once a row on SQLite, with arrays on PostgreSQL.
    pub fn rows(&mut self, what: &'static str, statement: &'static Statement, kinds: &[Kind], rows: Vec<Vec<Value>>) {
        if rows.is_empty() {
            return;
        }
        let count = rows.len();
        let step = match self.engine {
            ScriptEngine::Sqlite => Step::Sqlite {
                what,
                rows: count,
                run: Box::new(move |connection| {
                    let mut prepared = connection.prepare_cached(&statement.sqlite)?;
                    let mut changed = 0;
                    for row in &rows {
                        changed += prepared.execute(rusqlite::params_from_iter(row))?;
                    }
                    Ok(changed)
                }),
            },
            ScriptEngine::Postgres => {
                let mut columns = Arrays::new(kinds.iter().copied(), count);
                for row in rows {
                    columns.start();
                    for value in row {
                        columns.value(value);
                    }
                }
                columns.into_step(what, count, &statement.postgres)
            }
        };
        self.steps.push(step);
    }

    /// Runs all of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a statement changed fewer rows than it must.
    pub async fn run(self, tx: &Tx<'_>) -> Result<(), StoreError> {
        match tx {
            Tx::Sqlite(connection) => {
                for step in self.steps {
                    if let Step::Sqlite { what, rows, run } = step {
                        expect(what, rows, run(connection)?)?;
                    }
                }
                Ok(())
            }
            Tx::Postgres(connection) => {
                let mut statements = Vec::with_capacity(self.steps.len());
                for step in &self.steps {
                    if let Step::Postgres { sql, .. } = step {
                        statements.push(connection.statement(sql).await?);
                    }
                }
                // All statements are sent before the first answer is awaited: one round trip.
                let runs = self.steps.iter().zip(&statements).map(|(step, statement)| async move {
                    let Step::Postgres { what, rows, parameters, .. } = step else { return Ok(()) };
                    let parameters = parameters.iter().map(|parameter| -> &(dyn ToSql + Sync) { &**parameter });
                    let changed = connection.client().execute_raw(statement, parameters).await?;
                    expect(what, *rows, usize::try_from(changed).unwrap_or(usize::MAX))
                });
                let results = futures_util::future::join_all(runs).await;
                results.into_iter().collect()
            }
        }
    }
}

fn expect(what: &'static str, rows: usize, changed: usize) -> Result<(), StoreError> {
    if rows == changed {
        return Ok(());
    }
    Err(StoreError::Conflict { what: format!("{what}: {changed} of {rows} rows") })
}

fn run_each<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    rows: &[T],
    bind: impl Fn(&T, &mut Binder<'_, '_>) -> Result<(), StoreError>,
) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut changed = 0;
    for row in rows {
        let mut binder = Binder { statement: &mut statement, next: 1, failure: None };
        bind(row, &mut binder)?;
        if let Some(failure) = binder.failure {
            return Err(failure.into());
        }
        changed += statement.raw_execute()?;
    }
    Ok(changed)
}

/// Binds one row's columns to a SQLite statement, in order.
struct Binder<'s, 'c> {
    statement: &'s mut rusqlite::CachedStatement<'c>,
    next: usize,
    failure: Option<rusqlite::Error>,
}

impl Binder<'_, '_> {
    fn bind(&mut self, value: impl rusqlite::ToSql) {
        if let Err(error) = self.statement.raw_bind_parameter(self.next, value) {
            self.failure = Some(error);
        }
        self.next += 1;
    }
}

impl<'a> RowWriter<'a> for Binder<'_, '_> {
    fn uuid(&mut self, value: Option<Uuid>) {
        self.bind(value.as_ref().map(|uuid| uuid.as_bytes().as_slice()));
    }

    fn int(&mut self, value: Option<i64>) {
        self.bind(value);
    }

    fn text(&mut self, value: Option<Cow<'a, str>>) {
        self.bind(value.as_deref().map(storable).as_deref());
    }

    fn bytes(&mut self, value: Option<&'a [u8]>) {
        self.bind(value);
    }

    fn bool(&mut self, value: Option<bool>) {
        self.bind(value);
    }
}

/// Lets through what an update writes.
struct Only<'i, W: ?Sized> {
    table: &'static Table,
    column: usize,
    inner: &'i mut W,
}

impl<W: ?Sized> Only<'_, W> {
    fn wanted(&mut self) -> bool {
        let role = self.table.columns[self.column].role;
        self.column += 1;
        match role {
            Role::Key | Role::Mutable | Role::Version => true,
            Role::Fixed => false,
        }
    }
}

impl<'a, W: RowWriter<'a> + ?Sized> RowWriter<'a> for Only<'_, W> {
    fn uuid(&mut self, value: Option<Uuid>) {
        if self.wanted() {
            self.inner.uuid(value);
        }
    }

    fn int(&mut self, value: Option<i64>) {
        if self.wanted() {
            self.inner.int(value);
        }
    }

    fn text(&mut self, value: Option<Cow<'a, str>>) {
        if self.wanted() {
            self.inner.text(value);
        }
    }

    fn bytes(&mut self, value: Option<&'a [u8]>) {
        if self.wanted() {
            self.inner.bytes(value);
        }
    }

    fn bool(&mut self, value: Option<bool>) {
        if self.wanted() {
            self.inner.bool(value);
        }
    }
}

/// Columns of many rows, as PostgreSQL arrays.
struct Arrays<'a> {
    columns: Vec<Array<'a>>,
    next: usize,
}

enum Array<'a> {
    Uuid(Vec<Option<Uuid>>),
    Int(Vec<Option<i64>>),
    Text(Vec<Option<Cow<'a, str>>>),
    Bytes(Vec<Option<Cow<'a, [u8]>>>),
    Bool(Vec<Option<bool>>),
}

impl<'a> Arrays<'a> {
    fn new(kinds: impl Iterator<Item = Kind>, rows: usize) -> Self {
        let columns = kinds.map(|kind| match kind {
            Kind::Uuid => Array::Uuid(Vec::with_capacity(rows)),
            Kind::Int => Array::Int(Vec::with_capacity(rows)),
            Kind::Text => Array::Text(Vec::with_capacity(rows)),
            Kind::Bytes => Array::Bytes(Vec::with_capacity(rows)),
            Kind::Bool => Array::Bool(Vec::with_capacity(rows)),
        });
        Self { columns: columns.collect(), next: 0 }
    }

    const fn start(&mut self) {
        self.next = 0;
    }

    fn column(&mut self) -> &mut Array<'a> {
        self.next += 1;
        &mut self.columns[self.next - 1]
    }

    fn value(&mut self, value: Value) {
        match value {
            Value::Uuid(value) => self.uuid(Some(value)),
            Value::Int(value) => self.int(Some(value)),
            Value::Text(value) => self.text(Some(Cow::Owned(value))),
            Value::Bool(value) => self.bool(Some(value)),
            Value::Bytes(value) => match self.column() {
                Array::Bytes(column) => column.push(Some(Cow::Owned(value))),
                Array::Uuid(_) | Array::Int(_) | Array::Text(_) | Array::Bool(_) => mismatch(),
            },
            Value::Null => match self.column() {
                Array::Uuid(column) => column.push(None),
                Array::Int(column) => column.push(None),
                Array::Text(column) => column.push(None),
                Array::Bytes(column) => column.push(None),
                Array::Bool(column) => column.push(None),
            },
        }
    }

    fn into_step(self, what: &'static str, rows: usize, sql: &'static str) -> Step<'a> {
        let parameters = self.columns.into_iter().map(|array| -> Box<dyn ToSql + Sync + 'a> {
            match array {
                Array::Uuid(values) => Box::new(values),
                Array::Int(values) => Box::new(values),
                Array::Text(values) => Box::new(values),
                Array::Bytes(values) => Box::new(values),
                Array::Bool(values) => Box::new(values),
            }
        });
        Step::Postgres { what, rows, sql, parameters: parameters.collect() }
    }
}

/// A record wrote another kind than its table names: every statement is tested on both engines.
fn mismatch() -> ! {
    panic!("a column was written with a value of another kind")
}

impl<'a> RowWriter<'a> for Arrays<'a> {
    fn uuid(&mut self, value: Option<Uuid>) {
        match self.column() {
            Array::Uuid(column) => column.push(value),
            Array::Int(_) | Array::Text(_) | Array::Bytes(_) | Array::Bool(_) => mismatch(),
        }
    }

    fn int(&mut self, value: Option<i64>) {
        match self.column() {
            Array::Int(column) => column.push(value),
            Array::Uuid(_) | Array::Text(_) | Array::Bytes(_) | Array::Bool(_) => mismatch(),
        }
    }

    fn text(&mut self, value: Option<Cow<'a, str>>) {
        let value = value.map(|text| if text.contains('\0') { Cow::Owned(storable(&text).into_owned()) } else { text });
        match self.column() {
            Array::Text(column) => column.push(value),
            Array::Uuid(_) | Array::Int(_) | Array::Bytes(_) | Array::Bool(_) => mismatch(),
        }
    }

    fn bytes(&mut self, value: Option<&'a [u8]>) {
        match self.column() {
            Array::Bytes(column) => column.push(value.map(Cow::Borrowed)),
            Array::Uuid(_) | Array::Int(_) | Array::Text(_) | Array::Bool(_) => mismatch(),
        }
    }

    fn bool(&mut self, value: Option<bool>) {
        match self.column() {
            Array::Bool(column) => column.push(value),
            Array::Uuid(_) | Array::Int(_) | Array::Text(_) | Array::Bytes(_) => mismatch(),
        }
    }
}

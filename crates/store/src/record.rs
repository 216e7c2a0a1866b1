//! Rows and columns: how a record is written to a table and read back.

use std::borrow::Cow;

use uuid::Uuid;

use crate::{StoreError, table::Table};

/// What has a table. Columns are written and read in the table's order.
pub trait Record: Sized {
    fn table() -> &'static Table;
    fn write<'a>(&'a self, row: &mut dyn RowWriter<'a>);
    fn read(row: &mut RowReader<'_>) -> Result<Self, StoreError>;
    /// The version the row had when it was read is checked by updates; tables without one answer `None`.
    fn version(&self) -> Option<i64> {
        None
    }
}

/// Takes a record's columns one by one.
pub trait RowWriter<'a> {
    fn uuid(&mut self, value: Option<Uuid>);
    fn int(&mut self, value: Option<i64>);
    fn text(&mut self, value: Option<Cow<'a, str>>);
    fn bytes(&mut self, value: Option<&'a [u8]>);
    fn bool(&mut self, value: Option<bool>);
}

/// Short forms for what is not null.
pub trait RowWriterExt<'a>: RowWriter<'a> {
    fn id(&mut self, value: Uuid) {
        self.uuid(Some(value));
    }

    fn number(&mut self, value: i64) {
        self.int(Some(value));
    }

    fn str(&mut self, value: &'a str) {
        self.text(Some(Cow::Borrowed(value)));
    }

    fn opt_str(&mut self, value: Option<&'a str>) {
        self.text(value.map(Cow::Borrowed));
    }

    fn owned(&mut self, value: String) {
        self.text(Some(Cow::Owned(value)));
    }

    fn flag(&mut self, value: bool) {
        self.bool(Some(value));
    }
}

impl<'a, T: RowWriter<'a> + ?Sized> RowWriterExt<'a> for T {}

/// One row of an answer, read column by column.
pub struct RowReader<'r> {
    source: Source<'r>,
    next: usize,
}

enum Source<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> RowReader<'r> {
    pub(crate) const fn sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self { source: Source::Sqlite(row), next: 0 }
    }

    pub(crate) const fn postgres(row: &'r tokio_postgres::Row) -> Self {
        Self { source: Source::Postgres(row), next: 0 }
    }

    fn get<S, P>(&mut self) -> Result<Option<Cell<S, P>>, StoreError>
    where
        S: rusqlite::types::FromSql,
        P: for<'a> tokio_postgres::types::FromSql<'a>,
    {
        let column = self.next;
        self.next += 1;
        match self.source {
            Source::Sqlite(row) => row
                .get::<_, Option<S>>(column)
                .map(|value| value.map(Cell::Sqlite))
                .map_err(|error| StoreError::Corrupt { column, detail: error.to_string() }),
            Source::Postgres(row) => row
                .try_get::<_, Option<P>>(column)
                .map(|value| value.map(Cell::Postgres))
                .map_err(|error| StoreError::Corrupt { column, detail: error.to_string() }),
        }
    }

    /// The complaint that the column read last holds no such value.
    #[must_use]
    pub fn corrupt(&self, detail: &str) -> StoreError {
        StoreError::Corrupt { column: self.next.saturating_sub(1), detail: detail.to_owned() }
    }

    pub fn opt_uuid(&mut self) -> Result<Option<Uuid>, StoreError> {
        Ok(match self.get::<[u8; 16], Uuid>()? {
            Some(Cell::Sqlite(bytes)) => Some(Uuid::from_bytes(bytes)),
            Some(Cell::Postgres(uuid)) => Some(uuid),
            None => None,
        })
    }

    pub fn uuid(&mut self) -> Result<Uuid, StoreError> {
        self.opt_uuid()?.ok_or_else(|| self.corrupt("null"))
    }

    pub fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        Ok(self.get::<i64, i64>()?.map(Cell::merge))
    }

    pub fn int(&mut self) -> Result<i64, StoreError> {
        self.opt_int()?.ok_or_else(|| self.corrupt("null"))
    }

    pub fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.get::<String, String>()?.map(Cell::merge))
    }

    pub fn text(&mut self) -> Result<String, StoreError> {
        self.opt_text()?.ok_or_else(|| self.corrupt("null"))
    }

    pub fn opt_bytes(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.get::<Vec<u8>, Vec<u8>>()?.map(Cell::merge))
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.opt_bytes()?.ok_or_else(|| self.corrupt("null"))
    }

    pub fn bool(&mut self) -> Result<bool, StoreError> {
        let value = self.get::<bool, bool>()?.map(Cell::merge);
        value.ok_or_else(|| self.corrupt("null"))
    }

    /// A text that stands for a value of the domain.
    pub fn parsed<T>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        match self.source {
            // The text is looked at where it lies: no copy for what is usually a short word.
            Source::Sqlite(row) => {
                let column = self.next;
                self.next += 1;
                let text = row.get_ref(column).ok().and_then(|value| value.as_str().ok());
                text.and_then(parse).ok_or_else(|| self.corrupt("not a value of its kind"))
            }
            Source::Postgres(row) => {
                let column = self.next;
                self.next += 1;
                let text = row.try_get::<_, &str>(column).ok();
                text.and_then(parse).ok_or_else(|| self.corrupt("not a value of its kind"))
            }
        }
    }
}

enum Cell<S, P> {
    Sqlite(S),
    Postgres(P),
}

impl<T> Cell<T, T> {
    fn merge(self) -> T {
        match self {
            Self::Sqlite(value) | Self::Postgres(value) => value,
        }
    }
}

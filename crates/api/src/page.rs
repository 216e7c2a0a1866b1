//! A page of a list.

use serde::Serialize;
use steelyard_app::read::Page;
use utoipa::ToSchema;

use crate::ask::{Answered, Read};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageView<T> {
    items: Vec<T>,
    /// Send it as `cursor` for the rows behind these.
    next_cursor: Option<String>,
    has_next: bool,
}

/// A page with sums over the whole filtered list, not over the page.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummedPageView<T, S> {
    items: Vec<T>,
    /// Send it as `cursor` for the rows behind these.
    next_cursor: Option<String>,
    has_next: bool,
    summary: S,
}

impl Read {
    /// Answers a page of `list`, which is also what its cursors are bound to.
    pub(crate) async fn page<T: Serialize>(&self, list: &str, page: Page<T>) -> Answered {
        let next_cursor = self.next(list, page.next.as_ref()).await?;
        let has_next = next_cursor.is_some();
        self.answer(&PageView { items: page.items, next_cursor, has_next })
    }

    pub(crate) async fn summed_page<T, S>(&self, list: &str, page: Page<T>, summary: S) -> Answered
    where
        T: Serialize,
        S: Serialize,
    {
        let next_cursor = self.next(list, page.next.as_ref()).await?;
        let has_next = next_cursor.is_some();
        self.answer(&SummedPageView { items: page.items, next_cursor, has_next, summary })
    }

    /// A list that is short by nature and comes whole.
    pub(crate) fn whole<T: Serialize>(&self, items: Vec<T>) -> Answered {
        self.answer(&PageView { items, next_cursor: None, has_next: false })
    }
}

//! What a text and a seller leave of a list: a set of orders, since every payment and movement has one.

use rustc_hash::FxHashSet;
use steelyard_domain::{OrderId, PaymentId, SellerId, Tenant};
use uuid::Uuid;

use super::{query::Query, search};
use crate::{Reader, StoreError, payment::order_of_payment};

/// From how many orders on a page is looked for among all rows, the newest first, before it is looked for
/// among the rows of those orders.
const MANY: i64 = 2_000;
/// How many rows are looked at at once then, and how often.
pub(super) const WALK_ROWS: i64 = 400;
pub(super) const WALKS_MAX: usize = 12;
const WALK_MAX: usize = 400 * WALKS_MAX;

#[derive(Debug, Clone)]
pub(super) enum Scope {
    Everything,
    /// Each once.
    Orders(Vec<Uuid>),
    Seller {
        seller: SellerId,
        is_large: bool,
    },
}

impl Scope {
    pub(super) async fn resolve(
        reader: &Reader,
        tenant: Tenant,
        q: Option<&str>,
        seller: Option<SellerId>,
    ) -> Result<Self, StoreError> {
        let found = match q {
            Some(q) if !q.is_empty() => Some(find(reader, tenant, q).await?),
            Some(_) | None => None,
        };
        match (found, seller) {
            (None, None) => Ok(Self::Everything),
            (Some(orders), None) => Ok(Self::Orders(orders)),
            (Some(orders), Some(seller)) => Ok(Self::Orders(sold_by(reader, seller, &orders).await?)),
            (None, Some(seller)) => {
                let sql = format!(
                    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM order_line WHERE seller_id = $1 LIMIT {MANY}) AS l"
                );
                let lines = reader.row(&sql, vec![seller.uuid().into()], |row| row.int()).await?;
                Ok(Self::Seller { seller, is_large: lines.unwrap_or(0) >= MANY })
            }
        }
    }

    /// Whether most pages are found sooner among all rows than among those of the orders.
    pub(super) fn is_large(&self) -> bool {
        match self {
            Self::Everything => false,
            // Found one by one, they are read in less time than a walk in vain takes.
            Self::Orders(orders) => orders.len() >= WALK_MAX,
            Self::Seller { is_large, .. } => *is_large,
        }
    }

    /// The relation `c (id)` of the orders, to be read first; `None` for all of them.
    pub(super) fn relation(&self, query: &mut Query) -> Option<String> {
        match self {
            Self::Everything => None,
            Self::Orders(orders) => Some(query.ids(orders)),
            Self::Seller { seller, .. } => {
                let seller = query.bind(seller.uuid());
                Some(format!("(SELECT DISTINCT order_id AS id FROM order_line WHERE seller_id = {seller}) AS c"))
            }
        }
    }

    /// Those of `orders` that are in scope.
    pub(super) async fn among(&self, reader: &Reader, orders: &[Uuid]) -> Result<FxHashSet<Uuid>, StoreError> {
        match self {
            Self::Everything => Ok(orders.iter().copied().collect()),
            Self::Orders(own) => {
                let asked: FxHashSet<Uuid> = orders.iter().copied().collect();
                Ok(own.iter().copied().filter(|order| asked.contains(order)).collect())
            }
            Self::Seller { seller, .. } => Ok(sold_by(reader, *seller, orders).await?.into_iter().collect()),
        }
    }
}

/// The orders that a text means: the one whose id or whose payment's id it is, or all that show it.
async fn find(reader: &Reader, tenant: Tenant, q: &str) -> Result<Vec<Uuid>, StoreError> {
    if let Ok(order) = OrderId::parse(q) {
        return Ok(vec![order.uuid()]);
    }
    if let Ok(payment) = PaymentId::parse(q) {
        let order = order_of_payment(reader, tenant, payment).await?;
        return Ok(order.into_iter().map(OrderId::uuid).collect());
    }
    search::matching(reader, tenant, q).await
}

/// Those of `orders` that have a line of the seller's.
async fn sold_by(reader: &Reader, seller: SellerId, orders: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut query = Query::new(reader);
    let ids = query.ids(orders);
    let (seller, join) = (query.bind(seller.uuid()), query.join());
    let sql = format!(
        "SELECT DISTINCT l.order_id FROM {ids} {join} order_line l ON l.order_id = c.id AND l.seller_id = {seller}"
    );
    reader.rows(&sql, query.into_parameters(), |row| row.uuid()).await
}

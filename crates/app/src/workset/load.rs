//! Reading what a batch needs, in a fixed order of tables, each by sorted keys.
//!
//! Three stages, because rows lead to rows: names lead to orders, orders to products and accounts. Each table
//! is locked once, in the order orders, products, accounts, api keys, so instances never wait in a circle.

use futures_util::try_join;
use rustc_hash::{FxHashMap, FxHashSet};
use steelyard_domain::{
    AccountId, ApiKeyId, CheckoutSessionId, IdempotencyId, MerchantId, OrderId, ProductId, SellerId, Tenant,
    fee::FeePolicy,
    ledger::AccountKey,
    merchant::Merchant,
    order::{Order, OrderLine},
    payment::{Attempt, Payment, Refund, movement::Movement},
    seller::Seller,
};
use steelyard_store::{
    StoreError, Tx, Value,
    checkout::{checkout_sessions_by_id, checkout_settings_by_tenant},
    idempotency::{answers_by_id, idempotency_by_id},
    ledger::{accounts_by_id, transactions_by_source},
    merchant::{api_keys_by_id, fee_policies_of, merchants_by_id},
    order::{lines_of_orders, orders_by_id, orders_by_merchant_order_id},
    payment::{
        PartOfRefund, attempts_of_orders, movements_of_orders, parts_of_orders, payments_of_orders, refunds_of_orders,
    },
    product::{products_by_id, products_by_sku},
    seller::{default_sellers, sellers_by_id},
};
use uuid::Uuid;

use super::{Family, Workset, family};

/// What commands ask for.
#[derive(Debug, Default)]
pub struct Needs {
    merchants: FxHashSet<MerchantId>,
    sellers: FxHashSet<SellerId>,
    products: FxHashSet<ProductId>,
    skus: FxHashSet<(Tenant, String)>,
    orders: FxHashSet<OrderId>,
    order_names: FxHashSet<(Tenant, String)>,
    accounts: FxHashSet<AccountId>,
    idempotency: FxHashSet<IdempotencyId>,
    api_keys: FxHashSet<ApiKeyId>,
    checkouts: FxHashSet<CheckoutSessionId>,
    checkout_settings: FxHashSet<Tenant>,
    sources: FxHashSet<Uuid>,
    /// Those of `orders` whose refunds are wanted, too.
    with_refunds: FxHashSet<OrderId>,
}

impl Needs {
    /// A merchant, with its policies and default sellers.
    pub fn merchant(&mut self, id: MerchantId) {
        self.merchants.insert(id);
    }

    pub fn seller(&mut self, id: SellerId) {
        self.sellers.insert(id);
    }

    pub fn product(&mut self, id: ProductId) {
        self.products.insert(id);
    }

    pub fn sku(&mut self, tenant: Tenant, sku: &str) {
        self.skus.insert((tenant, sku.to_owned()));
    }

    /// An order with its lines, payment and attempts.
    pub fn order(&mut self, id: OrderId) {
        self.orders.insert(id);
    }

    /// The same, with refunds and their parts.
    pub fn order_with_refunds(&mut self, id: OrderId) {
        self.orders.insert(id);
        self.with_refunds.insert(id);
    }

    /// Whatever order has this merchantOrderId.
    pub fn order_name(&mut self, tenant: Tenant, merchant_order_id: &str) {
        self.order_names.insert((tenant, merchant_order_id.to_owned()));
    }

    pub fn account(&mut self, key: &AccountKey) {
        self.accounts.insert(key.id());
    }

    pub fn idempotency(&mut self, id: IdempotencyId) {
        self.idempotency.insert(id);
    }

    pub fn api_key(&mut self, id: ApiKeyId) {
        self.api_keys.insert(id);
    }

    /// A checkout session, whose order is asked for as well: there is its lock.
    pub fn checkout(&mut self, id: CheckoutSessionId) {
        self.checkouts.insert(id);
    }

    pub fn checkout_settings(&mut self, tenant: Tenant) {
        self.checkout_settings.insert(tenant);
    }

    /// Whether names must be looked up before there are ids to load.
    #[must_use]
    pub fn has_names(&self) -> bool {
        !(self.order_names.is_empty() && self.skus.is_empty())
    }

    /// What was posted for a refund or attempt, to name it in a reversal.
    pub fn postings_of(&mut self, source: Uuid) {
        self.sources.insert(source);
    }
}

fn sorted<K>(keys: &FxHashSet<K>, uuid: impl Fn(&K) -> Uuid) -> Vec<Uuid> {
    let mut keys: Vec<Uuid> = keys.iter().map(uuid).collect();
    keys.sort_unstable();
    keys
}

fn names(keys: &FxHashSet<(Tenant, String)>) -> Vec<Vec<Value>> {
    let mut keys: Vec<&(Tenant, String)> = keys.iter().collect();
    keys.sort_unstable();
    keys.into_iter()
        .map(|(tenant, name)| vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into(), name.as_str().into()])
        .collect()
}

impl Workset {
    /// Names to ids: not locked, for a name never moves to another row.
    pub(crate) async fn load_names(&mut self, tx: &Tx<'_>, needs: &mut Needs) -> Result<(), StoreError> {
        let (order_names, skus) = (names(&needs.order_names), names(&needs.skus));
        let (orders, products) = try_join!(orders_by_merchant_order_id(tx, &order_names), products_by_sku(tx, &skus))?;
        for order in orders {
            self.order_names.insert((order.tenant, order.merchant_order_id), order.id);
            needs.orders.insert(order.id);
        }
        for product in products {
            self.skus.insert((product.tenant, product.sku), product.id);
            needs.products.insert(product.id);
        }
        Ok(())
    }

    /// Tenants, keys, and orders, locked, with what hangs on them.
    pub(crate) async fn load_orders(&mut self, tx: &Tx<'_>, needs: &Needs) -> Result<(), StoreError> {
        let merchants = sorted(&needs.merchants, |id| id.uuid());
        let sellers = sorted(&needs.sellers, |id| id.uuid());
        let idempotency = sorted(&needs.idempotency, |id| id.uuid());
        let ids = sorted(&needs.orders, |id| id.uuid());
        let with_refunds = sorted(&needs.with_refunds, |id| id.uuid());
        // One round trip, the orders' lock first of all: what hangs on them is read by later statements,
        // which see what the locks' last holder committed.
        let (orders, lines, payments, attempts, refunds, parts, merchants, policies, defaults, sellers, keys) = try_join!(
            orders_by_id(tx, &ids),
            lines_of_orders(tx, &ids),
            payments_of_orders(tx, &ids),
            attempts_of_orders(tx, &ids),
            refunds_of_orders(tx, &with_refunds),
            parts_of_orders(tx, &with_refunds),
            merchants_by_id(tx, &merchants),
            fee_policies_of(tx, &merchants),
            default_sellers(tx, &merchants),
            sellers_by_id(tx, &sellers),
            idempotency_by_id(tx, &idempotency),
        )?;
        let of_refunds = payments.iter().filter(|payment| needs.with_refunds.contains(&payment.order));
        let paid: Vec<Uuid> = of_refunds.map(|payment| payment.id.uuid()).collect();
        let movements = movements_of_orders(tx, &paid).await?;
        self.take_tenants(merchants, policies, defaults.into_iter().chain(sellers));
        let answered: Vec<Uuid> = keys.iter().filter_map(|record| record.answer).collect();
        for answer in answers_by_id(tx, &answered).await? {
            self.answers.insert(answer.id, answer.body);
        }
        for record in keys {
            self.idempotency.load(record.id, record, 0);
        }
        let families = Families { lines, payments, attempts, refunds, parts, movements };
        for family in families.assemble(orders) {
            self.families.load(family.order.id, family, 0);
        }
        Ok(())
    }

    fn take_tenants(
        &mut self,
        merchants: Vec<Merchant>,
        policies: Vec<FeePolicy>,
        sellers: impl Iterator<Item = Seller>,
    ) {
        for merchant in merchants {
            self.policies.insert(merchant.id, Vec::new());
            let version = merchant.test_clock_ahead.micros();
            self.merchants.load(merchant.id, merchant, version);
        }
        for policy in policies {
            self.policies.entry(policy.tenant.merchant).or_default().push(policy);
        }
        for seller in sellers {
            if seller.is_default {
                self.default_sellers.insert(seller.tenant, seller.id);
            }
            self.sellers.load(seller.id, seller, 0);
        }
    }

    /// As if the accounts of `needs` had been asked for and none were there.
    #[cfg(test)]
    pub(crate) fn expect_accounts(&mut self, needs: &Needs) {
        self.accounts_asked.extend(needs.accounts.iter().copied());
    }

    /// Products, accounts and keys, locked.
    pub(crate) async fn load_rest(&mut self, tx: &Tx<'_>, needs: &Needs) -> Result<(), StoreError> {
        let products = sorted(&needs.products, |id| id.uuid());
        let accounts = sorted(&needs.accounts, |id| id.uuid());
        let api_keys = sorted(&needs.api_keys, |id| id.uuid());
        let sources = sorted(&needs.sources, |id| *id);
        let checkouts = sorted(&needs.checkouts, |id| id.uuid());
        let mut settings: Vec<&Tenant> = needs.checkout_settings.iter().collect();
        settings.sort_unstable();
        let settings: Vec<Vec<Value>> = settings
            .into_iter()
            .map(|tenant| vec![tenant.merchant.uuid().into(), tenant.mode.as_str().into()])
            .collect();
        let (products, accounts, api_keys, recorded, checkouts, settings) = try_join!(
            products_by_id(tx, &products),
            accounts_by_id(tx, &accounts),
            api_keys_by_id(tx, &api_keys),
            transactions_by_source(tx, &sources),
            checkout_sessions_by_id(tx, &checkouts),
            checkout_settings_by_tenant(tx, &settings),
        )?;
        for session in checkouts {
            let version = session.version;
            self.checkouts.load(session.id, session, version);
        }
        for settings in settings {
            let version = settings.version;
            self.checkout_settings.load(settings.tenant, settings, version);
        }
        for product in products {
            let version = product.version;
            self.products.load(product.id, product, version);
        }
        self.accounts_asked.extend(needs.accounts.iter().copied());
        for account in accounts {
            self.accounts.load(account.id, account, account.version);
        }
        for key in api_keys {
            self.api_keys.load(key.id, key, 0);
        }
        for transaction in recorded {
            self.recorded.entry(transaction.source_id).or_default().push(transaction);
        }
        Ok(())
    }
}

/// What hangs on orders, as read.
struct Families {
    lines: Vec<OrderLine>,
    payments: Vec<Payment>,
    attempts: Vec<Attempt>,
    refunds: Vec<Refund>,
    parts: Vec<PartOfRefund>,
    movements: Vec<Movement>,
}

impl Families {
    /// Puts each order's own with it, in order, and notes what was read.
    fn assemble(self, orders: Vec<Order>) -> impl Iterator<Item = Family> {
        let mut families: FxHashMap<OrderId, Box<Family>> = FxHashMap::default();
        for order in orders {
            let mut family = Box::new(Family::new(order, Vec::new()));
            family.read.order = Some(family.order.version);
            families.insert(family.order.id, family);
        }
        for line in self.lines {
            if let Some(family) = families.get_mut(&line.order) {
                family.lines.push(line);
            }
        }
        for payment in self.payments {
            if let Some(family) = families.get_mut(&payment.order) {
                let (bucket, sum) = family::count(&payment);
                family.read.payment = Some((payment.version, bucket, sum));
                family.payment = Some(payment);
            }
        }
        for attempt in self.attempts {
            if let Some(family) = families.get_mut(&attempt.order) {
                family.read.attempts.insert(attempt.id, attempt.version);
                family.attempts.push(attempt);
            }
        }
        for refund in self.refunds {
            if let Some(family) = families.get_mut(&refund.order) {
                family.read.refunds.insert(refund.id, refund.version);
                family.refunds.push(refund);
            }
        }
        for part in self.parts {
            let refunds = families.get_mut(&part.order).map(|family| &mut family.refunds);
            if let Some(refund) = refunds.and_then(|refunds| refunds.iter_mut().find(|there| there.id == part.refund)) {
                refund.parts.push(part.part);
            }
        }
        for movement in self.movements {
            if let Some(family) = families.get_mut(&movement.order) {
                family.read.movements.insert(movement.id, movement.status);
                family.movements.push(movement);
            }
        }
        families.into_values().map(|mut family| {
            family.lines.sort_by_key(|line| line.position);
            family.attempts.sort_by_key(|attempt| attempt.id);
            family.refunds.sort_by_key(|refund| refund.id);
            family.read.lines_returned = family.lines.iter().map(|line| line.returned).collect();
            *family
        })
    }
}

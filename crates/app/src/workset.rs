//! The rows a batch decides on, and everything it will write.
//!
//! Commands read and change rows here, in memory, one after another; each sees what those before it did.
//! A refused command leaves no trace: every change is undone from the copies made before it.

mod family;
mod load;
mod people;
mod rows;
mod save;

use std::time::Instant;

pub use family::{Family, shares_of_parts};
pub use load::Needs;
use people::People;
use rows::Rows;
use rustc_hash::{FxHashMap, FxHashSet};
use steelyard_domain::{
    AccountId, ApiKeyId, CheckoutSessionId, Currency, EventId, IdempotencyId, LedgerTransactionId, MerchantId, OrderId,
    PayerId, ProductId, SellerId, StockMovementId, Tenant, Timestamp,
    catalog::Product,
    checkout::{CheckoutSession, CheckoutSettings},
    fee::FeePolicy,
    ledger::{Account, AccountKey, Entry, Layer, LedgerTransaction, Posting, posting::post_line},
    merchant::{ApiKey, Merchant},
    payment::PaymentStatus,
    seller::Seller,
    stock::StockMovementKind,
};
use steelyard_store::{
    event::EventRecord,
    idempotency::{IdempotencyRecord, StoredAnswer},
    product::StockMovement,
};
use uuid::Uuid;

use crate::{
    clock::{moment, new_id},
    problem::{Code, Problem},
};

/// All rows of one batch.
pub struct Workset {
    /// Real time at the start of the batch.
    pub now: Timestamp,
    /// The same by the machine's own clock.
    pub began: Instant,
    pub(crate) merchants: Rows<MerchantId, Merchant>,
    policies: FxHashMap<MerchantId, Vec<FeePolicy>>,
    new_policies: Vec<FeePolicy>,
    pub(crate) sellers: Rows<SellerId, Seller>,
    default_sellers: FxHashMap<Tenant, SellerId>,
    pub(crate) products: Rows<ProductId, Product>,
    skus: FxHashMap<(Tenant, String), ProductId>,
    pub(crate) families: Rows<OrderId, Family>,
    order_names: FxHashMap<(Tenant, String), OrderId>,
    accounts: Rows<AccountId, Account>,
    accounts_asked: FxHashSet<AccountId>,
    pub(crate) idempotency: Rows<IdempotencyId, IdempotencyRecord>,
    answers: FxHashMap<Uuid, String>,
    new_answers: Vec<StoredAnswer>,
    released: Vec<Uuid>,
    /// Orders whose names others take.
    renamed: Vec<(OrderId, String)>,
    pub(crate) api_keys: Rows<ApiKeyId, ApiKey>,
    pub(crate) checkouts: Rows<CheckoutSessionId, CheckoutSession>,
    pub(crate) checkout_settings: Rows<Tenant, CheckoutSettings>,
    pub(crate) people: People,
    recorded: FxHashMap<Uuid, Vec<LedgerTransaction>>,
    ledger: Vec<LedgerTransaction>,
    entries: Vec<Entry>,
    events: Vec<EventRecord>,
    stock_movements: Vec<StockMovement>,
    mark: Mark,
}

/// How long the append-only lists were when the command under way began.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    ledger: usize,
    entries: usize,
    events: usize,
    stock_movements: usize,
    answers: usize,
    released: usize,
    renamed: usize,
    policies: usize,
}

impl Workset {
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            began: moment(),
            merchants: Rows::default(),
            policies: FxHashMap::default(),
            new_policies: Vec::new(),
            sellers: Rows::default(),
            default_sellers: FxHashMap::default(),
            products: Rows::default(),
            skus: FxHashMap::default(),
            families: Rows::default(),
            order_names: FxHashMap::default(),
            accounts: Rows::default(),
            accounts_asked: FxHashSet::default(),
            idempotency: Rows::default(),
            answers: FxHashMap::default(),
            new_answers: Vec::new(),
            released: Vec::new(),
            renamed: Vec::new(),
            api_keys: Rows::default(),
            checkouts: Rows::default(),
            checkout_settings: Rows::default(),
            people: People::default(),
            recorded: FxHashMap::default(),
            ledger: Vec::new(),
            entries: Vec::new(),
            events: Vec::new(),
            stock_movements: Vec::new(),
            mark: Mark::default(),
        }
    }

    /// From here on changes belong to the next command.
    pub fn begin(&mut self) {
        self.mark = Mark {
            ledger: self.ledger.len(),
            entries: self.entries.len(),
            events: self.events.len(),
            stock_movements: self.stock_movements.len(),
            answers: self.new_answers.len(),
            released: self.released.len(),
            renamed: self.renamed.len(),
            policies: self.new_policies.len(),
        };
        self.merchants.begin();
        self.sellers.begin();
        self.products.begin();
        self.families.begin();
        self.accounts.begin();
        self.idempotency.begin();
        self.api_keys.begin();
        self.checkouts.begin();
        self.checkout_settings.begin();
        self.people.begin();
    }

    /// Undoes everything since [`Workset::begin`].
    pub fn undo(&mut self) {
        self.ledger.truncate(self.mark.ledger);
        self.entries.truncate(self.mark.entries);
        self.events.truncate(self.mark.events);
        self.stock_movements.truncate(self.mark.stock_movements);
        self.new_answers.truncate(self.mark.answers);
        self.released.truncate(self.mark.released);
        self.renamed.truncate(self.mark.renamed);
        self.new_policies.truncate(self.mark.policies);
        self.merchants.undo();
        self.sellers.undo();
        self.products.undo();
        self.families.undo();
        self.accounts.undo();
        self.idempotency.undo();
        self.api_keys.undo();
        self.checkouts.undo();
        self.checkout_settings.undo();
        self.people.undo();
        self.forget_missing_names();
    }

    /// Names of rows that an undone command had made lead nowhere.
    fn forget_missing_names(&mut self) {
        let (products, families) = (&self.products, &self.families);
        self.skus.retain(|_, id| products.contains(id));
        self.order_names.retain(|_, id| families.contains(id));
        let sellers = &self.sellers;
        self.default_sellers.retain(|_, id| sellers.contains(id));
    }

    /// Business time of a tenant: real time, or its test clock's.
    pub fn business_now(&self, tenant: Tenant) -> Result<Timestamp, Problem> {
        Ok(self.merchant(tenant.merchant)?.clock(tenant.mode, self.now))
    }

    pub fn merchant(&self, id: MerchantId) -> Result<&Merchant, Problem> {
        self.merchants.get(&id).ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    /// The policies of a tenant, new ones of this batch included.
    #[must_use]
    pub fn policies(&self, tenant: Tenant) -> Vec<FeePolicy> {
        let loaded = self.policies.get(&tenant.merchant).into_iter().flatten();
        loaded.chain(&self.new_policies).filter(|policy| policy.tenant == tenant).cloned().collect()
    }

    pub fn insert_policy(&mut self, policy: FeePolicy) {
        self.new_policies.push(policy);
    }

    /// A tenant's own seller.
    pub fn seller(&self, tenant: Tenant, id: SellerId) -> Result<&Seller, Problem> {
        let seller = self.sellers.get(&id).filter(|seller| seller.tenant == tenant);
        seller.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    pub fn default_seller(&self, tenant: Tenant) -> Result<SellerId, Problem> {
        let id = self.default_sellers.get(&tenant).copied();
        id.ok_or_else(|| Problem::new(Code::NotFound).said("the merchant's default seller", "가맹점의 기본 판매자"))
    }

    pub fn insert_seller(&mut self, seller: Seller) {
        if seller.is_default {
            self.default_sellers.insert(seller.tenant, seller.id);
        }
        self.sellers.insert(seller.id, seller);
    }

    /// A tenant's own product.
    pub fn product(&self, tenant: Tenant, id: ProductId) -> Result<&Product, Problem> {
        let product = self.products.get(&id).filter(|product| product.tenant == tenant);
        product.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    /// A tenant's own product, to be changed: its version and time move on.
    pub fn product_mut(&mut self, tenant: Tenant, id: ProductId) -> Result<&mut Product, Problem> {
        let at = self.business_now(tenant)?;
        let product = self.products.edit(&id).filter(|product| product.tenant == tenant);
        let product = product.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))?;
        product.version += 1;
        product.updated_at = product.updated_at.max(at);
        Ok(product)
    }

    #[must_use]
    pub fn product_by_sku(&self, tenant: Tenant, sku: &str) -> Option<ProductId> {
        self.skus.get(&(tenant, sku.to_owned())).copied()
    }

    pub fn insert_product(&mut self, product: Product) {
        self.skus.insert((product.tenant, product.sku.clone()), product.id);
        self.products.insert(product.id, product);
    }

    #[must_use]
    pub fn order_by_name(&self, tenant: Tenant, merchant_order_id: &str) -> Option<OrderId> {
        let id = self.order_names.get(&(tenant, merchant_order_id.to_owned())).copied()?;
        // One that was renamed in this batch is no longer found by the name it had.
        self.families.get(&id).is_none_or(|family| family.order.merchant_order_id == merchant_order_id).then_some(id)
    }

    /// Gives an order another name, whose own another order takes.
    pub fn rename_order(&mut self, tenant: Tenant, id: OrderId, name: String) -> Result<(), Problem> {
        self.family_mut(tenant, id)?.order.merchant_order_id.clone_from(&name);
        self.order_names.insert((tenant, name.clone()), id);
        self.renamed.push((id, name));
        Ok(())
    }

    pub fn insert_family(&mut self, family: Family) {
        let name = (family.order.tenant, family.order.merchant_order_id.clone());
        self.order_names.insert(name, family.order.id);
        self.families.insert(family.order.id, family);
    }

    /// A tenant's own order with all that hangs on it.
    pub fn family(&self, tenant: Tenant, id: OrderId) -> Result<&Family, Problem> {
        let family = self.families.get(&id).filter(|family| family.order.tenant == tenant);
        family.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    /// The same, to be changed.
    pub fn family_mut(&mut self, tenant: Tenant, id: OrderId) -> Result<&mut Family, Problem> {
        let family = self.families.edit(&id).filter(|family| family.order.tenant == tenant);
        family.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    /// Notes what a claimed key came to nothing: it may be used again.
    pub fn release_key(&mut self, id: IdempotencyId) {
        if self.idempotency.get(&id).is_some() {
            self.released.push(id.uuid());
        }
    }

    /// Keeps an answer for whoever asks again, and says where.
    pub fn keep_answer(&mut self, body: String) -> Uuid {
        let id = new_id();
        self.new_answers.push(StoredAnswer { id, body });
        id
    }

    /// An answer that was kept: earlier, or in this batch.
    #[must_use]
    pub fn kept_answer(&self, id: Uuid) -> Option<&str> {
        let earlier = self.answers.get(&id).map(String::as_str);
        earlier.or_else(|| self.new_answers.iter().find(|answer| answer.id == id).map(|answer| answer.body.as_str()))
    }

    /// What an account holds now, in its posted layer. It must have been asked for, if it is to be more than 0.
    #[must_use]
    pub fn balance(&self, key: &AccountKey) -> i64 {
        self.accounts.get(&key.id()).map_or(0, |account| account.balance(Layer::Posted))
    }

    /// What is on its way to a payer's balance and may still arrive: top-ups that are in progress or unknown. Minor
    /// units.
    #[must_use]
    pub fn topping_up(&self, payer: PayerId, currency: Currency) -> i64 {
        let earlier = self.people.top_ups_of(payer).filter(|top_up| !self.families.contains(&top_up.order));
        let earlier = earlier.filter(|top_up| top_up.currency == currency).map(|top_up| top_up.amount);
        // Those of this batch, and what has become of them in it.
        let here = self.families.slots().map(|(_, slot)| &slot.value);
        let here = here.filter(|family| family.order.top_up_of == Some(payer) && family.order.currency == currency);
        let here = here.filter_map(|family| family.payment.as_ref());
        let here = here
            .filter(|payment| matches!(payment.status, PaymentStatus::InProgress | PaymentStatus::Unknown))
            .map(|payment| payment.amount);
        earlier.chain(here).sum()
    }

    /// A tenant's own checkout session.
    pub fn checkout(&self, tenant: Tenant, id: CheckoutSessionId) -> Result<&CheckoutSession, Problem> {
        let session = self.checkouts.get(&id).filter(|session| session.tenant == tenant);
        session.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))
    }

    /// The same, to be changed: its version moves on.
    pub fn checkout_mut(&mut self, tenant: Tenant, id: CheckoutSessionId) -> Result<&mut CheckoutSession, Problem> {
        let session = self.checkouts.edit(&id).filter(|session| session.tenant == tenant);
        let session = session.ok_or_else(|| Problem::new(Code::NotFound).detail(id.to_string()))?;
        session.version += 1;
        Ok(session)
    }

    /// What was posted for a payment, refund or attempt: earlier, and in this batch.
    #[must_use]
    pub fn posted_for(&self, source: Uuid) -> Vec<&LedgerTransaction> {
        let earlier = self.recorded.get(&source).into_iter().flatten();
        earlier.chain(self.ledger.iter().filter(|transaction| transaction.source_id == source)).collect()
    }

    /// Records a posting: entries, balances, versions.
    ///
    /// # Panics
    /// If it does not balance, or if one of its accounts was not asked for: both are defects of ours.
    pub fn post(&mut self, posting: &Posting) -> Result<LedgerTransactionId, Problem> {
        posting.assert_balanced();
        let id = LedgerTransactionId::from_uuid(new_id());
        for (number, line) in (0_i64..).zip(&posting.lines) {
            let account_id = line.account.id();
            assert!(self.accounts_asked.contains(&account_id), "a posting's accounts are asked for beforehand");
            if !self.accounts.contains(&account_id) {
                self.accounts.insert(account_id, Account::open(line.account));
            }
            let account = self.accounts.edit(&account_id).expect("the account is there or was just opened");
            let entry = post_line(account, line, id, number, self.now);
            let entry =
                entry.map_err(|error| Problem::new(Code::TooMany).said(error.to_string(), "금액이 너무 커요"))?;
            self.entries.push(entry);
        }
        self.ledger.push(LedgerTransaction {
            id,
            tenant: posting.tenant,
            kind: posting.kind,
            source_type: posting.source_type,
            source_id: posting.source_id,
            order: posting.order,
            currency: posting.currency,
            reverses: posting.reverses,
            posted_at: self.now,
        });
        Ok(id)
    }

    /// Records an event about an object as it is now.
    pub fn emit(&mut self, tenant: Tenant, kind: &str, object: String, version: i64, data: String) {
        self.events.push(EventRecord {
            id: EventId::from_uuid(new_id()),
            tenant,
            kind: kind.to_owned(),
            object,
            version,
            created_at: self.now,
            data,
        });
    }

    /// What the command under way has recorded about an object in its present version.
    #[must_use]
    pub fn told(&self, object: &str, version: i64) -> Option<&str> {
        let own = self.events.get(self.mark.events..)?;
        let event = own.iter().rfind(|event| event.object == object && event.version == version)?;
        Some(&event.data)
    }

    pub fn move_stock(
        &mut self,
        product: ProductId,
        kind: StockMovementKind,
        delta: i64,
        order: Option<OrderId>,
        reason: Option<String>,
    ) {
        let id = StockMovementId::from_uuid(new_id());
        let created_at = self.now;
        self.stock_movements.push(StockMovement { id, product, kind, delta, order, reason, created_at });
    }
}

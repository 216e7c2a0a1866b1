//! Products and their stock.

use steelyard_domain::{
    ProductId, Tenant,
    catalog::Product,
    stock::{Crossing, Stock, StockError, StockMovementKind},
};

use crate::{
    App,
    clock::new_id,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Code, Problem, success_body},
    request::{Call, NewProduct, ProductChange, Reply, StockChange},
    view::{ProductView, to_json},
    workset::{Needs, Workset},
};

const CREATE: &str = "POST /v1/products";
const CHANGE_STOCK: &str = "POST /v1/products/{id}/stock";

fn reply(product: &Product, call: &Call, status: u16) -> Reply {
    let body = success_body(&to_json(&ProductView::new(product)), call.language, &call.request_id);
    Reply { status, body, replayed: false }
}

/// What the stock says, in Korean.
pub(crate) fn in_korean(error: StockError) -> String {
    match error {
        StockError::Short { requested, available } => format!("요청 {requested}개, 남은 수량 {available}개"),
        StockError::BelowReserved { on_hand, reserved } => {
            format!("잡아 둔 수량 {reserved}개, 바꾸려는 재고 {on_hand}개")
        }
        StockError::TooMany { max } => format!("재고는 {max}개까지예요"),
    }
}

fn stock_problem(error: StockError) -> Problem {
    match error {
        StockError::Short { .. } => Problem::new(Code::OutOfStock).said(error.to_string(), in_korean(error)),
        StockError::BelowReserved { .. } => {
            Problem::new(Code::StockBelowReserved).said(error.to_string(), in_korean(error))
        }
        StockError::TooMany { .. } => Problem::new(Code::TooMany).said(error.to_string(), in_korean(error)),
    }
}

/// The warning goes out in the commit that crossed the threshold.
fn warn_if_low(workset: &mut Workset, tenant: Tenant, id: ProductId, crossing: Crossing) -> Result<(), Problem> {
    if crossing == Crossing::FellLow {
        let product = workset.product(tenant, id)?.clone();
        let data = to_json(&ProductView::new(&product));
        workset.emit(tenant, "product.lowStock", id.to_string(), product.version, data);
    }
    Ok(())
}

struct CreateProduct {
    call: Call,
    new: NewProduct,
}

impl Command for CreateProduct {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "createProduct"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, CREATE, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.sku(self.call.tenant, &self.new.sku);
        if let Some(seller) = self.new.seller {
            needs.seller(seller);
        }
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, CREATE)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        if let Some(there) = workset.product_by_sku(tenant, &self.new.sku) {
            return Err(Problem::new(Code::SkuExists).detail(there.to_string()).param("sku"));
        }
        if let Some(seller) = self.new.seller {
            workset.seller(tenant, seller).map_err(|problem| problem.param("sellerId"))?;
        }
        let now = workset.business_now(tenant)?;
        let mut stock = Stock::empty(self.new.threshold);
        stock.set_on_hand(self.new.on_hand).map_err(stock_problem)?;
        let product = Product {
            id: ProductId::from_uuid(new_id()),
            tenant,
            sku: self.new.sku.clone(),
            name: self.new.name.clone(),
            seller: self.new.seller,
            price: self.new.price,
            currency: self.new.currency,
            tax_free: self.new.tax_free,
            stock,
            metadata: self.new.metadata.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let reply = reply(&product, &self.call, 201);
        idempotency::finish(workset, &self.call, CREATE, key, product.id.uuid(), &reply);
        if self.new.on_hand > 0 {
            let reason = Some(String::from("first stock"));
            workset.move_stock(product.id, StockMovementKind::Adjustment, self.new.on_hand, None, reason);
        }
        workset.insert_product(product);
        Ok(reply)
    }
}

struct UpdateProduct {
    call: Call,
    product: ProductId,
    change: ProductChange,
}

impl Command for UpdateProduct {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "updateProduct"
    }

    fn needs(&self, needs: &mut Needs) {
        needs.merchant(self.call.tenant.merchant);
        needs.product(self.product);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let tenant = self.call.tenant;
        let product = workset.product_mut(tenant, self.product)?;
        let change = self.change.clone();
        let price_before = product.price;
        product.name = change.name.unwrap_or_else(|| product.name.clone());
        product.price = change.price.unwrap_or(product.price);
        product.tax_free = change.tax_free.unwrap_or(product.tax_free);
        product.metadata = change.metadata.or_else(|| product.metadata.take());
        let crossing = match change.threshold {
            Some(threshold) => product.stock.set_threshold(threshold),
            None => Crossing::None,
        };
        let changed = product.clone();
        if changed.price != price_before {
            let data = to_json(&ProductView::new(&changed));
            workset.emit(tenant, "product.priceChanged", changed.id.to_string(), changed.version, data);
            if crossing == Crossing::FellLow {
                // Every event of an object has a version of its own.
                workset.product_mut(tenant, self.product)?;
            }
        }
        warn_if_low(workset, tenant, self.product, crossing)?;
        Ok(reply(workset.product(tenant, self.product)?, &self.call, 200))
    }
}

struct ChangeStock {
    call: Call,
    product: ProductId,
    change: StockChange,
    reason: String,
}

impl Command for ChangeStock {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "changeStock"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, CHANGE_STOCK, needs);
        needs.merchant(self.call.tenant.merchant);
        needs.product(self.product);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, CHANGE_STOCK)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let tenant = self.call.tenant;
        let product = workset.product_mut(tenant, self.product)?;
        let before = product.stock.on_hand;
        let (wanted, param) = match self.change {
            StockChange::Delta(delta) => (before.saturating_add(delta), "delta"),
            StockChange::Set(on_hand) => (on_hand, "set"),
        };
        let crossing = product.stock.set_on_hand(wanted).map_err(|error| stock_problem(error).param(param))?;
        let delta = product.stock.on_hand - before;
        if delta != 0 {
            let reason = Some(self.reason.clone());
            workset.move_stock(self.product, StockMovementKind::Adjustment, delta, None, reason);
        }
        warn_if_low(workset, tenant, self.product, crossing)?;
        let reply = reply(workset.product(tenant, self.product)?, &self.call, 200);
        idempotency::finish(workset, &self.call, CHANGE_STOCK, key, self.product.uuid(), &reply);
        Ok(reply)
    }
}

impl App {
    pub async fn create_product(&self, call: Call, new: NewProduct) -> Result<Reply, Problem> {
        Ok(self.pipeline().submit(CreateProduct { call, new }).await?)
    }

    pub async fn update_product(&self, call: Call, id: ProductId, change: ProductChange) -> Result<Reply, Problem> {
        Ok(self.pipeline().submit(UpdateProduct { call, product: id, change }).await?)
    }

    pub async fn change_stock(
        &self,
        call: Call,
        id: ProductId,
        change: StockChange,
        reason: String,
    ) -> Result<Reply, Problem> {
        Ok(self.pipeline().submit(ChangeStock { call, product: id, change, reason }).await?)
    }
}

//! `POST /v1/sellers`

use steelyard_domain::{SellerId, seller::Seller};

use crate::{
    App,
    clock::new_id,
    idempotency::{self, Claimed},
    pipeline::Command,
    problem::{Problem, success_body},
    request::{Call, NewSeller, Reply},
    view::{SellerView, to_json},
    workset::{Needs, Workset},
};

const OPERATION: &str = "POST /v1/sellers";

struct CreateSeller {
    call: Call,
    new: NewSeller,
}

impl Command for CreateSeller {
    type Answer = Reply;

    fn name(&self) -> &'static str {
        "createSeller"
    }

    fn needs(&self, needs: &mut Needs) {
        idempotency::need(&self.call, OPERATION, needs);
        needs.merchant(self.call.tenant.merchant);
    }

    fn decide(&self, workset: &mut Workset) -> Result<Reply, Problem> {
        let key = match idempotency::look_up(workset, &self.call, OPERATION)? {
            Claimed::Replay(reply) => return Ok(reply),
            Claimed::New(key) => key,
        };
        let seller = Seller {
            id: SellerId::from_uuid(new_id()),
            tenant: self.call.tenant,
            name: self.new.name.clone(),
            kind: self.new.kind,
            withholding: self.new.withholding,
            bank: self.new.bank.clone(),
            account_number: self.new.account_number.clone(),
            account_holder: self.new.account_holder.clone(),
            is_default: false,
            created_at: workset.business_now(self.call.tenant)?,
        };
        let body = success_body(&to_json(&SellerView::new(&seller)), self.call.language, &self.call.request_id);
        let reply = Reply { status: 201, body, replayed: false };
        idempotency::finish(workset, &self.call, OPERATION, key, seller.id.uuid(), &reply);
        workset.insert_seller(seller);
        Ok(reply)
    }
}

impl App {
    pub async fn create_seller(&self, call: Call, new: NewSeller) -> Result<Reply, Problem> {
        Ok(self.pipeline().submit(CreateSeller { call, new }).await?)
    }
}

//! The OpenAPI document, as far as it is not made by the endpoints themselves.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::answer::RefusedAnswer;

/// Either will do.
pub(crate) const SECURITY_SCHEMES: [&str; 2] = ["bearer", "basic"];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Steelyard",
        version = "2026-11-01",
        description = "Payments, orders, stock, wallets and their double-entry ledger.\n\nEvery answer is \
            `{code, message, data, requestId}`; a refusal also has `error` and its `data` is null. Every code is \
            explained at [/docs/errors](/docs/errors). Send your key as `Authorization: Bearer sk_test_…`, and an \
            `Idempotency-Key` with everything that moves money. Amounts are integers in minor units; times are \
            RFC 3339. Lists take `limit` and `cursor` and are newest first.",
        license(name = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    tags(
        (name = "Orders", description = "What is sold, to whom, and the stock promised to it (주문)"),
        (name = "Payments", description = "One object with all its attempts (결제)"),
        (name = "Checkout", description = "Pages on which buyers pay, and how they look and are framed (결제창)"),
        (name = "Transactions", description = "One row for each movement of money: 결제, 취소, 환불"),
        (name = "Products", description = "Prices and stock (상품, 재고)"),
        (name = "Sellers", description = "Parties that receive money, and their wallets (판매자, 지갑)"),
        (name = "Gift cards", description = "Codes that become a payer's balance (기프트카드)"),
        (name = "Fee policies", description = "What a payment costs the merchant (수수료)"),
        (name = "Ledger", description = "Accounts and balanced transactions (원장)"),
        (name = "Events", description = "Everything that happened, in order (이벤트)"),
        (name = "Callbacks", description = "Notices of an acquirer: not for merchants (매입사 통보)"),
        (name = "API keys", description = "Credentials, their scopes and rotation (API 키)"),
        (name = "Test", description = "With test keys only"),
        (name = "Operation", description = "Health, metrics and this documentation"),
    ),
    components(schemas(RefusedAnswer)),
    modifiers(&Security),
)]
pub(crate) struct Base;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "`sk_test_…` or `sk_live_…`; `rk_…` with the scopes named at each operation; `pk_…` only where a browser \
             may ask: `payments:authenticate`.",
        ));
        let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some("The key as the user name."));
        components.add_security_scheme(SECURITY_SCHEMES[0], SecurityScheme::Http(bearer.build()));
        components.add_security_scheme(SECURITY_SCHEMES[1], SecurityScheme::Http(basic.build()));
    }
}

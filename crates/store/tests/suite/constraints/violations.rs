//! What breaks each constraint of the schema, and nothing else.

/// A copy of a good row with other values in some columns.
pub struct Violation {
    /// As PostgreSQL names it.
    pub constraint: &'static str,
    pub table: &'static str,
    pub with: &'static [(&'static str, &'static str)],
    /// Which row is copied, where it matters.
    pub only: &'static str,
}

impl Violation {
    /// Whether it refuses a row for what it holds, not for being there twice.
    pub fn is_rule(&self) -> bool {
        self.constraint.contains("_check") || self.constraint.ends_with("_fkey")
    }

    pub fn kind_on_sqlite(&self) -> &'static str {
        if self.constraint.ends_with("_fkey") {
            "FOREIGN KEY"
        } else if self.is_rule() {
            "CHECK"
        } else {
            "UNIQUE"
        }
    }
}

const fn broken(
    constraint: &'static str,
    table: &'static str,
    with: &'static [(&'static str, &'static str)],
) -> Violation {
    Violation { constraint, table, with, only: "" }
}

const fn of(only: &'static str, violation: Violation) -> Violation {
    Violation { only, ..violation }
}

const OTHER_MODE: &[(&str, &str)] = &[("mode", "'other'")];

pub static VIOLATIONS: [Violation; 187] = [
    broken("merchant_pkey", "merchant", &[]),
    broken("merchant_status_check", "merchant", &[("status", "'gone'")]),
    broken("merchant_test_clock_ahead_check", "merchant", &[("test_clock_ahead", "-1")]),
    broken("api_key_pkey", "api_key", &[]),
    broken("api_key_merchant_id_fkey", "api_key", &[("id", "NEW"), ("merchant_id", "NEW")]),
    broken("api_key_mode_check", "api_key", OTHER_MODE),
    broken("api_key_kind_check", "api_key", &[("kind", "'root'")]),
    broken("api_key_hash_check", "api_key", &[("hash", "substr(hash, 1, 31)")]),
    broken("api_key_rate_limit_check", "api_key", &[("rate_limit", "0")]),
    broken("seller_pkey", "seller", &[]),
    broken("seller_merchant_id_fkey", "seller", &[("id", "NEW"), ("merchant_id", "NEW")]),
    broken("seller_mode_check", "seller", OTHER_MODE),
    broken("seller_kind_check", "seller", &[("kind", "'club'")]),
    broken("seller_check", "seller", &[("withholding", "TRUE")]),
    // Two default sellers of one merchant and mode.
    broken("seller_default", "seller", &[("id", "NEW")]),
    broken("fee_policy_pkey", "fee_policy", &[]),
    broken("fee_policy_merchant_id_fkey", "fee_policy", &[("id", "NEW"), ("merchant_id", "NEW")]),
    broken("fee_policy_mode_check", "fee_policy", OTHER_MODE),
    broken("fee_policy_rate_check", "fee_policy", &[("rate", "1000001")]),
    broken("fee_policy_fixed_check", "fee_policy", &[("fixed", "-1")]),
    broken("fee_policy_refund_fee_check", "fee_policy", &[("refund_fee", "'double'")]),
    broken("product_pkey", "product", &[]),
    broken("product_merchant_id_fkey", "product", &[("id", "NEW"), ("merchant_id", "NEW")]),
    broken("product_seller_id_fkey", "product", &[("id", "NEW"), ("sku", "'new'"), ("seller_id", "NEW")]),
    broken("product_merchant_id_mode_sku_key", "product", &[("id", "NEW")]),
    broken("product_mode_check", "product", OTHER_MODE),
    broken("product_price_check", "product", &[("price", "-1")]),
    broken("product_reserved_check", "product", &[("reserved", "-1")]),
    broken("product_threshold_check", "product", &[("threshold", "-1")]),
    // More promised to orders than there is.
    broken("product_check", "product", &[("on_hand", "1"), ("reserved", "2")]),
    broken("stock_movement_pkey", "stock_movement", &[]),
    broken("stock_movement_kind_check", "stock_movement", &[("kind", "'theft'")]),
    broken("stock_movement_delta_check", "stock_movement", &[("delta", "0")]),
    broken("orders_pkey", "orders", &[]),
    broken("orders_merchant_id_mode_merchant_order_id_key", "orders", &[("id", "NEW")]),
    broken("orders_mode_check", "orders", OTHER_MODE),
    broken("orders_status_check", "orders", &[("status", "'lost'"), ("reservation", "'released'")]),
    broken("orders_reservation_check", "orders", &[("status", "'paid'"), ("reservation", "'lost'"), ("paid", "1")]),
    broken("orders_total_check", "orders", &[("total", "0")]),
    broken("orders_check", "orders", &[("tax_free", "total + 1")]),
    broken("orders_check1", "orders", &[("paid", "total + 1")]),
    broken("orders_check2", "orders", &[("returned", "1")]),
    // Stock is held by open orders and by no others.
    broken("orders_check3", "orders", &[("status", "'expired'")]),
    broken("orders_check4", "orders", &[("status", "'paid'"), ("reservation", "'consumed'")]),
    broken("order_line_pkey", "order_line", &[]),
    broken("order_line_kind_check", "order_line", &[("kind", "'gift'")]),
    broken("order_line_quantity_check", "order_line", &[("quantity", "0")]),
    broken("order_line_check1", "order_line", &[("unit_price", "-1")]),
    broken("order_line_check", "order_line", &[("returned_quantity", "quantity + 1")]),
    broken("order_line_check1", "order_line", &[("returned_amount", "quantity * unit_price + 1")]),
    broken("payment_pkey", "payment", &[]),
    // Two payments of one order.
    broken("payment_order_id_key", "payment", &[("id", "NEW")]),
    broken("payment_mode_check", "payment", OTHER_MODE),
    broken("payment_status_check", "payment", &[("status", "'lost'")]),
    broken("payment_capture_mode_check", "payment", &[("capture_mode", "'later'")]),
    broken("payment_card_bin_check", "payment", &[("card_bin", "'123456789'")]),
    broken("payment_card_last4_check", "payment", &[("card_last4", "'12345'")]),
    broken("payment_amount_check", "payment", &[("amount", "0")]),
    broken("payment_canceled_check", "payment", &[("canceled", "-1")]),
    broken("payment_refunded_check", "payment", &[("refunded", "-1")]),
    broken("payment_in_flight_check", "payment", &[("in_flight", "-1")]),
    broken("payment_check1", "payment", &[("fee", "-1")]),
    broken("payment_check2", "payment", &[("fee_vat", "-1")]),
    // More captured than was asked for.
    broken("payment_check", "payment", &[("captured", "amount + 1")]),
    broken("payment_check1", "payment", &[("fee_returned", "fee + 1")]),
    broken("payment_check2", "payment", &[("fee_vat_returned", "fee_vat + 1")]),
    // More given back than was captured, whatever it is made of.
    broken("payment_check3", "payment", &[("canceled", "1"), ("refunded", "1"), ("in_flight", "captured - 1")]),
    broken("payment_check4", "payment", &[("fee_vat", "amount - fee + 1")]),
    broken("payment_check5", "payment", &[("captured", "0")]),
    broken("attempt_pkey", "attempt", &[]),
    broken("attempt_mode_check", "attempt", OTHER_MODE),
    broken("attempt_operation_check", "attempt", &[("operation", "'guess'")]),
    broken("attempt_state_check", "attempt", &[("state", "'lost'")]),
    broken("attempt_amount_check", "attempt", &[("amount", "0")]),
    broken("attempt_resolution_step_check", "attempt", &[("resolution_step", "'hope'")]),
    // An open attempt that nobody would ever look at again.
    broken("attempt_check", "attempt", &[("state", "'unknown'")]),
    // One id of the acquirer's for two of ours.
    broken("attempt_acquirer", "attempt", &[("id", "NEW"), ("state", "'netCanceled'")]),
    // Two approved charges of one order.
    broken(
        "attempt_approved",
        "attempt",
        &[("id", "NEW"), ("operation", "'authorize'"), ("acquirer_transaction_id", "'another'")],
    ),
    broken("refund_pkey", "refund", &[]),
    broken("refund_mode_check", "refund", OTHER_MODE),
    broken("refund_kind_check", "refund", &[("kind", "'gift'")]),
    broken("refund_state_check", "refund", &[("state", "'lost'")]),
    broken("refund_amount_check", "refund", &[("amount", "0"), ("vat", "0")]),
    broken("refund_check", "refund", &[("tax_free", "amount + 1")]),
    broken("refund_check1", "refund", &[("vat", "amount + 1")]),
    broken("refund_fee_check", "refund", &[("fee", "-1")]),
    broken("refund_fee_vat_check", "refund", &[("fee_vat", "-1")]),
    broken("refund_part_pkey", "refund_part", &[]),
    broken("refund_part_quantity_check", "refund_part", &[("quantity", "-1")]),
    broken("refund_part_amount_check", "refund_part", &[("amount", "-1"), ("tax_free", "-1")]),
    broken("refund_part_check", "refund_part", &[("tax_free", "amount + 1")]),
    broken("movement_pkey", "movement", &[]),
    broken("movement_mode_check", "movement", OTHER_MODE),
    of("kind = 'refund'", broken("movement_kind_check", "movement", &[("kind", "'gift'")])),
    broken("movement_status_check", "movement", &[("status", "'lost'")]),
    // Money that goes the wrong way, and a return of nothing in particular.
    of("kind = 'payment'", broken("movement_check", "movement", &[("amount", "-1")])),
    of("kind = 'refund'", broken("movement_check1", "movement", &[("refund_id", "NULL")])),
    broken("account_pkey", "account", &[]),
    broken("account_merchant_id_mode_code_owner_currency_key", "account", &[("id", "NEW")]),
    broken("account_mode_check", "account", OTHER_MODE),
    broken("account_debits_posted_check", "account", &[("debits_posted", "-1")]),
    broken("account_credits_posted_check", "account", &[("credits_posted", "-1")]),
    broken("account_debits_pending_check", "account", &[("debits_pending", "-1")]),
    broken("account_credits_pending_check", "account", &[("credits_pending", "-1")]),
    // A payer's balance below zero.
    broken("account_check", "account", &[("code", "'payerBalance'"), ("credits_posted", "1"), ("debits_posted", "2")]),
    broken("ledger_transaction_id_key", "ledger_transaction", &[("source_id", "NEW"), ("reverses", "NULL")]),
    broken("ledger_transaction_mode_check", "ledger_transaction", OTHER_MODE),
    // A second transaction of one source and kind, and a second reversal.
    broken(
        "ledger_transaction_source_id_source_type_kind_key",
        "ledger_transaction",
        &[("id", "NEW"), ("reverses", "NULL")],
    ),
    broken("ledger_transaction_reverses", "ledger_transaction", &[("id", "NEW"), ("source_id", "NEW")]),
    broken("entry_pkey", "entry", &[("account_id", "NEW")]),
    broken("entry_side_check", "entry", &[("side", "'left'")]),
    broken("entry_layer_check", "entry", &[("layer", "'planned'")]),
    broken("entry_amount_check", "entry", &[("amount", "0")]),
    broken("entry_account_version_check", "entry", &[("account_version", "0")]),
    // One version of an account twice.
    broken("entry_account_id_account_version_key", "entry", &[("transaction_id", "NEW")]),
    broken("event_mode_check", "event", OTHER_MODE),
    broken("event_position_pkey", "event_position", &[("seq", "seq + 1")]),
    broken("event_position_seq_key", "event_position", &[("position", "position + 1")]),
    broken("event_position_position_check", "event_position", &[("position", "0")]),
    broken("ledger_seal_pkey", "ledger_seal", &[("transaction_id", "NEW")]),
    broken("ledger_seal_transaction_id_key", "ledger_seal", &[("position", "2")]),
    broken("ledger_seal_position_check", "ledger_seal", &[("position", "0")]),
    broken("ledger_seal_previous_hash_check", "ledger_seal", &[("previous_hash", "substr(previous_hash, 1, 31)")]),
    broken("ledger_seal_hash_check", "ledger_seal", &[("hash", "substr(hash, 1, 31)")]),
    broken("idempotency_pkey", "idempotency", &[]),
    broken("idempotency_mode_check", "idempotency", OTHER_MODE),
    broken("idempotency_request_hash_check", "idempotency", &[("request_hash", "substr(request_hash, 1, 31)")]),
    broken(
        "idempotency_state_check",
        "idempotency",
        &[("state", "'lost'"), ("status", "NULL"), ("answer_id", "NULL"), ("completed_at", "NULL")],
    ),
    // An answer that is done and not there.
    broken("idempotency_check", "idempotency", &[("answer_id", "NULL")]),
    broken("answer_pkey", "answer", &[]),
    broken("payment_rollup_pkey", "payment_rollup", &[]),
    broken("movement_rollup_pkey", "movement_rollup", &[]),
    broken("commit_marker_pkey", "commit_marker", &[]),
    broken("server_secret_pkey", "server_secret", &[]),
    broken("payer_pkey", "payer", &[("email", "'other'")]),
    // An e-mail of another payer of the mode.
    broken("payer_mode_email_key", "payer", &[("id", "NEW")]),
    broken("payer_mode_check", "payer", OTHER_MODE),
    broken("payer_pin_failures_check", "payer", &[("pin_failures", "-1")]),
    broken("payer_sign_in_failures_check", "payer", &[("sign_in_failures", "-1")]),
    broken("payer_session_pkey", "payer_session", &[]),
    broken("payer_session_id_check", "payer_session", &[("id", "substr(id, 1, 31)")]),
    broken("payer_session_payer_id_fkey", "payer_session", &[("id", "HASH"), ("payer_id", "NEW")]),
    broken("payer_session_check", "payer_session", &[("expires_at", "created_at")]),
    broken("vault_card_pkey", "vault_card", &[]),
    broken("vault_card_payer_id_fkey", "vault_card", &[("id", "NEW"), ("payer_id", "NEW")]),
    broken("vault_card_mode_check", "vault_card", OTHER_MODE),
    broken("vault_card_bin_check", "vault_card", &[("bin", "'424242424'")]),
    broken("vault_card_last4_check", "vault_card", &[("last4", "'42424'")]),
    broken("vault_card_expiry_month_check", "vault_card", &[("expiry_month", "13")]),
    broken("vault_card_expiry_year_check", "vault_card", &[("expiry_year", "49")]),
    broken("vault_card_key_version_check", "vault_card", &[("key_version", "0")]),
    // A nonce and a tag, and nothing between them.
    broken("vault_card_sealed_check", "vault_card", &[("sealed", "substr(sealed, 1, 28)")]),
    // Removed, and still there to be charged.
    broken("vault_card_check", "vault_card", &[("removed_at", "created_at")]),
    broken("gift_card_pkey", "gift_card", &[("code_hash", "HASH")]),
    broken("gift_card_code_hash_key", "gift_card", &[("id", "NEW")]),
    broken("gift_card_code_hash_check", "gift_card", &[("code_hash", "substr(code_hash, 1, 31)")]),
    broken("gift_card_merchant_id_fkey", "gift_card", &[("id", "NEW"), ("merchant_id", "NEW"), ("code_hash", "HASH")]),
    broken("gift_card_mode_check", "gift_card", OTHER_MODE),
    broken("gift_card_kind_check", "gift_card", &[("kind", "'lent'")]),
    of("state = 'issued'", broken("gift_card_state_check", "gift_card", &[("state", "'lost'")])),
    broken("gift_card_amount_check", "gift_card", &[("amount", "0")]),
    of(
        "state = 'redeemed'",
        broken(
            "gift_card_redeemed_by_fkey",
            "gift_card",
            &[("id", "NEW"), ("code_hash", "HASH"), ("redeemed_by", "NEW")],
        ),
    ),
    of("state = 'redeemed'", broken("gift_card_check", "gift_card", &[("redeemed_by", "NULL")])),
    of("state = 'redeemed'", broken("gift_card_check1", "gift_card", &[("redeemed_at", "NULL")])),
    // Over, though it never ends.
    of("state = 'issued'", broken("gift_card_check2", "gift_card", &[("state", "'expired'")])),
    broken("checkout_session_pkey", "checkout_session", &[]),
    broken("checkout_session_mode_check", "checkout_session", OTHER_MODE),
    broken("checkout_session_purpose_check", "checkout_session", &[("purpose", "'browse'")]),
    broken("checkout_session_status_check", "checkout_session", &[("status", "'paid'")]),
    broken("checkout_session_locale_check", "checkout_session", &[("locale", "'de'")]),
    broken("checkout_session_match_from_check", "checkout_session", &[("match_from", "-1")]),
    broken("checkout_session_extensions_check", "checkout_session", &[("extensions", "-1")]),
    // A seventh.
    broken("checkout_session_extensions_check", "checkout_session", &[("extensions", "7")]),
    broken("checkout_session_qr_short_code_check", "checkout_session", &[("qr_short_code", "'4827193'")]),
    broken("checkout_session_qr_match_number_check", "checkout_session", &[("qr_match_number", "9")]),
    broken("checkout_session_qr_match_number_check", "checkout_session", &[("qr_match_number", "100")]),
    // A code without its digits, and one that never ends.
    broken("checkout_session_check", "checkout_session", &[("qr_short_code", "NULL")]),
    broken("checkout_session_check1", "checkout_session", &[("qr_expires_at", "NULL")]),
    // A payer who is not shown, one who stays for ever, and one who scanned nothing.
    broken("checkout_session_check2", "checkout_session", &[("payer_label", "NULL")]),
    broken("checkout_session_check2", "checkout_session", &[("payer_until", "NULL")]),
    broken(
        "checkout_session_check2",
        "checkout_session",
        &[("qr_generation", "NULL"), ("qr_short_code", "NULL"), ("qr_expires_at", "NULL")],
    ),
    broken("checkout_session_check3", "checkout_session", &[("status", "'completed'")]),
    broken("checkout_settings_pkey", "checkout_settings", &[]),
    broken("checkout_settings_mode_check", "checkout_settings", OTHER_MODE),
    broken("checkout_settings_match_from_check", "checkout_settings", &[("match_from", "-1")]),
    broken("used_ticket_pkey", "used_ticket", &[]),
    broken("notice_pkey", "notice", &[]),
];

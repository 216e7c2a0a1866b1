-- The money path: tenants, catalog, orders, payments, ledger, events. Times are microseconds UTC, money minor units.

CREATE TABLE merchant (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    connector TEXT NOT NULL,
    test_clock_ahead BIGINT NOT NULL CHECK (test_clock_ahead >= 0),
    created_at BIGINT NOT NULL
);

CREATE TABLE api_key (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    kind TEXT NOT NULL CHECK (kind IN ('secret', 'publishable', 'restricted')),
    scopes TEXT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    hint TEXT NOT NULL,
    api_version TEXT NOT NULL,
    rate_limit BIGINT CHECK (rate_limit > 0),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    rotated_to UUID
);
CREATE INDEX api_key_tenant ON api_key (merchant_id, mode, created_at, id);

CREATE TABLE seller (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('business', 'individual')),
    withholding BOOLEAN NOT NULL CHECK (NOT withholding OR kind = 'individual'),
    bank TEXT,
    account_number TEXT,
    account_holder TEXT,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX seller_tenant ON seller (merchant_id, mode, created_at, id);
CREATE UNIQUE INDEX seller_default ON seller (merchant_id, mode) WHERE is_default;

CREATE TABLE fee_policy (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    rate BIGINT NOT NULL CHECK (rate BETWEEN 0 AND 1000000),
    fixed BIGINT NOT NULL CHECK (fixed >= 0),
    refund_fee TEXT NOT NULL CHECK (refund_fee IN ('proportional', 'keep')),
    method TEXT,
    effective_from BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX fee_policy_tenant ON fee_policy (merchant_id, mode, effective_from, id);

CREATE TABLE product (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    seller_id UUID REFERENCES seller (id),
    price BIGINT NOT NULL CHECK (price >= 0),
    currency TEXT NOT NULL,
    tax_free BOOLEAN NOT NULL,
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL CHECK (reserved >= 0),
    threshold BIGINT CHECK (threshold >= 0),
    low BOOLEAN NOT NULL,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (on_hand >= reserved),
    UNIQUE (merchant_id, mode, sku)
);
CREATE INDEX product_tenant ON product (merchant_id, mode, created_at, id);

CREATE TABLE orders (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    merchant_order_id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('open', 'paid', 'partiallyRefunded', 'refunded', 'canceled', 'expired')),
    reservation TEXT NOT NULL CHECK (reservation IN ('held', 'consumed', 'released')),
    currency TEXT NOT NULL,
    total BIGINT NOT NULL CHECK (total > 0),
    tax_free BIGINT NOT NULL CHECK (tax_free BETWEEN 0 AND total),
    paid BIGINT NOT NULL CHECK (paid BETWEEN 0 AND total),
    returned BIGINT NOT NULL CHECK (returned BETWEEN 0 AND paid),
    buyer_name TEXT,
    buyer_email TEXT,
    buyer_phone TEXT,
    cancel_reason TEXT,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((reservation = 'held') = (status = 'open')),
    CHECK (status NOT IN ('paid', 'partiallyRefunded', 'refunded') OR paid > 0),
    UNIQUE (merchant_id, mode, merchant_order_id)
) WITH (fillfactor = 80);
CREATE INDEX orders_tenant ON orders (merchant_id, mode, created_at, id);
CREATE INDEX orders_open ON orders (expires_at) WHERE status = 'open';

CREATE TABLE order_line (
    order_id UUID NOT NULL,
    position BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('product', 'shipping')),
    seller_id UUID NOT NULL,
    product_id UUID,
    name TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
    tax_free BOOLEAN NOT NULL,
    returned_quantity BIGINT NOT NULL CHECK (returned_quantity BETWEEN 0 AND quantity),
    returned_amount BIGINT NOT NULL CHECK (returned_amount BETWEEN 0 AND quantity * unit_price),
    returned_vat BIGINT NOT NULL,
    returned_fee BIGINT NOT NULL,
    returned_fee_vat BIGINT NOT NULL,
    PRIMARY KEY (order_id, position)
);
CREATE INDEX order_line_seller ON order_line (seller_id, order_id);

CREATE TABLE payment (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id UUID NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN (
        'ready', 'inProgress', 'unknown', 'waitingForDeposit', 'authorized', 'captured', 'partiallyCanceled',
        'canceled', 'partiallyRefunded', 'refunded', 'expired', 'failed')),
    connector TEXT NOT NULL,
    method TEXT NOT NULL,
    card_brand TEXT,
    card_issuer TEXT,
    card_bin TEXT CHECK (length(card_bin) <= 8),
    card_last4 TEXT CHECK (length(card_last4) = 4),
    installment_months BIGINT,
    capture_mode TEXT NOT NULL CHECK (capture_mode IN ('auto', 'manual')),
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    captured BIGINT NOT NULL CHECK (captured BETWEEN 0 AND amount),
    canceled BIGINT NOT NULL CHECK (canceled >= 0),
    refunded BIGINT NOT NULL CHECK (refunded >= 0),
    in_flight BIGINT NOT NULL CHECK (in_flight >= 0),
    fee_policy_id UUID NOT NULL,
    fee_rate BIGINT NOT NULL,
    fee_fixed BIGINT NOT NULL,
    refund_fee TEXT NOT NULL,
    fee BIGINT NOT NULL CHECK (fee >= 0),
    fee_vat BIGINT NOT NULL CHECK (fee_vat >= 0),
    fee_returned BIGINT NOT NULL CHECK (fee_returned BETWEEN 0 AND fee),
    fee_vat_returned BIGINT NOT NULL CHECK (fee_vat_returned BETWEEN 0 AND fee_vat),
    approval_number TEXT,
    acquirer_transaction_id TEXT,
    failure_code TEXT,
    failure_decline_code TEXT,
    failure_message TEXT,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    approved_at BIGINT,
    captured_at BIGINT,
    authorized_until BIGINT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (canceled + refunded + in_flight <= captured),
    CHECK (fee + fee_vat <= amount),
    CHECK (status NOT IN ('captured', 'partiallyCanceled', 'partiallyRefunded', 'refunded') OR captured > 0)
) WITH (fillfactor = 80);
CREATE INDEX payment_tenant ON payment (merchant_id, mode, created_at, id);
-- Most payments end captured; the index of the others stays small, and so does its upkeep.
CREATE INDEX payment_status ON payment (merchant_id, mode, status, created_at, id) WHERE status <> 'captured';
CREATE INDEX payment_method ON payment (merchant_id, mode, method, created_at, id) WHERE method <> 'card';
CREATE INDEX payment_authorized ON payment (authorized_until) WHERE status = 'authorized';

CREATE TABLE attempt (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    refund_id UUID,
    connector TEXT NOT NULL,
    operation TEXT NOT NULL
        CHECK (operation IN ('authorize', 'purchase', 'capture', 'void', 'cancel', 'refund')),
    state TEXT NOT NULL CHECK (state IN (
        'created', 'sent', 'abandoned', 'approved', 'declined', 'notSent', 'unknown', 'netCanceled')),
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    authentication TEXT,
    acquirer_transaction_id TEXT,
    approval_number TEXT,
    code TEXT,
    message TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    answered_at BIGINT,
    resolution_step TEXT NOT NULL CHECK (resolution_step IN ('inquire', 'netCancel')),
    checks BIGINT NOT NULL,
    not_found BIGINT NOT NULL,
    next_check_at BIGINT,
    idempotency_id UUID,
    version BIGINT NOT NULL,
    CHECK (state NOT IN ('sent', 'unknown') OR (sent_at IS NOT NULL AND next_check_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX attempt_order ON attempt (order_id);
CREATE INDEX attempt_open ON attempt (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE UNIQUE INDEX attempt_acquirer ON attempt (connector, acquirer_transaction_id)
    WHERE acquirer_transaction_id IS NOT NULL;
-- At most one approval of an order counts.
CREATE UNIQUE INDEX attempt_approved ON attempt (order_id)
    WHERE state = 'approved' AND operation IN ('authorize', 'purchase');

CREATE TABLE refund (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    attempt_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'refund')),
    state TEXT NOT NULL CHECK (state IN ('requested', 'sent', 'succeeded', 'declined', 'unknown')),
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    tax_free BIGINT NOT NULL CHECK (tax_free BETWEEN 0 AND amount),
    vat BIGINT NOT NULL CHECK (vat BETWEEN 0 AND amount),
    fee BIGINT NOT NULL CHECK (fee >= 0),
    fee_vat BIGINT NOT NULL CHECK (fee_vat >= 0),
    restock BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    decline_code TEXT,
    idempotency_id UUID,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX refund_order ON refund (order_id);

CREATE TABLE refund_part (
    refund_id UUID NOT NULL,
    order_line_id UUID NOT NULL,
    order_id UUID NOT NULL,
    seller_id UUID NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    tax_free BIGINT NOT NULL CHECK (tax_free BETWEEN 0 AND amount),
    vat BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    fee_vat BIGINT NOT NULL,
    PRIMARY KEY (refund_id, order_line_id)
);
CREATE INDEX refund_part_order ON refund_part (order_id);

CREATE TABLE movement (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id UUID NOT NULL,
    payment_id UUID NOT NULL,
    refund_id UUID,
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'cancel', 'refund')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'done', 'declined')),
    method TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    CHECK ((kind = 'payment') = (amount > 0)),
    CHECK ((kind = 'payment') = (refund_id IS NULL))
);
CREATE INDEX movement_tenant ON movement (merchant_id, mode, occurred_at, id);
CREATE INDEX movement_rare ON movement (merchant_id, mode, kind, occurred_at, id) WHERE kind <> 'payment';
CREATE INDEX movement_payment ON movement (payment_id);

CREATE TABLE stock_movement (
    id UUID NOT NULL PRIMARY KEY,
    product_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'return', 'adjustment')),
    delta BIGINT NOT NULL CHECK (delta <> 0),
    order_id UUID,
    reason TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX stock_movement_product ON stock_movement (product_id, id);

CREATE TABLE account (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    code TEXT NOT NULL,
    owner TEXT NOT NULL,
    currency TEXT NOT NULL,
    debits_posted BIGINT NOT NULL CHECK (debits_posted >= 0),
    credits_posted BIGINT NOT NULL CHECK (credits_posted >= 0),
    debits_pending BIGINT NOT NULL CHECK (debits_pending >= 0),
    credits_pending BIGINT NOT NULL CHECK (credits_pending >= 0),
    version BIGINT NOT NULL,
    last_posted_at BIGINT NOT NULL,
    CHECK (code <> 'payerBalance' OR credits_posted >= debits_posted),
    UNIQUE (merchant_id, mode, code, owner, currency)
) WITH (fillfactor = 80);

CREATE TABLE ledger_transaction (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    kind TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source_id UUID NOT NULL,
    order_id UUID NOT NULL,
    currency TEXT NOT NULL,
    reverses UUID,
    posted_at BIGINT NOT NULL,
    UNIQUE (source_id, source_type, kind)
);
CREATE UNIQUE INDEX ledger_transaction_reverses ON ledger_transaction (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_transaction_tenant ON ledger_transaction (merchant_id, mode, seq);

CREATE TABLE entry (
    transaction_id UUID NOT NULL,
    number BIGINT NOT NULL,
    account_id UUID NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
    layer TEXT NOT NULL CHECK (layer IN ('pending', 'posted')),
    amount BIGINT NOT NULL CHECK (amount > 0),
    account_version BIGINT NOT NULL CHECK (account_version > 0),
    posted_balance_after BIGINT NOT NULL,
    pending_balance_after BIGINT NOT NULL,
    posted_at BIGINT NOT NULL,
    PRIMARY KEY (transaction_id, number),
    UNIQUE (account_id, account_version)
);

CREATE TABLE event (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX event_tenant ON event (merchant_id, mode, seq);

CREATE TABLE ledger_seal (
    position BIGINT NOT NULL PRIMARY KEY CHECK (position > 0),
    transaction_id UUID NOT NULL UNIQUE,
    previous_hash BYTEA NOT NULL CHECK (length(previous_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

-- The id is derived from tenant, operation and key, so it is the natural key.
CREATE TABLE idempotency (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL CHECK (length(request_hash) = 32),
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    object_id UUID,
    status BIGINT,
    answer_id UUID,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    CHECK ((state = 'done') = (status IS NOT NULL AND answer_id IS NOT NULL AND completed_at IS NOT NULL))
);
-- Apart from their keys: a key is written twice, and a row that grows moves its neighbours.
CREATE TABLE answer (
    id UUID NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE INDEX idempotency_running ON idempotency (created_at) WHERE state = 'running';
CREATE INDEX idempotency_done ON idempotency (created_at) WHERE state = 'done';

-- Sums that lists show, kept by the commits themselves. Days are Asia/Seoul, counted from 1970.
CREATE TABLE payment_rollup (
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL,
    day BIGINT NOT NULL,
    status TEXT NOT NULL,
    method TEXT NOT NULL,
    currency TEXT NOT NULL,
    count BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    net BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, mode, day, status, method, currency)
) WITH (fillfactor = 80);

CREATE TABLE movement_rollup (
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    method TEXT NOT NULL,
    currency TEXT NOT NULL,
    count BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, mode, day, kind, status, method, currency)
) WITH (fillfactor = 80);

-- One row per committed batch: after a connection lost at COMMIT, it says whether the commit took place.
CREATE TABLE commit_marker (
    batch_id UUID NOT NULL PRIMARY KEY,
    committed_at BIGINT NOT NULL
);
CREATE INDEX commit_marker_age ON commit_marker (committed_at);

CREATE TABLE server_secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- A number drawn from a sequence is not a place in commit order: one leader appends places here.
CREATE TABLE event_position (
    position BIGINT NOT NULL PRIMARY KEY CHECK (position > 0),
    seq BIGINT NOT NULL UNIQUE
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER fee_policy_is_never_changed BEFORE UPDATE OR DELETE ON fee_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fee_policy_is_never_emptied BEFORE TRUNCATE ON fee_policy
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER stock_movement_is_never_changed BEFORE UPDATE OR DELETE ON stock_movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movement_is_never_emptied BEFORE TRUNCATE ON stock_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ledger_transaction_is_never_changed BEFORE UPDATE OR DELETE ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_transaction_is_never_emptied BEFORE TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OR DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_is_never_emptied BEFORE TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ledger_seal_is_never_changed BEFORE UPDATE OR DELETE ON ledger_seal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_seal_is_never_emptied BEFORE TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER event_position_is_never_changed BEFORE UPDATE OR DELETE ON event_position
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_position_is_never_emptied BEFORE TRUNCATE ON event_position
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER refund_part_is_never_changed BEFORE UPDATE OR DELETE ON refund_part
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refund_part_is_never_emptied BEFORE TRUNCATE ON refund_part
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The money path: tenants, catalog, orders, payments, ledger, events. Times are microseconds UTC, money minor units.
-- A CHECK compares one value after another: for an IN of three or more, SQLite fills a table anew at every statement.

CREATE TABLE merchant (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    connector TEXT NOT NULL,
    test_clock_ahead INTEGER NOT NULL CHECK (test_clock_ahead >= 0),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    kind TEXT NOT NULL CHECK (kind = 'secret' OR kind = 'publishable' OR kind = 'restricted'),
    scopes TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    hint TEXT NOT NULL,
    api_version TEXT NOT NULL,
    rate_limit INTEGER CHECK (rate_limit > 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    rotated_to BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_tenant ON api_key (merchant_id, mode, created_at, id);

CREATE TABLE seller (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('business', 'individual')),
    withholding INTEGER NOT NULL CHECK (NOT withholding OR kind = 'individual'),
    bank TEXT,
    account_number TEXT,
    account_holder TEXT,
    is_default INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seller_tenant ON seller (merchant_id, mode, created_at, id);
CREATE UNIQUE INDEX seller_default ON seller (merchant_id, mode) WHERE is_default;

CREATE TABLE fee_policy (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    rate INTEGER NOT NULL CHECK (rate BETWEEN 0 AND 1000000),
    fixed INTEGER NOT NULL CHECK (fixed >= 0),
    refund_fee TEXT NOT NULL CHECK (refund_fee IN ('proportional', 'keep')),
    method TEXT,
    effective_from INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX fee_policy_tenant ON fee_policy (merchant_id, mode, effective_from, id);

CREATE TABLE product (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    seller_id BLOB REFERENCES seller (id),
    price INTEGER NOT NULL CHECK (price >= 0),
    currency TEXT NOT NULL,
    tax_free INTEGER NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    threshold INTEGER CHECK (threshold >= 0),
    low INTEGER NOT NULL,
    metadata TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CHECK (on_hand >= reserved),
    UNIQUE (merchant_id, mode, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_tenant ON product (merchant_id, mode, created_at, id);

CREATE TABLE orders (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    merchant_order_id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL
        CHECK (status = 'open' OR status = 'paid' OR status = 'partiallyRefunded' OR status = 'refunded'
        OR status = 'canceled' OR status = 'expired'),
    reservation TEXT NOT NULL CHECK (reservation = 'held' OR reservation = 'consumed' OR reservation = 'released'),
    currency TEXT NOT NULL,
    total INTEGER NOT NULL CHECK (total > 0),
    tax_free INTEGER NOT NULL CHECK (tax_free BETWEEN 0 AND total),
    paid INTEGER NOT NULL CHECK (paid BETWEEN 0 AND total),
    returned INTEGER NOT NULL CHECK (returned BETWEEN 0 AND paid),
    buyer_name TEXT,
    buyer_email TEXT,
    buyer_phone TEXT,
    cancel_reason TEXT,
    metadata TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((reservation = 'held') = (status = 'open')),
    CHECK ((status <> 'paid' AND status <> 'partiallyRefunded' AND status <> 'refunded') OR paid > 0),
    UNIQUE (merchant_id, mode, merchant_order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_tenant ON orders (merchant_id, mode, created_at, id);
CREATE INDEX orders_open ON orders (expires_at) WHERE status = 'open';

CREATE TABLE order_line (
    order_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('product', 'shipping')),
    seller_id BLOB NOT NULL,
    product_id BLOB,
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
    tax_free INTEGER NOT NULL,
    returned_quantity INTEGER NOT NULL CHECK (returned_quantity BETWEEN 0 AND quantity),
    returned_amount INTEGER NOT NULL CHECK (returned_amount BETWEEN 0 AND quantity * unit_price),
    returned_vat INTEGER NOT NULL,
    returned_fee INTEGER NOT NULL,
    returned_fee_vat INTEGER NOT NULL,
    PRIMARY KEY (order_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_line_seller ON order_line (seller_id, order_id);

CREATE TABLE payment (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id BLOB NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status = 'ready' OR status = 'inProgress' OR status = 'unknown'
        OR status = 'waitingForDeposit' OR status = 'authorized' OR status = 'captured'
        OR status = 'partiallyCanceled' OR status = 'canceled' OR status = 'partiallyRefunded' OR status = 'refunded'
        OR status = 'expired' OR status = 'failed'),
    connector TEXT NOT NULL,
    method TEXT NOT NULL,
    card_brand TEXT,
    card_issuer TEXT,
    card_bin TEXT CHECK (length(card_bin) <= 8),
    card_last4 TEXT CHECK (length(card_last4) = 4),
    installment_months INTEGER,
    capture_mode TEXT NOT NULL CHECK (capture_mode IN ('auto', 'manual')),
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    captured INTEGER NOT NULL CHECK (captured BETWEEN 0 AND amount),
    canceled INTEGER NOT NULL CHECK (canceled >= 0),
    refunded INTEGER NOT NULL CHECK (refunded >= 0),
    in_flight INTEGER NOT NULL CHECK (in_flight >= 0),
    fee_policy_id BLOB NOT NULL,
    fee_rate INTEGER NOT NULL,
    fee_fixed INTEGER NOT NULL,
    refund_fee TEXT NOT NULL,
    fee INTEGER NOT NULL CHECK (fee >= 0),
    fee_vat INTEGER NOT NULL CHECK (fee_vat >= 0),
    fee_returned INTEGER NOT NULL CHECK (fee_returned BETWEEN 0 AND fee),
    fee_vat_returned INTEGER NOT NULL CHECK (fee_vat_returned BETWEEN 0 AND fee_vat),
    approval_number TEXT,
    acquirer_transaction_id TEXT,
    failure_code TEXT,
    failure_decline_code TEXT,
    failure_message TEXT,
    metadata TEXT,
    created_at INTEGER NOT NULL,
    approved_at INTEGER,
    captured_at INTEGER,
    authorized_until INTEGER,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CHECK (canceled + refunded + in_flight <= captured),
    CHECK (fee + fee_vat <= amount),
    CHECK ((status <> 'captured' AND status <> 'partiallyCanceled' AND status <> 'partiallyRefunded'
        AND status <> 'refunded') OR captured > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_tenant ON payment (merchant_id, mode, created_at, id);
-- Most payments end captured; the index of the others stays small, and so does its upkeep.
CREATE INDEX payment_status ON payment (merchant_id, mode, status, created_at, id) WHERE status <> 'captured';
CREATE INDEX payment_method ON payment (merchant_id, mode, method, created_at, id) WHERE method <> 'card';
CREATE INDEX payment_authorized ON payment (authorized_until) WHERE status = 'authorized';

CREATE TABLE attempt (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    refund_id BLOB,
    connector TEXT NOT NULL,
    operation TEXT NOT NULL
        CHECK (operation = 'authorize' OR operation = 'purchase' OR operation = 'capture' OR operation = 'void'
        OR operation = 'cancel' OR operation = 'refund'),
    state TEXT NOT NULL CHECK (state = 'created' OR state = 'sent' OR state = 'abandoned' OR state = 'approved'
        OR state = 'declined' OR state = 'notSent' OR state = 'unknown' OR state = 'netCanceled'),
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    authentication TEXT,
    acquirer_transaction_id TEXT,
    approval_number TEXT,
    code TEXT,
    message TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    answered_at INTEGER,
    resolution_step TEXT NOT NULL CHECK (resolution_step IN ('inquire', 'netCancel')),
    checks INTEGER NOT NULL,
    not_found INTEGER NOT NULL,
    next_check_at INTEGER,
    idempotency_id BLOB,
    version INTEGER NOT NULL,
    CHECK (state NOT IN ('sent', 'unknown') OR (sent_at IS NOT NULL AND next_check_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_order ON attempt (order_id);
CREATE INDEX attempt_open ON attempt (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE UNIQUE INDEX attempt_acquirer ON attempt (connector, acquirer_transaction_id)
    WHERE acquirer_transaction_id IS NOT NULL;
-- At most one approval of an order counts.
CREATE UNIQUE INDEX attempt_approved ON attempt (order_id)
    WHERE state = 'approved' AND operation IN ('authorize', 'purchase');

CREATE TABLE refund (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    attempt_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'refund')),
    state TEXT NOT NULL CHECK (state = 'requested' OR state = 'sent' OR state = 'succeeded' OR state = 'declined'
        OR state = 'unknown'),
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    tax_free INTEGER NOT NULL CHECK (tax_free BETWEEN 0 AND amount),
    vat INTEGER NOT NULL CHECK (vat BETWEEN 0 AND amount),
    fee INTEGER NOT NULL CHECK (fee >= 0),
    fee_vat INTEGER NOT NULL CHECK (fee_vat >= 0),
    restock INTEGER NOT NULL,
    reason TEXT NOT NULL,
    decline_code TEXT,
    idempotency_id BLOB,
    created_at INTEGER NOT NULL,
    completed_at INTEGER,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_order ON refund (order_id);

CREATE TABLE refund_part (
    refund_id BLOB NOT NULL,
    order_line_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    seller_id BLOB NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    tax_free INTEGER NOT NULL CHECK (tax_free BETWEEN 0 AND amount),
    vat INTEGER NOT NULL,
    fee INTEGER NOT NULL,
    fee_vat INTEGER NOT NULL,
    PRIMARY KEY (refund_id, order_line_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_part_order ON refund_part (order_id);

CREATE TABLE movement (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id BLOB NOT NULL,
    payment_id BLOB NOT NULL,
    refund_id BLOB,
    kind TEXT NOT NULL CHECK (kind = 'payment' OR kind = 'cancel' OR kind = 'refund'),
    status TEXT NOT NULL CHECK (status = 'pending' OR status = 'done' OR status = 'declined'),
    method TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    CHECK ((kind = 'payment') = (amount > 0)),
    CHECK ((kind = 'payment') = (refund_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX movement_tenant ON movement (merchant_id, mode, occurred_at, id);
CREATE INDEX movement_rare ON movement (merchant_id, mode, kind, occurred_at, id) WHERE kind <> 'payment';
CREATE INDEX movement_payment ON movement (payment_id);

CREATE TABLE stock_movement (
    id BLOB NOT NULL PRIMARY KEY,
    product_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'sale' OR kind = 'return' OR kind = 'adjustment'),
    delta INTEGER NOT NULL CHECK (delta <> 0),
    order_id BLOB,
    reason TEXT,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_movement_product ON stock_movement (product_id, id);

CREATE TABLE account (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    code TEXT NOT NULL,
    owner TEXT NOT NULL,
    currency TEXT NOT NULL,
    debits_posted INTEGER NOT NULL CHECK (debits_posted >= 0),
    credits_posted INTEGER NOT NULL CHECK (credits_posted >= 0),
    debits_pending INTEGER NOT NULL CHECK (debits_pending >= 0),
    credits_pending INTEGER NOT NULL CHECK (credits_pending >= 0),
    version INTEGER NOT NULL,
    last_posted_at INTEGER NOT NULL,
    CHECK (code <> 'payerBalance' OR credits_posted >= debits_posted),
    UNIQUE (merchant_id, mode, code, owner, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_transaction (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    kind TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    reverses BLOB,
    posted_at INTEGER NOT NULL,
    UNIQUE (source_id, source_type, kind)
) STRICT;
CREATE UNIQUE INDEX ledger_transaction_reverses ON ledger_transaction (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_transaction_tenant ON ledger_transaction (merchant_id, mode, seq);

CREATE TABLE entry (
    transaction_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
    layer TEXT NOT NULL CHECK (layer IN ('pending', 'posted')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    account_version INTEGER NOT NULL CHECK (account_version > 0),
    posted_balance_after INTEGER NOT NULL,
    pending_balance_after INTEGER NOT NULL,
    posted_at INTEGER NOT NULL,
    PRIMARY KEY (transaction_id, number),
    UNIQUE (account_id, account_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX event_tenant ON event (merchant_id, mode, seq);

CREATE TABLE ledger_seal (
    position INTEGER NOT NULL PRIMARY KEY CHECK (position > 0),
    transaction_id BLOB NOT NULL UNIQUE,
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

-- The id is derived from tenant, operation and key, so it is the natural key.
CREATE TABLE idempotency (
    id BLOB NOT NULL UNIQUE,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    object_id BLOB,
    status INTEGER,
    answer_id BLOB,
    created_at INTEGER NOT NULL,
    completed_at INTEGER,
    CHECK ((state = 'done') = (status IS NOT NULL AND answer_id IS NOT NULL AND completed_at IS NOT NULL))
) STRICT;
-- Apart from their keys: a key is written twice, and a row that grows moves its neighbours.
CREATE TABLE answer (
    id BLOB NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX idempotency_running ON idempotency (created_at) WHERE state = 'running';

-- Sums that lists show, kept by the commits themselves. Days are Asia/Seoul, counted from 1970.
CREATE TABLE payment_rollup (
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL,
    day INTEGER NOT NULL,
    status TEXT NOT NULL,
    method TEXT NOT NULL,
    currency TEXT NOT NULL,
    count INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    fee INTEGER NOT NULL,
    net INTEGER NOT NULL,
    PRIMARY KEY (merchant_id, mode, day, status, method, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE movement_rollup (
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL,
    day INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    method TEXT NOT NULL,
    currency TEXT NOT NULL,
    count INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (merchant_id, mode, day, kind, status, method, currency)
) STRICT, WITHOUT ROWID;

-- One row per committed batch: after a connection lost at COMMIT, it says whether the commit took place.
CREATE TABLE commit_marker (
    batch_id BLOB NOT NULL PRIMARY KEY,
    committed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX commit_marker_age ON commit_marker (committed_at);

CREATE TABLE server_secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One writer commits after another here, so a row's number is its place in commit order.
CREATE VIEW event_position (position, seq) AS SELECT seq, seq FROM event;

CREATE TRIGGER fee_policy_is_never_changed BEFORE UPDATE ON fee_policy
BEGIN SELECT RAISE(ABORT, 'fee_policy is append-only'); END;
CREATE TRIGGER fee_policy_is_never_deleted BEFORE DELETE ON fee_policy
BEGIN SELECT RAISE(ABORT, 'fee_policy is append-only'); END;

CREATE TRIGGER stock_movement_is_never_changed BEFORE UPDATE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END;
CREATE TRIGGER stock_movement_is_never_deleted BEFORE DELETE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END;

CREATE TRIGGER ledger_transaction_is_never_changed BEFORE UPDATE ON ledger_transaction
BEGIN SELECT RAISE(ABORT, 'ledger_transaction is append-only'); END;
CREATE TRIGGER ledger_transaction_is_never_deleted BEFORE DELETE ON ledger_transaction
BEGIN SELECT RAISE(ABORT, 'ledger_transaction is append-only'); END;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE TRIGGER ledger_seal_is_never_changed BEFORE UPDATE ON ledger_seal
BEGIN SELECT RAISE(ABORT, 'ledger_seal is append-only'); END;
CREATE TRIGGER ledger_seal_is_never_deleted BEFORE DELETE ON ledger_seal
BEGIN SELECT RAISE(ABORT, 'ledger_seal is append-only'); END;

CREATE TRIGGER refund_part_is_never_changed BEFORE UPDATE ON refund_part
BEGIN SELECT RAISE(ABORT, 'refund_part is append-only'); END;
CREATE TRIGGER refund_part_is_never_deleted BEFORE DELETE ON refund_part
BEGIN SELECT RAISE(ABORT, 'refund_part is append-only'); END;

-- Checkout sessions, and ways of paying other than by card.

ALTER TABLE orders ADD COLUMN checkout_session_id BLOB;
ALTER TABLE orders ADD COLUMN top_up_payer_id BLOB;

-- A bank account: of a transfer the last four digits, of a virtual account the number that was issued.
ALTER TABLE payment ADD COLUMN account_bank TEXT;
ALTER TABLE payment ADD COLUMN account_number TEXT;
ALTER TABLE payment ADD COLUMN account_holder TEXT;
ALTER TABLE payment ADD COLUMN due_at INTEGER;
ALTER TABLE payment ADD COLUMN payer_id BLOB;
CREATE INDEX payment_payer ON payment (payer_id, created_at, id) WHERE payer_id IS NOT NULL;
CREATE INDEX payment_due ON payment (due_at) WHERE status = 'waitingForDeposit';
CREATE INDEX payment_account ON payment (account_number) WHERE method = 'virtualAccount';
CREATE INDEX orders_top_up ON orders (top_up_payer_id, created_at, id) WHERE top_up_payer_id IS NOT NULL;

CREATE INDEX gift_card_redeemed ON gift_card (redeemed_by) WHERE redeemed_by IS NOT NULL;

CREATE TABLE checkout_session (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id BLOB NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('pay', 'authenticate')),
    status TEXT NOT NULL CHECK (status IN ('open', 'completed', 'expired')),
    methods TEXT NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('ko', 'en', 'auto')),
    success_url TEXT,
    cancel_url TEXT,
    match_from INTEGER CHECK (match_from >= 0),
    extensions INTEGER NOT NULL CHECK (extensions BETWEEN 0 AND 6),
    qr_generation INTEGER,
    qr_short_code TEXT CHECK (length(qr_short_code) = 8),
    qr_match_number INTEGER CHECK (qr_match_number BETWEEN 10 AND 99),
    qr_expires_at INTEGER,
    payer_id BLOB,
    payer_label TEXT,
    payer_until INTEGER,
    metadata TEXT,
    created_at INTEGER NOT NULL,
    opened_at INTEGER,
    completed_at INTEGER,
    version INTEGER NOT NULL,
    CHECK ((qr_generation IS NULL) = (qr_short_code IS NULL)),
    CHECK ((qr_generation IS NULL) = (qr_expires_at IS NULL)),
    CHECK (payer_id IS NULL OR (qr_generation IS NOT NULL AND payer_label IS NOT NULL AND payer_until IS NOT NULL)),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL))
) STRICT;
CREATE INDEX checkout_session_order ON checkout_session (order_id);
CREATE INDEX checkout_session_short_code ON checkout_session (qr_short_code) WHERE qr_short_code IS NOT NULL;

CREATE TABLE checkout_settings (
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    -- One a line.
    origins TEXT NOT NULL,
    match_from INTEGER CHECK (match_from >= 0),
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (merchant_id, mode)
) STRICT;

-- Tickets for streams that have been used: each opens one.
CREATE TABLE used_ticket (
    id BLOB NOT NULL PRIMARY KEY,
    used_at INTEGER NOT NULL
) STRICT;

-- What acquirers told of their own accord, as it came: each is asked about before it is believed.
CREATE TABLE notice (
    -- Of the notice's own bytes: one that comes twice is one.
    id BLOB NOT NULL PRIMARY KEY,
    connector TEXT NOT NULL,
    reference TEXT NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;

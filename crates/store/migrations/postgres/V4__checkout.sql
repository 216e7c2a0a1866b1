-- Checkout sessions, and ways of paying other than by card.

ALTER TABLE orders ADD COLUMN checkout_session_id UUID;
ALTER TABLE orders ADD COLUMN top_up_payer_id UUID;

-- A bank account: of a transfer the last four digits, of a virtual account the number that was issued.
ALTER TABLE payment ADD COLUMN account_bank TEXT;
ALTER TABLE payment ADD COLUMN account_number TEXT;
ALTER TABLE payment ADD COLUMN account_holder TEXT;
ALTER TABLE payment ADD COLUMN due_at BIGINT;
ALTER TABLE payment ADD COLUMN payer_id UUID;
CREATE INDEX payment_payer ON payment (payer_id, created_at, id) WHERE payer_id IS NOT NULL;
CREATE INDEX payment_due ON payment (due_at) WHERE status = 'waitingForDeposit';
CREATE INDEX payment_account ON payment (account_number) WHERE method = 'virtualAccount';
CREATE INDEX orders_top_up ON orders (top_up_payer_id, created_at, id) WHERE top_up_payer_id IS NOT NULL;

CREATE INDEX gift_card_redeemed ON gift_card (redeemed_by) WHERE redeemed_by IS NOT NULL;

CREATE TABLE checkout_session (
    id UUID NOT NULL PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id UUID NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('pay', 'authenticate')),
    status TEXT NOT NULL CHECK (status IN ('open', 'completed', 'expired')),
    methods TEXT NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('ko', 'en', 'auto')),
    success_url TEXT,
    cancel_url TEXT,
    match_from BIGINT CHECK (match_from >= 0),
    extensions BIGINT NOT NULL CHECK (extensions BETWEEN 0 AND 6),
    qr_generation BIGINT,
    qr_short_code TEXT CHECK (length(qr_short_code) = 8),
    qr_match_number BIGINT CHECK (qr_match_number BETWEEN 10 AND 99),
    qr_expires_at BIGINT,
    payer_id UUID,
    payer_label TEXT,
    payer_until BIGINT,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    opened_at BIGINT,
    completed_at BIGINT,
    version BIGINT NOT NULL,
    CHECK ((qr_generation IS NULL) = (qr_short_code IS NULL)),
    CHECK ((qr_generation IS NULL) = (qr_expires_at IS NULL)),
    CHECK (payer_id IS NULL OR (qr_generation IS NOT NULL AND payer_label IS NOT NULL AND payer_until IS NOT NULL)),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL))
);
CREATE INDEX checkout_session_order ON checkout_session (order_id);
CREATE INDEX checkout_session_short_code ON checkout_session (qr_short_code) WHERE qr_short_code IS NOT NULL;

CREATE TABLE checkout_settings (
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    -- One a line.
    origins TEXT NOT NULL,
    match_from BIGINT CHECK (match_from >= 0),
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, mode)
);

-- Tickets for streams that have been used: each opens one.
CREATE TABLE used_ticket (
    id UUID NOT NULL PRIMARY KEY,
    used_at BIGINT NOT NULL
);

-- What acquirers told of their own accord, as it came: each is asked about before it is believed.
CREATE TABLE notice (
    -- Of the notice's own bytes: one that comes twice is one.
    id UUID NOT NULL PRIMARY KEY,
    connector TEXT NOT NULL,
    reference TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

-- Payers: who pays with the app, the cards they keep, their sessions; gift cards, which become their balance.

-- Payers belong to the platform and not to a merchant; the same e-mail may stand once in each mode.
CREATE TABLE payer (
    id BLOB NOT NULL PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    pin_hash TEXT NOT NULL,
    pin_failures INTEGER NOT NULL CHECK (pin_failures >= 0),
    pin_locked_until INTEGER,
    sign_in_failures INTEGER NOT NULL CHECK (sign_in_failures >= 0),
    sign_in_locked_until INTEGER,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (mode, email)
) STRICT, WITHOUT ROWID;

-- The id is the SHA-256 of the token in the payer's cookie: the token itself is kept nowhere.
CREATE TABLE payer_session (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    payer_id BLOB NOT NULL REFERENCES payer (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at),
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX payer_session_payer ON payer_session (payer_id);
CREATE INDEX payer_session_age ON payer_session (expires_at);

-- Number and expiry are sealed under the key of key_version; a card that was removed keeps neither.
CREATE TABLE vault_card (
    id BLOB NOT NULL PRIMARY KEY,
    payer_id BLOB NOT NULL REFERENCES payer (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    brand TEXT NOT NULL,
    issuer TEXT NOT NULL,
    bin TEXT NOT NULL CHECK (length(bin) <= 8),
    last4 TEXT NOT NULL CHECK (length(last4) = 4),
    expiry_month INTEGER NOT NULL CHECK (expiry_month BETWEEN 1 AND 12),
    expiry_year INTEGER NOT NULL CHECK (expiry_year BETWEEN 2000 AND 9999),
    key_version INTEGER NOT NULL CHECK (key_version > 0),
    sealed BLOB CHECK (length(sealed) > 28),
    nickname TEXT,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    version INTEGER NOT NULL,
    CHECK ((sealed IS NULL) = (removed_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX vault_card_payer ON vault_card (payer_id) WHERE removed_at IS NULL;

-- A code is kept as an HMAC. Redeemed is the end: who redeemed it and when stand or fall together.
CREATE TABLE gift_card (
    id BLOB NOT NULL PRIMARY KEY,
    merchant_id BLOB NOT NULL REFERENCES merchant (id),
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    code_hash BLOB NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    kind TEXT NOT NULL CHECK (kind IN ('sold', 'given')),
    state TEXT NOT NULL CHECK (state = 'issued' OR state = 'redeemed' OR state = 'expired'),
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    issued_at INTEGER NOT NULL,
    expires_at INTEGER,
    redeemed_by BLOB REFERENCES payer (id),
    redeemed_at INTEGER,
    version INTEGER NOT NULL,
    CHECK ((state = 'redeemed') = (redeemed_by IS NOT NULL)),
    CHECK ((state = 'redeemed') = (redeemed_at IS NOT NULL)),
    CHECK (state <> 'expired' OR expires_at IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX gift_card_tenant ON gift_card (merchant_id, mode, issued_at, id);
CREATE INDEX gift_card_expiring ON gift_card (expires_at, id) WHERE state = 'issued' AND expires_at IS NOT NULL;

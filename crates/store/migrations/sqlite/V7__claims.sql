-- Orders that a browser claimed: they hold their merchant's name for an order only until its server wants it.

ALTER TABLE orders ADD COLUMN is_claim INTEGER NOT NULL DEFAULT 0 CHECK (is_claim IN (0, 1));

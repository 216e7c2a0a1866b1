-- Orders that a browser claimed: they hold their merchant's name for an order only until its server wants it.

ALTER TABLE orders ADD COLUMN is_claim BOOLEAN NOT NULL DEFAULT FALSE;

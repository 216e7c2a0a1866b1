-- Lists: what is rare is found without reading what is common, and texts are searched without reading orders.

-- The commonest values cost no upkeep: a captured card payment in won is in none of these.
CREATE INDEX payment_currency ON payment (merchant_id, mode, created_at, id) WHERE currency <> 'KRW';
CREATE INDEX movement_status ON movement (merchant_id, mode, status, occurred_at, id) WHERE status <> 'done';
CREATE INDEX movement_method ON movement (merchant_id, mode, method, occurred_at, id) WHERE method <> 'card';
CREATE INDEX movement_currency ON movement (merchant_id, mode, occurred_at, id) WHERE currency <> 'KRW';
CREATE INDEX orders_rare ON orders (merchant_id, mode, status, created_at, id) WHERE status NOT IN ('open', 'paid');

-- The texts of many orders in one row, for reading through all of a tenant's at the speed of memory.
CREATE TABLE search_chunk (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    -- What is not ASCII stands apart: whoever looks for a Korean name need not read through order numbers.
    wide TEXT NOT NULL,
    plain TEXT NOT NULL,
    -- The ids of the orders, 16 bytes each, in the order of their texts.
    orders BLOB NOT NULL
) STRICT;
CREATE INDEX search_chunk_tenant ON search_chunk (merchant_id, mode, number);

-- Orders whose texts are in no chunk yet. The order's own commit says so: no clock or sequence tells which
-- orders have been committed.
CREATE TABLE search_pending (
    merchant_id BLOB NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id BLOB NOT NULL,
    PRIMARY KEY (merchant_id, mode, order_id)
) STRICT, WITHOUT ROWID;
INSERT INTO search_pending (merchant_id, mode, order_id) SELECT merchant_id, mode, id FROM orders;

CREATE TRIGGER orders_await_search AFTER INSERT ON orders
BEGIN INSERT INTO search_pending (merchant_id, mode, order_id) VALUES (NEW.merchant_id, NEW.mode, NEW.id); END;

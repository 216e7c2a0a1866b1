-- Lists: what is rare is found without reading what is common, and texts are searched without reading orders.

-- The commonest values cost no upkeep: a captured card payment in won is in none of these.
CREATE INDEX payment_currency ON payment (merchant_id, mode, created_at, id) WHERE currency <> 'KRW';
CREATE INDEX movement_status ON movement (merchant_id, mode, status, occurred_at, id) WHERE status <> 'done';
CREATE INDEX movement_method ON movement (merchant_id, mode, method, occurred_at, id) WHERE method <> 'card';
CREATE INDEX movement_currency ON movement (merchant_id, mode, occurred_at, id) WHERE currency <> 'KRW';
CREATE INDEX orders_rare ON orders (merchant_id, mode, status, created_at, id) WHERE status NOT IN ('open', 'paid');

-- The texts of many orders in one row, for reading through all of a tenant's at the speed of memory. A row
-- fills a page: larger ones would lie in pieces elsewhere, smaller ones cost more than their texts.
CREATE TABLE search_chunk (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    -- What is not ASCII stands apart: whoever looks for a Korean name need not read through order numbers.
    wide TEXT NOT NULL,
    plain TEXT NOT NULL,
    -- The ids of the orders, 16 bytes each, in the order of their texts.
    orders BYTEA NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE search_chunk ALTER COLUMN wide SET STORAGE EXTERNAL;
ALTER TABLE search_chunk ALTER COLUMN plain SET STORAGE EXTERNAL;
ALTER TABLE search_chunk ALTER COLUMN orders SET STORAGE EXTERNAL;
CREATE INDEX search_chunk_tenant ON search_chunk (merchant_id, mode, number);

-- Orders whose texts are in no chunk yet. The order's own commit says so: no clock or sequence tells which
-- orders have been committed.
CREATE TABLE search_pending (
    merchant_id UUID NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('test', 'live')),
    order_id UUID NOT NULL,
    PRIMARY KEY (merchant_id, mode, order_id)
);
INSERT INTO search_pending (merchant_id, mode, order_id) SELECT merchant_id, mode, id FROM orders;

CREATE FUNCTION await_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending (merchant_id, mode, order_id) SELECT merchant_id, mode, id FROM made;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_await_search AFTER INSERT ON orders
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION await_search();

-- SPDX-License-Identifier: GPL-3.0-or-later
-- The example database: a small shop with an audit trigger and foreign keys that cascade.
PRAGMA foreign_keys = ON;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT UNIQUE,
    credit INTEGER NOT NULL DEFAULT 0 -- in cents
);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES customers (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'paid', 'shipped', 'refunded')),
    total INTEGER NOT NULL -- in cents
);

CREATE TABLE order_items (
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    product TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
);

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id INTEGER NOT NULL,
    event TEXT NOT NULL
);

INSERT INTO customers VALUES
    (1, 'Ada Lovelace', 'ada@example.org', 0),
    (2, 'Charles Babbage', 'charles@example.org', 1500),
    (3, 'Grace Hopper', NULL, 0);

INSERT INTO orders VALUES
    (4709, 3, 'shipped', 1999),
    (4710, 2, 'open', 89900),
    (4711, 1, 'paid', 2490),
    (4712, 1, 'open', 2490);

INSERT INTO order_items VALUES
    (4709, 1, 'Nanosecond of wire', 1, 1999),
    (4710, 1, 'Difference engine', 1, 89900),
    (4711, 1, 'Notebook', 2, 495),
    (4711, 2, 'Fountain pen', 1, 1500),
    (4712, 1, 'Notebook', 2, 495),
    (4712, 2, 'Fountain pen', 1, 1500);

CREATE TRIGGER orders_status AFTER UPDATE OF status ON orders WHEN old.status IS NOT new.status
BEGIN
    INSERT INTO audit_log (order_id, event) VALUES (new.id, old.status || ' -> ' || new.status);
END;

CREATE TRIGGER orders_deleted AFTER DELETE ON orders
BEGIN
    INSERT INTO audit_log (order_id, event) VALUES (old.id, 'deleted while ' || old.status);
END;

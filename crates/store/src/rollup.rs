//! Sums that lists show, kept by the commits themselves.

use std::{collections::BTreeMap, sync::OnceLock};

use steelyard_domain::{
    Currency, Tenant,
    method::MethodType,
    payment::{
        PaymentStatus,
        movement::{MovementKind, MovementStatus},
    },
    time::Day,
};

use crate::{
    Script, Value,
    column::Kind::{self, Int, Text, Uuid as UuidKind},
    table::Statement,
};

/// Payments are counted by the day of their creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PaymentBucket {
    pub tenant: Tenant,
    pub day: Day,
    pub status: PaymentStatus,
    pub method: MethodType,
    pub currency: Currency,
}

/// What a bucket grows or shrinks by. Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaymentSum {
    pub count: i64,
    /// Captured less what went back.
    pub amount: i64,
    /// Fee and fee VAT that remain.
    pub fee: i64,
    pub net: i64,
}

/// Movements are counted by the day they occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MovementBucket {
    pub tenant: Tenant,
    pub day: Day,
    pub kind: MovementKind,
    pub status: MovementStatus,
    pub method: MethodType,
    pub currency: Currency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MovementSum {
    pub count: i64,
    pub amount: i64,
}

const PAYMENT_KINDS: [Kind; 10] = [UuidKind, Text, Int, Text, Text, Text, Int, Int, Int, Int];
const MOVEMENT_KINDS: [Kind; 9] = [UuidKind, Text, Int, Text, Text, Text, Text, Int, Int];

fn add_payments() -> &'static Statement {
    static STATEMENT: OnceLock<Statement> = OnceLock::new();
    STATEMENT.get_or_init(|| {
        let into =
            "INSERT INTO payment_rollup (merchant_id, mode, day, status, method, currency, count, amount, fee, net)";
        let grow = "ON CONFLICT (merchant_id, mode, day, status, method, currency) DO UPDATE
            SET count = payment_rollup.count + excluded.count,
                amount = payment_rollup.amount + excluded.amount,
                fee = payment_rollup.fee + excluded.fee,
                net = payment_rollup.net + excluded.net";
        Statement {
            sqlite: format!("{into} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) {grow}"),
            postgres: format!(
                "{into} SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[]) {grow}"
            ),
        }
    })
}

fn add_movements() -> &'static Statement {
    static STATEMENT: OnceLock<Statement> = OnceLock::new();
    STATEMENT.get_or_init(|| {
        let into =
            "INSERT INTO movement_rollup (merchant_id, mode, day, kind, status, method, currency, count, amount)";
        let grow = "ON CONFLICT (merchant_id, mode, day, kind, status, method, currency) DO UPDATE
            SET count = movement_rollup.count + excluded.count,
                amount = movement_rollup.amount + excluded.amount";
        Statement {
            sqlite: format!("{into} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) {grow}"),
            postgres: format!(
                "{into} SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                    $7::text[], $8::bigint[], $9::bigint[]) {grow}"
            ),
        }
    })
}

/// Adds sums to payment buckets. In one order of buckets, so that two instances never wait in a circle.
pub fn grow_payments(script: &mut Script<'_>, sums: Vec<(PaymentBucket, PaymentSum)>) {
    // A statement of PostgreSQL touches a row once, so what goes to one bucket is added up before.
    let mut merged: BTreeMap<PaymentBucket, PaymentSum> = BTreeMap::new();
    for (bucket, sum) in sums {
        let into = merged.entry(bucket).or_default();
        into.count += sum.count;
        into.amount += sum.amount;
        into.fee += sum.fee;
        into.net += sum.net;
    }
    let rows = merged.into_iter().map(|(bucket, sum)| -> Vec<Value> {
        vec![
            bucket.tenant.merchant.uuid().into(),
            bucket.tenant.mode.as_str().into(),
            bucket.day.number().into(),
            bucket.status.as_str().into(),
            bucket.method.as_str().into(),
            bucket.currency.code().into(),
            sum.count.into(),
            sum.amount.into(),
            sum.fee.into(),
            sum.net.into(),
        ]
    });
    script.rows("payment_rollup", add_payments(), &PAYMENT_KINDS, rows.collect());
}

/// Adds sums to movement buckets, in one order of buckets.
pub fn grow_movements(script: &mut Script<'_>, sums: Vec<(MovementBucket, MovementSum)>) {
    let mut merged: BTreeMap<MovementBucket, MovementSum> = BTreeMap::new();
    for (bucket, sum) in sums {
        let into = merged.entry(bucket).or_default();
        into.count += sum.count;
        into.amount += sum.amount;
    }
    let rows = merged.into_iter().map(|(bucket, sum)| -> Vec<Value> {
        vec![
            bucket.tenant.merchant.uuid().into(),
            bucket.tenant.mode.as_str().into(),
            bucket.day.number().into(),
            bucket.kind.as_str().into(),
            bucket.status.as_str().into(),
            bucket.method.as_str().into(),
            bucket.currency.code().into(),
            sum.count.into(),
            sum.amount.into(),
        ]
    });
    script.rows("movement_rollup", add_movements(), &MOVEMENT_KINDS, rows.collect());
}

//! The ledger against the business: every event that moved money was posted once, in its amount, and
//! nothing else was.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "postings.sources",
        "Every transaction names a payment, refund, attempt or gift card of its own order, tenant and currency, and fits its kind.",
        "
        SELECT 'txn', t.id, t.kind
        FROM ledger_transaction t
        LEFT JOIN payment p ON t.source_type = 'payment' AND p.id = t.source_id
        LEFT JOIN refund r ON t.source_type = 'refund' AND r.id = t.source_id
        LEFT JOIN attempt a ON t.source_type = 'attempt' AND a.id = t.source_id
        LEFT JOIN gift_card g ON t.source_type = 'giftCard' AND g.id = t.source_id
        WHERE COALESCE(p.order_id, r.order_id, a.order_id, g.id) IS DISTINCT FROM t.order_id
            OR COALESCE(p.merchant_id, r.merchant_id, a.merchant_id, g.merchant_id) IS DISTINCT FROM t.merchant_id
            OR COALESCE(p.mode, r.mode, a.mode, g.mode) IS DISTINCT FROM t.mode
            OR COALESCE(p.currency, r.currency, a.currency, g.currency) IS DISTINCT FROM t.currency
            OR NOT CASE t.source_type
                WHEN 'payment' THEN t.kind IN ('authorized', 'deposited', 'captured', 'voided')
                WHEN 'refund' THEN t.kind IN ('refundRequested', 'refundSucceeded', 'refundDeclined')
                WHEN 'giftCard' THEN t.kind IN ('giftCardIssued', 'giftCardRedeemed', 'giftCardExpired')
                ELSE t.kind IN ('lateApproval', 'lateApprovalUndone') END",
    ),
    Check::new(
        "postings.payments",
        "A payment was posted as captured if money was taken, as deposited if into a virtual account, and as authorized or voided as its status says.",
        "
        SELECT 'pay', p.id, p.status
        FROM payment p
        LEFT JOIN ledger_transaction a ON a.source_id = p.id AND a.source_type = 'payment' AND a.kind = 'authorized'
        LEFT JOIN ledger_transaction c ON c.source_id = p.id AND c.source_type = 'payment' AND c.kind = 'captured'
        LEFT JOIN ledger_transaction v ON v.source_id = p.id AND v.source_type = 'payment' AND v.kind = 'voided'
        LEFT JOIN ledger_transaction d ON d.source_id = p.id AND d.source_type = 'payment' AND d.kind = 'deposited'
        WHERE (p.captured > 0) <> (c.id IS NOT NULL)
            OR (p.captured > 0 AND p.method = 'virtualAccount') <> (d.id IS NOT NULL)
            OR (p.status = 'authorized' AND (a.id IS NULL OR c.id IS NOT NULL OR v.id IS NOT NULL))
            OR (p.status <> 'authorized' AND a.id IS NOT NULL AND c.id IS NULL AND v.id IS NULL)
            OR (v.id IS NOT NULL AND (a.id IS NULL OR c.id IS NOT NULL OR p.status NOT IN ('canceled', 'expired')))",
    ),
    Check::new(
        "postings.refunds",
        "A refund was posted when it was requested, and again when it succeeded or was declined.",
        "
        SELECT 'ref', r.id, r.state
        FROM refund r
        LEFT JOIN ledger_transaction q ON q.source_id = r.id AND q.source_type = 'refund' AND q.kind = 'refundRequested'
        LEFT JOIN ledger_transaction s ON s.source_id = r.id AND s.source_type = 'refund' AND s.kind = 'refundSucceeded'
        LEFT JOIN ledger_transaction d ON d.source_id = r.id AND d.source_type = 'refund' AND d.kind = 'refundDeclined'
        WHERE q.id IS NULL
            OR (r.state = 'succeeded') <> (s.id IS NOT NULL)
            OR (r.state = 'declined') <> (d.id IS NOT NULL)",
    ),
    Check::new(
        "postings.amounts",
        "What a transaction posts on who pays, who is paid, refund clearing, fee and fee VAT are the amounts of its payment or refund.",
        "
        SELECT 'txn', t.id, t.kind
        FROM (
            SELECT e.transaction_id,
                SUM(CASE WHEN a.code = 'acquirerReceivable' AND e.layer = 'posted'
                    THEN CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS receivable,
                SUM(CASE WHEN a.code = 'acquirerReceivable' AND e.layer = 'pending'
                    THEN CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS held,
                SUM(CASE WHEN a.code = 'payerBalance'
                    THEN CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS balance,
                SUM(CASE WHEN a.code = 'virtualAccountClearing'
                    THEN CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS deposit,
                SUM(CASE WHEN a.code = 'bank'
                    THEN CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS bank,
                SUM(CASE WHEN a.code = 'refundClearing'
                    THEN CASE WHEN e.side = 'credit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS owed,
                SUM(CASE WHEN a.code = 'feeIncome' AND e.layer = 'posted'
                    THEN CASE WHEN e.side = 'credit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS fee,
                SUM(CASE WHEN a.code = 'feeVatPayable' AND e.layer = 'posted'
                    THEN CASE WHEN e.side = 'credit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS fee_vat
            FROM entry e
            JOIN account a ON a.id = e.account_id
            GROUP BY e.transaction_id
        ) s
        JOIN ledger_transaction t ON t.id = s.transaction_id
        LEFT JOIN refund r ON t.source_type = 'refund' AND r.id = t.source_id
        JOIN payment p ON p.id = CASE t.source_type WHEN 'refund' THEN r.payment_id ELSE t.source_id END
        JOIN orders o ON o.id = p.order_id
        WHERE t.source_type IN ('payment', 'refund') AND CASE t.kind
            WHEN 'captured' THEN s.held NOT IN (0, -p.amount) OR s.owed <> 0 OR s.bank <> 0
                OR s.fee <> p.fee OR s.fee_vat <> p.fee_vat
                OR s.receivable <> CASE WHEN p.method IN ('wallet', 'virtualAccount') THEN 0 ELSE p.captured END
                OR s.deposit <> CASE p.method WHEN 'virtualAccount' THEN p.captured ELSE 0 END
                OR s.balance <> CASE p.method WHEN 'wallet' THEN p.captured ELSE 0 END
                    - CASE WHEN o.top_up_payer_id IS NULL THEN 0 ELSE p.captured - p.fee - p.fee_vat END
            WHEN 'deposited' THEN s.bank <> p.amount OR s.deposit <> -p.amount
                OR s.receivable <> 0 OR s.held <> 0 OR s.balance <> 0 OR s.owed <> 0 OR s.fee <> 0 OR s.fee_vat <> 0
            WHEN 'authorized' THEN s.receivable <> 0 OR s.held <> p.amount OR s.owed <> 0
                OR s.fee <> 0 OR s.fee_vat <> 0 OR s.deposit <> 0 OR s.bank <> 0
            WHEN 'voided' THEN s.receivable <> 0 OR s.held <> -p.amount OR s.owed <> 0
                OR s.fee <> 0 OR s.fee_vat <> 0 OR s.deposit <> 0 OR s.bank <> 0
            WHEN 'refundRequested' THEN s.receivable <> 0 OR s.held <> 0 OR s.owed <> r.amount
                OR s.deposit <> 0 OR s.bank <> 0 OR s.fee <> -r.fee OR s.fee_vat <> -r.fee_vat
                OR s.balance <> CASE WHEN o.top_up_payer_id IS NULL THEN 0 ELSE r.amount - r.fee - r.fee_vat END
            WHEN 'refundSucceeded' THEN s.held <> 0 OR s.owed <> -r.amount OR s.deposit <> 0
                OR s.fee <> 0 OR s.fee_vat <> 0
                OR s.receivable <> CASE WHEN p.method IN ('wallet', 'virtualAccount') THEN 0 ELSE -r.amount END
                OR s.bank <> CASE p.method WHEN 'virtualAccount' THEN -r.amount ELSE 0 END
                OR s.balance <> CASE p.method WHEN 'wallet' THEN -r.amount ELSE 0 END
            ELSE FALSE END",
    ),
    Check::new(
        "postings.reversals",
        "A declined refund and an undone late approval reverse the very transaction they undo, entry for entry.",
        "
        WITH reversal AS MATERIALIZED (
            SELECT id, kind, source_type, source_id, reverses
            FROM ledger_transaction
            WHERE reverses IS NOT NULL OR kind IN ('refundDeclined', 'lateApprovalUndone')
        )
        SELECT 'txn', t.id, t.kind
        FROM reversal t
        LEFT JOIN ledger_transaction o ON o.id = t.reverses
        WHERE o.id IS NULL
            OR o.source_id <> t.source_id
            OR o.source_type <> t.source_type
            OR NOT ((t.kind = 'refundDeclined' AND o.kind = 'refundRequested')
                OR (t.kind = 'lateApprovalUndone' AND o.kind = 'lateApproval'))
        UNION
        SELECT 'txn', b.id, b.kind
        FROM (
            SELECT t.id, t.kind, e.account_id, e.layer, e.amount, e.side
            FROM reversal t
            JOIN entry e ON e.transaction_id = t.id
            WHERE t.reverses IS NOT NULL
            UNION ALL
            SELECT t.id, t.kind, e.account_id, e.layer, e.amount, e.side
            FROM reversal t
            JOIN entry e ON e.transaction_id = t.reverses
        ) b
        GROUP BY b.id, b.kind, b.account_id, b.layer
        HAVING SUM(CASE WHEN b.side = 'debit' THEN b.amount ELSE -b.amount END) <> 0",
    ),
    Check::new(
        "postings.holds",
        "When an authorization was captured or voided, nothing of it is left pending on any account.",
        "
        SELECT DISTINCT 'pay', h.source_id, CAST(NULL AS TEXT)
        FROM (
            SELECT t.source_id, e.account_id
            FROM ledger_transaction t
            JOIN entry e ON e.transaction_id = t.id
            WHERE t.source_type = 'payment' AND e.layer = 'pending'
            GROUP BY t.source_id, e.account_id
            HAVING SUM(CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END) <> 0
        ) h
        JOIN payment p ON p.id = h.source_id
        WHERE p.status <> 'authorized'",
    ),
];

//! Load: callers on one thread of their own, in a closed or an open loop.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::sync::oneshot;

use super::{caller::Caller, stopwatch::Stopwatch};
use crate::output::Failed;

/// When a caller asks next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As soon as it is answered.
    Closed,
    /// At fixed times, so many a second in all; a time that is missed counts from when it was.
    Open { per_second: u64 },
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Requests {
    /// A payment of each order, once.
    Payments { key: String, orders: Arc<Vec<String>> },
    /// The same request again and again.
    Same(Arc<Vec<u8>>),
}

/// A card that every acquirer of ours approves.
const METHOD: &str =
    r#""method":{"type":"card","card":{"number":"4242424242424242","expiryMonth":12,"expiryYear":2030}}"#;

/// The request that pays `order`; the order is its idempotency key, too.
#[must_use]
pub fn payment_request(key: &str, order: &str) -> Vec<u8> {
    let body = format!("{{\"orderId\":\"{order}\",{METHOD}}}");
    let head = format!(
        "POST /v1/payments HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\nidempotency-key: {order}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    head.into_bytes()
}

/// A request for `path`.
#[must_use]
pub fn get_request(key: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n\r\n").into_bytes()
}

impl Requests {
    /// Puts the request of a turn into `into`; `false` if there is none left.
    fn write(&self, turn: usize, into: &mut Vec<u8>) -> bool {
        into.clear();
        match self {
            Self::Payments { key, orders } => match orders.get(turn) {
                Some(order) => {
                    into.extend(payment_request(key, order));
                    true
                }
                None => false,
            },
            Self::Same(request) => {
                into.extend_from_slice(request);
                true
            }
        }
    }
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub address: SocketAddr,
    pub callers: usize,
    pub pace: Pace,
    pub time: Duration,
    pub requests: Requests,
    /// The one status an answer may have.
    pub status: u16,
}

/// Every answer's time in nanoseconds, and the time until the last of them.
#[derive(Debug)]
pub struct Measured {
    pub nanos: Vec<u64>,
    pub elapsed: Duration,
}

/// Runs a plan on a thread of its own, so that the callers do not mix with the server's tasks.
pub async fn run(plan: Plan) -> Result<Measured, Failed> {
    let (answer, outcome) = oneshot::channel();
    thread::Builder::new().name(String::from("callers")).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let measured = match runtime {
            Ok(runtime) => runtime.block_on(drive(plan)),
            Err(error) => Err(error.into()),
        };
        let _ = answer.send(measured);
    })?;
    outcome.await?
}

async fn drive(plan: Plan) -> Result<Measured, Failed> {
    let mut callers = Vec::with_capacity(plan.callers);
    for _ in 0..plan.callers {
        callers.push(Caller::connect(plan.address).await?);
    }
    let plan = Arc::new(plan);
    let turns = Arc::new(AtomicUsize::new(0));
    let watch = Stopwatch::start();
    let tasks: Vec<_> = callers
        .into_iter()
        .map(|caller| tokio::spawn(one(caller, Arc::clone(&plan), Arc::clone(&turns), watch)))
        .collect();
    let mut measured = Measured { nanos: Vec::new(), elapsed: Duration::ZERO };
    for task in tasks {
        let own = task.await??;
        measured.nanos.extend(own.nanos);
        measured.elapsed = measured.elapsed.max(own.elapsed);
    }
    Ok(measured)
}

/// One caller's work.
async fn one(
    mut caller: Caller,
    plan: Arc<Plan>,
    turns: Arc<AtomicUsize>,
    watch: Stopwatch,
) -> Result<Measured, Failed> {
    let mut request = Vec::with_capacity(1_024);
    let mut own = Measured { nanos: Vec::new(), elapsed: Duration::ZERO };
    while own.elapsed < plan.time {
        let turn = turns.fetch_add(1, Ordering::Relaxed);
        if !plan.requests.write(turn, &mut request) {
            break;
        }
        let since = match plan.pace {
            Pace::Closed => watch.elapsed(),
            Pace::Open { per_second } => {
                let due = due(turn, per_second);
                if due >= plan.time {
                    break;
                }
                tokio::time::sleep_until(watch.at(due)).await;
                due
            }
        };
        let answer = caller.ask(&request).await?;
        if answer.status != plan.status {
            let body = String::from_utf8_lossy(answer.body);
            return Err(Failed(format!("answered {}, not {}: {body}", answer.status, plan.status)));
        }
        own.elapsed = watch.elapsed();
        own.nanos.push(u64::try_from(own.elapsed.saturating_sub(since).as_nanos()).unwrap_or(u64::MAX));
    }
    Ok(own)
}

/// When a turn of an open loop is due, counted from the start.
fn due(turn: usize, per_second: u64) -> Duration {
    let nanos = u128::try_from(turn).unwrap_or(u128::MAX).saturating_mul(1_000_000_000) / u128::from(per_second.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_loop_does_not_wait_for_answers() {
        assert_eq!(due(0, 400), Duration::ZERO);
        assert_eq!(due(1, 400), Duration::from_micros(2_500));
        assert_eq!(due(400, 400), Duration::from_secs(1));
    }

    #[test]
    fn an_order_is_paid_once() {
        let orders = Arc::new(vec![String::from("ord_1")]);
        let requests = Requests::Payments { key: String::from("sk"), orders };
        let mut bytes = Vec::new();
        assert!(requests.write(0, &mut bytes));
        let text = String::from_utf8(bytes.clone()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("idempotency-key: ord_1") && head.ends_with(&format!("content-length: {}", body.len())));
        assert!(!requests.write(1, &mut bytes));
    }
}

//! What Prometheus is told of requests. Handles are looked up once per endpoint and status, not per request.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use metrics::{Counter, Histogram, counter, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::Api;

const REQUESTS: &str = "steelyard_http_requests_total";
const SECONDS: &str = "steelyard_http_request_seconds";

/// Upper bounds in seconds: from an answer out of a cache to the wait for a slow acquirer.
const BUCKETS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0];

/// Statuses this API answers with.
const STATUSES: [u16; 24] = [
    200, 201, 202, 204, 303, 307, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 431, 500, 501, 502,
    503,
];

/// Requests between two rounds of the recorder's own housekeeping.
const HOUSEKEEPING: u64 = 4_096;
static RECORDED: AtomicU64 = AtomicU64::new(0);

/// The process's metrics: whatever is recorded anywhere in it, shown as Prometheus text.
///
/// The first call installs the recorder; durations in seconds become histograms.
///
/// # Panics
/// If another recorder was installed in this process: then nothing would ever be shown here.
pub fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS);
        let recorder = builder.expect("there are buckets").build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("one recorder is installed in a process");
        handle
    };
    HANDLE.get_or_init(install).clone()
}

pub(super) struct Measure {
    method: &'static str,
    route: String,
    by_status: [OnceLock<Counter>; STATUSES.len()],
    seconds: OnceLock<Histogram>,
}

impl Measure {
    pub(super) fn new(method: &'static str, route: &str) -> Self {
        Self {
            method,
            route: route.to_owned(),
            by_status: [const { OnceLock::new() }; STATUSES.len()],
            seconds: OnceLock::new(),
        }
    }

    pub(super) fn record(&self, status: u16, took: Duration, api: &Api) {
        let known = STATUSES.iter().position(|known| *known == status).and_then(|index| self.by_status.get(index));
        match known {
            Some(counter) => counter.get_or_init(|| self.counter(status)).increment(1),
            None => self.counter(status).increment(1),
        }
        self.seconds
            .get_or_init(|| histogram!(SECONDS, "method" => self.method, "route" => self.route.clone()))
            .record(took);
        // Recorded durations pile up until the recorder sorts them in; whether anyone scrapes is not up to us.
        if RECORDED.fetch_add(1, Ordering::Relaxed) % HOUSEKEEPING == HOUSEKEEPING - 1 {
            api.options().metrics.run_upkeep();
        }
    }

    fn counter(&self, status: u16) -> Counter {
        counter!(
            REQUESTS,
            "method" => self.method,
            "route" => self.route.clone(),
            "status" => status.to_string()
        )
    }
}

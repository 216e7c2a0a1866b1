//! What the binary decides about the API.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use steelyard_domain::limits::BODY_BYTES_MAX;

/// Settings of [`crate::router`].
#[derive(Debug, Clone)]
pub struct Options {
    /// Requests a second for keys without a limit of their own; `None` is no limit.
    pub requests_per_second: Option<u32>,
    /// Until when a body has to be here, counted from its request's headers.
    pub body_timeout: Duration,
    pub body_bytes_max: usize,
    /// Bytes of all header names and values together.
    pub header_bytes_max: usize,
    /// Where buyers reach this server, without a slash at its end; `None` is as whoever asks has found it.
    pub public_url: Option<String>,
    /// Whether a proxy of ours stands before this server, and says in `X-Forwarded-Proto` how it was reached.
    pub behind_proxy: bool,
    /// What `/metrics` shows; [`crate::recorder`] gives it.
    pub metrics: PrometheusHandle,
}

impl Options {
    /// The settings of a production server.
    #[must_use]
    pub const fn new(metrics: PrometheusHandle) -> Self {
        Self {
            requests_per_second: Some(200),
            body_timeout: Duration::from_secs(10),
            body_bytes_max: BODY_BYTES_MAX,
            header_bytes_max: 16_384,
            public_url: None,
            behind_proxy: false,
            metrics,
        }
    }
}

/// Limits of [`crate::serve`].
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections served at once; the next ones wait in the listener's backlog.
    pub connections: usize,
    /// Until when a request's head has to be complete. It is also how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long requests that have begun may still take when the server is told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 8_192, header_timeout: Duration::from_secs(30), drain: Duration::from_secs(20) }
    }
}

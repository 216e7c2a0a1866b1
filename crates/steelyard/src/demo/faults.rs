//! Faults of the simulated acquirer, set for a moment. Source: docs/CONNECTORS.md, "Faults".

use axum::body::{Body, Bytes};
use hyper::{Request, StatusCode, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::output::Failed;

pub struct Faults {
    /// `host:port`
    authority: String,
}

impl Faults {
    /// # Errors
    /// If the address is not `http://host:port`.
    pub fn of(acquirer_url: &str) -> Result<Self, Failed> {
        let rest = acquirer_url.trim_end_matches('/').strip_prefix("http://");
        let authority = rest.filter(|rest| rest.contains(':') && !rest.contains('/'));
        let authority = authority.ok_or_else(|| Failed(format!("{acquirer_url} is not http://host:port")))?;
        Ok(Self { authority: authority.to_owned() })
    }

    /// The next charge of `amount` loses its answer, with or without its effect.
    pub async fn lose_charge(&self, amount: i64, takes_effect: bool) -> Result<(), Failed> {
        let kind = if takes_effect { "dropAfter" } else { "dropBefore" };
        self.arm(&json!({"kind": kind, "operations": ["purchase"], "amount": amount, "times": 1})).await
    }

    /// Nobody is told anything about the past until all faults are cleared.
    pub async fn refuse_inquiries(&self) -> Result<(), Failed> {
        self.arm(&json!({"kind": "down", "operations": ["inquiry", "netCancel"]})).await
    }

    pub async fn clear(&self) -> Result<(), Failed> {
        self.ask("DELETE", Body::empty(), StatusCode::NO_CONTENT).await
    }

    async fn arm(&self, fault: &Value) -> Result<(), Failed> {
        self.ask("POST", Body::from(Bytes::from(fault.to_string())), StatusCode::CREATED).await
    }

    async fn ask(&self, method: &str, body: Body, expected: StatusCode) -> Result<(), Failed> {
        let stream = TcpStream::connect(&self.authority).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri("/faults")
            .header("host", &self.authority)
            .header("content-type", "application/json")
            .body(body)?;
        let response: hyper::Response<Incoming> = sender.send_request(request).await?;
        let status = response.status();
        drop((response, sender));
        let _ = driver.await;
        if status == expected {
            Ok(())
        } else {
            Err(Failed(format!("the simulated acquirer answered {status} to a fault")))
        }
    }
}

//! One HTTP request, and exactly how much is known of its end.

use std::{error::Error, fmt::Write, time::Duration};

use reqwest::{Client, RequestBuilder, StatusCode, Url, header, redirect, retry};
use serde::Serialize;
use thiserror::Error;

/// An acquirer's answer is a few hundred bytes; whoever sends more is not answering us.
pub(crate) const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Bounds the part of a call in which nothing of the request has left, so that it ends as proven not sent
/// while the caller still has patience.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// Why an acquirer cannot be addressed at all.
#[derive(Debug, Error)]
pub enum AddressError {
    #[error("{url} is not an address of the form http://host:port")]
    NotAnAddress { url: String },
    #[error("no HTTP client: {0}")]
    Client(#[source] reqwest::Error),
}

/// The end of one exchange.
#[derive(Debug)]
pub(crate) enum Exchange {
    Answered {
        status: StatusCode,
        body: Vec<u8>,
    },
    /// No connection was ever made: not one byte of the request has left.
    NotSent {
        detail: String,
    },
    /// The request may have left, and no whole answer came back.
    Lost {
        detail: String,
    },
}

/// Speaks JSON with one acquirer over connections that are kept.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    base: Url,
}

impl Http {
    #[expect(clippy::disallowed_methods, reason = "the one place that builds a client for acquirers")]
    pub(crate) fn new(base_url: &str) -> Result<Self, AddressError> {
        let base = Url::parse(base_url)
            .ok()
            .filter(|url| !url.cannot_be_a_base() && url.has_host())
            .ok_or_else(|| AddressError::NotAnAddress { url: base_url.to_owned() })?;
        let client = Client::builder()
            // A followed 307 or a retry is a second charge. What hyper itself repeats is only a request
            // of which it has not written a byte, on a kept connection found closed.
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            // Card numbers do not go by way of whatever the environment calls a proxy.
            .no_proxy()
            .connect_timeout(CONNECT_PATIENCE)
            .build()
            .map_err(AddressError::Client)?;
        Ok(Self { client, base })
    }

    pub(crate) async fn post(&self, path: &[&str], body: &impl Serialize, patience: Duration) -> Exchange {
        finish(self.client.post(self.url(path)).json(body), patience).await
    }

    /// Posts JSON that is bytes already, because it is signed, to the base itself.
    pub(crate) async fn post_signed(
        &self,
        headers: [(&'static str, String); 2],
        body: Vec<u8>,
        patience: Duration,
    ) -> Exchange {
        let mut request = self.client.post(self.base.clone()).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        finish(request.body(body), patience).await
    }

    pub(crate) async fn get(&self, path: &[&str], query: &[(&str, String)], patience: Duration) -> Exchange {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        finish(self.client.get(url), patience).await
    }

    /// Below the base; each part is escaped, so that a reference cannot name another path.
    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Only a base that cannot have a path answers with an error, and `new` lets none pass.
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path);
        }
        url
    }
}

async fn finish(request: RequestBuilder, patience: Duration) -> Exchange {
    let mut response = match request.timeout(patience).send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() || error.is_builder() => {
            return Exchange::NotSent { detail: describe(error) };
        }
        // A kept connection that the other side closes as we write looks the same whether or not our
        // bytes were read: so it is lost, not unsent.
        Err(error) => return Exchange::Lost { detail: describe(error) },
    };
    let status = response.status();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES_MAX => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Exchange::Lost { detail: "the answer does not end".to_owned() },
            Ok(None) => return Exchange::Answered { status, body },
            Err(error) => return Exchange::Lost { detail: describe(error) },
        }
    }
}

/// The whole chain of causes, without the address, which is configuration and not news.
fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

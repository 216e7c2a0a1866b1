//! Pages are sent packed. They hold no secret beside text that a stranger could put there, so their length tells
//! nothing; what scripts fetch stays as it is.

use std::io::Write as _;

use axum::{
    body::{Body, HttpBody as _, to_bytes},
    http::{HeaderValue, header},
    response::Response,
};
use flate2::{Compression, write::GzEncoder};

/// Below this a page fits into one packet as it is.
const BYTES_MIN: u64 = 1_024;
/// Three quarters of the gain for a quarter of the time.
const LEVEL: u32 = 4;

/// Packs a whole page for a browser that unpacks it.
pub(super) async fn shrink(accepts_gzip: bool, mut response: Response) -> Response {
    if !is_page(&response) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let is_whole = response.body().size_hint().exact().is_some_and(|bytes| bytes >= BYTES_MIN);
    if !accepts_gzip || !is_whole {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A body of known length is in memory, and cannot fail.
    let page = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut packed = GzEncoder::new(Vec::with_capacity(page.len() / 3), Compression::new(LEVEL));
    let Ok(packed) = packed.write_all(&page).and_then(|()| packed.finish()) else {
        return Response::from_parts(parts, Body::from(page));
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(parts, Body::from(packed))
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html")) && !response.headers().contains_key(header::CONTENT_ENCODING)
}

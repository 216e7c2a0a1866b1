//! Files that browsers load, from inside the binary.
//!
//! One hash stands for the whole tree in `/assets/<hash>/…`. So modules import each other by relative paths, and
//! whatever has such an address never changes.

mod encoding;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
pub use encoding::Encoding;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Short, so that a new version is everywhere within minutes; the tag makes asking again cheap.
const BRIEFLY: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// A service worker decides by itself when it looks for a newer one.
const ASK_ALWAYS: HeaderValue = HeaderValue::from_static("no-cache");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Addresses that never move, and the files behind them.
const STABLE: [(&str, &str, HeaderValue); 6] = [
    ("/sdk/v1/steelyard.js", "sdk/steelyard.js", BRIEFLY),
    ("/sdk/v1/steelyard.mjs", "sdk/steelyard.mjs", BRIEFLY),
    // Made by `build.rs`: the hash of each of them.
    ("/sdk/v1/integrity.json", "sdk/integrity.json", BRIEFLY),
    ("/sdk/v1/steelyard.d.ts", "sdk/steelyard.d.ts", BRIEFLY),
    ("/app/sw.js", "app/sw.js", ASK_ALWAYS),
    ("/app/manifest.webmanifest", "app/manifest.webmanifest", BRIEFLY),
];

/// One file.
#[derive(Debug)]
pub struct Asset {
    /// Below the hash: `css/base.css`.
    pub path: &'static str,
    /// Of its contents.
    tag: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

impl Asset {
    /// The file as `encoding` wants it, or as it is where that would not make it smaller.
    #[must_use]
    pub fn encoded(&self, encoding: Encoding) -> (Encoding, &'static [u8]) {
        let compressed = match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
            Encoding::Identity => None,
        };
        compressed.map_or((Encoding::Identity, self.plain), |bytes| (encoding, bytes))
    }

    fn content_type(&self) -> HeaderValue {
        HeaderValue::from_static(match self.path.rsplit('.').next().unwrap_or_default() {
            "css" => "text/css; charset=utf-8",
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "json" => "application/json",
            "webmanifest" => "application/manifest+json",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "woff2" => "font/woff2",
            "html" => "text/html; charset=utf-8",
            // TypeScript's declarations among them: there is no type of their own, and this one is shown.
            "ts" | "txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        })
    }

    fn answer(&self, headers: &HeaderMap, cache: &HeaderValue) -> Response {
        let (encoding, bytes) = self.encoded(Encoding::best(headers));
        let tag = format!("\"{}{}\"", self.tag, encoding.suffix());
        let mut response = if is_known(headers, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(Bytes::from_static(bytes)));
            response.headers_mut().insert(header::CONTENT_TYPE, self.content_type());
            if let Some(name) = encoding.name() {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            response
        };
        let out = response.headers_mut();
        out.insert(header::CACHE_CONTROL, cache.clone());
        out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        out.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        out.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            out.insert(header::ETAG, tag);
        }
        response
    }
}

/// Whether the browser has this very thing already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let Some(known) = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else { return false };
    known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// The file at a path of the tree.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    let index = FILES.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    FILES.get(index)
}

/// The address of a file. What a template names and is not there would be a page without its style: a test asks
/// for every address that the templates hold.
#[must_use]
pub fn address(path: &str) -> String {
    format!("/assets/{TREE_HASH}/{path}")
}

/// What all addresses of files begin with, without a slash at its end.
#[must_use]
pub fn root() -> String {
    format!("/assets/{TREE_HASH}")
}

/// Serves the tree, and the addresses that never move.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let router = Router::new().route("/assets/{hash}/{*path}", get(hashed));
    STABLE.into_iter().fold(router, |router, (address, path, cache)| {
        router.route(address, get(async move |headers: HeaderMap| stable(path, &headers, &cache)))
    })
}

async fn hashed(Path((hash, path)): Path<(String, String)>, headers: HeaderMap) -> Response {
    // Another tree's address: to answer with this tree's file would be kept for ever under the wrong name.
    match find(&path).filter(|_| hash == TREE_HASH) {
        Some(asset) => asset.answer(&headers, &FOREVER),
        None => missing(),
    }
}

fn stable(path: &str, headers: &HeaderMap, cache: &HeaderValue) -> Response {
    find(path).map_or_else(missing, |asset| asset.answer(headers, cache))
}

fn missing() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::NOT_FOUND, headers, "There is no such file.\n").into_response()
}

#[cfg(test)]
mod tests;

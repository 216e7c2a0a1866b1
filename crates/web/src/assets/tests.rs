use std::{collections::BTreeSet, fs, io::Read as _, path::Path};

use axum::{body::to_bytes, http::Request};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256, Sha384};
use tower::ServiceExt as _;

use super::*;

async fn ask(method: &str, address: &str, headers: &[(HeaderName, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    routes::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn bytes(response: Response) -> Bytes {
    to_bytes(response.into_body(), 10_000_000).await.unwrap()
}

#[test]
fn the_table_is_sorted_so_that_every_file_is_found() {
    assert!(FILES.len() > 5);
    for asset in FILES {
        assert_eq!(find(asset.path).map(|found| found.path), Some(asset.path));
    }
    assert!(find("css/none.css").is_none());
}

#[tokio::test]
async fn a_file_is_sent_in_the_smallest_form_the_browser_takes() {
    let address = address("css/tokens.css");
    let plain = bytes(ask("GET", &address, &[]).await).await;
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, deflate", Some("gzip")),
        ("br;q=0, gzip;q=0.5", Some("gzip")),
        ("br;q=0.0,gzip;q=0", None),
        ("BR", Some("br")),
        ("identity", None),
        ("deflate", None),
    ] {
        let response = ask("GET", &address, &[(header::ACCEPT_ENCODING, accepted)]).await;
        let named = response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(named.as_deref(), encoding, "{accepted}");
        assert_eq!(response.headers()[header::VARY], "Accept-Encoding");
        let body = bytes(response).await;
        let mut read = Vec::new();
        match encoding {
            Some("br") => {
                brotli::BrotliDecompress(&mut &body[..], &mut read).unwrap();
            }
            Some(_) => {
                flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut read).unwrap();
            }
            None => read = body.to_vec(),
        }
        assert_eq!(read, plain, "{accepted}");
    }
}

#[tokio::test]
async fn what_has_the_hash_never_changes_and_another_hash_is_not_found() {
    let response = ask("GET", &address("css/tokens.css"), &[]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
    for missing in ["/assets/0000000000000000/css/tokens.css", &address("css/none.css"), &address("../Cargo.toml")] {
        let response = ask("GET", missing, &[]).await;
        assert_eq!(response.status(), 404, "{missing}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn a_head_says_what_a_get_would_and_sends_nothing() {
    let address = address("css/tokens.css");
    let get = ask("GET", &address, &[]).await;
    let head = ask("HEAD", &address, &[]).await;
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()[header::ETAG], get.headers()[header::ETAG]);
    let length: usize = head.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
    assert_eq!(length, bytes(get).await.len());
    assert!(bytes(head).await.is_empty());
}

#[tokio::test]
async fn who_has_a_file_already_is_told_so_and_each_form_has_its_own_tag() {
    let address = address("css/tokens.css");
    let mut tags = BTreeSet::new();
    for accepted in ["br", "gzip", "identity"] {
        let first = ask("GET", &address, &[(header::ACCEPT_ENCODING, accepted)]).await;
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("\"other\", W/{tag}"), String::from("*")] {
            let headers = [(header::ACCEPT_ENCODING, accepted), (header::IF_NONE_MATCH, known.as_str())];
            let again = ask("GET", &address, &headers).await;
            assert_eq!(again.status(), 304, "{known}");
            assert!(again.headers().contains_key(header::CACHE_CONTROL));
            assert!(bytes(again).await.is_empty());
        }
        tags.insert(tag);
    }
    assert_eq!(tags.len(), 3);
    let other = ask("GET", &address, &[(header::IF_NONE_MATCH, "\"other\"")]).await;
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn addresses_without_the_hash_are_asked_for_again_and_usable_from_any_site() {
    for (address, path, cache) in STABLE {
        let response = ask("GET", address, &[]).await;
        let Some(_) = find(path) else {
            assert_eq!(response.status(), 404, "{address}");
            continue;
        };
        assert_eq!(response.status(), 200, "{address}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], cache);
        assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(response.headers().contains_key(header::ETAG));
        let text = String::from_utf8(bytes(response).await.to_vec()).unwrap();
        assert!(!text.contains("{{ assets }}"), "{address} names no tree");
    }
}

#[tokio::test]
async fn the_hash_of_each_file_that_merchants_load_is_the_one_of_what_they_get() {
    let list = bytes(ask("GET", "/sdk/v1/integrity.json", &[]).await).await;
    let list: serde_json::Value = serde_json::from_slice(&list).unwrap();
    assert_eq!(list["version"], env!("CARGO_PKG_VERSION"));
    let files = list["files"].as_object().unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["steelyard.js", "steelyard.mjs"]);
    for (name, integrity) in files {
        let sent = bytes(ask("GET", &format!("/sdk/v1/{name}"), &[]).await).await;
        assert_eq!(*integrity, format!("sha384-{}", STANDARD.encode(Sha384::digest(sent))), "{name}");
    }
}

#[test]
fn vendored_files_are_what_the_list_says() {
    #[derive(serde::Deserialize)]
    struct List {
        file: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry {
        name: String,
        version: String,
        url: String,
        licence: String,
        made: String,
        file: String,
        sha256: String,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/vendor");
    let list: List = toml::from_str(&fs::read_to_string(folder.join("VENDOR.toml")).unwrap()).unwrap();
    let mut listed = BTreeSet::new();
    for entry in list.file {
        let bytes = fs::read(folder.join(&entry.file)).unwrap();
        let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, entry.sha256, "{} is not what it was made to be: see `cargo xtask vendor`", entry.file);
        let file = format!("/{}-{}.tgz", entry.name, entry.version);
        assert!(entry.url.starts_with("https://registry.npmjs.org/") && entry.url.ends_with(&file), "{}", entry.url);
        assert!(!entry.licence.is_empty() && !entry.made.is_empty());
        listed.insert(format!("vendor/{}", entry.file));
    }
    let there = FILES.iter().map(|asset| asset.path).filter(|path| path.starts_with("vendor/"));
    for path in there.filter(|path| !path.starts_with("vendor/licences/")) {
        assert!(listed.contains(path), "{path} is in no list");
    }
}

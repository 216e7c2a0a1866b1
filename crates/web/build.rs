//! Puts what browsers load into the binary: the folder `assets`, and the libraries in `web/vendor`, each once as it
//! is and, where that helps, once for brotli and once for gzip.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256, Sha384};

/// Formats that are text; the others are compressed already.
const TEXTS: [&str; 9] = ["css", "js", "mjs", "ts", "json", "svg", "txt", "html", "webmanifest"];
/// What a file at an address without the hash writes where it means the address with it.
const PLACEHOLDER: &str = "{{ assets }}";
const HASH_CHARS: usize = 16;
/// What merchants' pages load, and may pin.
const PINNED: [&str; 2] = ["steelyard.js", "steelyard.mjs"];
/// A compressed form that saves less than this share of the file is not worth a place in the binary.
const SAVES_AT_LEAST: usize = 10;

/// A path as it is asked for, and the file's contents.
type Files = Vec<(String, Vec<u8>)>;

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = Files::new();
    for (folder, prefix) in [("assets", ""), ("../../web/vendor", "vendor/")] {
        println!("cargo::rerun-if-changed={folder}");
        collect(&here.join(folder), prefix, &mut files)?;
    }
    files.retain(|(path, _)| path != "vendor/VENDOR.toml");
    files.push((String::from("sdk/integrity.json"), integrity(&files)?));
    files.sort();
    let hash = tree_hash(&files);
    let assets = format!("/assets/{hash}");
    let mut table = format!(
        "/// Of the whole tree: one file changed is a new address for all.\npub const TREE_HASH: &str = {hash:?};\n"
    );
    table.push_str("static FILES: &[Asset] = &[\n");
    for (index, (path, bytes)) in files.iter().enumerate() {
        let kind = path.rsplit('.').next().unwrap_or_default();
        let is_text = TEXTS.contains(&kind);
        let bytes = if is_text { named(bytes, &assets)? } else { bytes.clone() };
        let plain = store(&out, index, "plain", &bytes)?;
        let (brotli, gzip) = if is_text { (brotli(&bytes)?, gzip(&bytes)?) } else { (Vec::new(), Vec::new()) };
        let brotli = compressed(&out, index, "br", &brotli, bytes.len())?;
        let gzip = compressed(&out, index, "gz", &gzip, bytes.len())?;
        let tag = digest(&bytes);
        writeln!(
            table,
            "    Asset {{ path: {path:?}, tag: {tag:?}, plain: include_bytes!({plain:?}), brotli: {brotli}, gzip: {gzip} }},"
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{}: not UTF-8", name.display()))?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else if !name.starts_with('.') {
            files.push((format!("{prefix}{name}"), fs::read(entry.path())?));
        }
    }
    Ok(())
}

/// The hashes that merchants' pages pin, as browsers compare them.
fn integrity(files: &Files) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut list = Vec::new();
    for name in PINNED {
        let path = format!("sdk/{name}");
        let found = files.iter().find(|(other, _)| *other == path);
        let (_, bytes) = found.ok_or_else(|| format!("{path} is not there"))?;
        list.push(format!("{name:?}:\"sha384-{}\"", STANDARD.encode(Sha384::digest(bytes))));
    }
    let version = env::var("CARGO_PKG_VERSION")?;
    Ok(format!("{{\"version\":{version:?},\"files\":{{{}}}}}\n", list.join(",")).into_bytes())
}

fn tree_hash(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (path, bytes) in files {
        hasher.update(path.as_bytes());
        hasher.update([0]);
        hasher.update(Sha256::digest(bytes));
    }
    hex(&hasher.finalize())
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    let mut text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(HASH_CHARS);
    text
}

fn named(bytes: &[u8], assets: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(std::str::from_utf8(bytes)?.replace(PLACEHOLDER, assets).into_bytes())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// An expression for an `Option<&[u8]>`.
fn compressed(out: &Path, index: usize, kind: &str, bytes: &[u8], plain: usize) -> Result<String, Box<dyn Error>> {
    if bytes.is_empty() || bytes.len() + plain / SAVES_AT_LEAST > plain {
        return Ok(String::from("None"));
    }
    Ok(format!("Some(include_bytes!({:?}))", store(out, index, kind, bytes)?))
}

fn store(out: &Path, index: usize, kind: &str, bytes: &[u8]) -> Result<PathBuf, Box<dyn Error>> {
    let path = out.join(format!("{index}.{kind}"));
    fs::write(&path, bytes)?;
    Ok(path)
}

//! Watches the bytes of a connection for heads that tell a body's length in two ways.
//!
//! hyper reads such a request by its `Transfer-Encoding`, drops the `Content-Length` and closes the connection
//! behind it, as the standard allows. But whatever stands before us may have gone by the `Content-Length`, and
//! a payment must not depend on who is right: the request is refused. By the time it has been parsed there is
//! nothing left to see, so the heads are read here as well.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Marks a request whose body's length cannot be relied on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IllFramed;

/// What was seen of a connection's heads.
#[derive(Debug, Clone, Default)]
pub(super) struct Heads(Arc<AtomicBool>);

impl Heads {
    /// Whether any head so far was ill-framed. hyper closes behind such a request, so it is the one at hand or
    /// one that was pipelined before it; refusing that one too does no harm, for it was sent by the same hand.
    pub(super) fn is_ill_framed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A stream whose heads are read along.
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    scan: Scan,
    heads: Heads,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S) -> (Self, Heads) {
        let heads = Heads::default();
        (Self { stream, scan: Scan::default(), heads: heads.clone() }, heads)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        let read = buf.filled().get(before..).unwrap_or_default();
        if self.scan.feed(read) {
            self.heads.0.store(true, Ordering::Release);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Where in the stream we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    /// Bytes of a body, or of a chunk, still to come.
    Body(u64),
    ChunkSize,
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    Trailers,
    /// Something that hyper will refuse as well, or a request that was ill-framed: nothing more is read along.
    Lost,
}

/// How the head at hand tells the length of its body.
#[derive(Debug, Clone, Copy, Default)]
struct Lengths {
    /// Whether the request line was seen.
    begun: bool,
    content_length: Option<u64>,
    chunked: bool,
    ill: bool,
}

/// A line of a head is no longer than hyper's own buffer.
const LINE_BYTES_MAX: usize = super::HEAD_BYTES_MAX;

#[derive(Debug)]
struct Scan {
    place: Place,
    lengths: Lengths,
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
}

impl Default for Scan {
    fn default() -> Self {
        Self { place: Place::Head, lengths: Lengths::default(), line: Vec::new() }
    }
}

impl Scan {
    /// Reads on; true once a head was ill-framed.
    fn feed(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            match self.place {
                Place::Lost => return self.lengths.ill,
                Place::Body(left) => bytes = self.skip(bytes, left, Place::Head, Place::Body),
                Place::Chunk(left) => bytes = self.skip(bytes, left, Place::ChunkEnd, Place::Chunk),
                Place::Head | Place::ChunkSize | Place::ChunkEnd | Place::Trailers => {
                    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
                        self.keep(bytes);
                        return self.lengths.ill;
                    };
                    let (line, rest) = bytes.split_at(end + 1);
                    bytes = rest;
                    if self.line.is_empty() {
                        self.take(line);
                    } else {
                        self.keep(line);
                        let line = std::mem::take(&mut self.line);
                        self.take(&line);
                    }
                }
            }
        }
        self.lengths.ill
    }

    fn skip<'a>(&mut self, bytes: &'a [u8], left: u64, behind: Place, within: fn(u64) -> Place) -> &'a [u8] {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let remaining = left - u64::try_from(here).unwrap_or(left);
        self.place = if remaining == 0 { behind } else { within(remaining) };
        bytes.get(here..).unwrap_or_default()
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.line.len() + bytes.len() > LINE_BYTES_MAX {
            self.place = Place::Lost;
            self.line = Vec::new();
        } else {
            self.line.extend_from_slice(bytes);
        }
    }

    /// Reads one whole line.
    fn take(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.place {
            Place::Head if line.is_empty() && !self.lengths.begun => {}
            Place::Head if line.is_empty() => self.head_ended(),
            Place::Head if !self.lengths.begun => self.lengths.begun = true,
            Place::Head => self.header(line),
            Place::ChunkSize => self.place = chunk(line),
            Place::ChunkEnd => self.place = if line.is_empty() { Place::ChunkSize } else { Place::Lost },
            Place::Trailers if line.is_empty() => self.place = Place::Head,
            Place::Trailers | Place::Body(_) | Place::Chunk(_) | Place::Lost => {}
        }
    }

    fn header(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            // Even twice the same: another reader may add them up or take the first for the second's.
            self.lengths.ill |= self.lengths.content_length.is_some() || self.lengths.chunked;
            self.lengths.content_length = Some(number(value, 10).unwrap_or(0));
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let plain = line.get(colon + 1..).unwrap_or_default();
            let exact = value.eq_ignore_ascii_case(b"chunked") && !plain.contains(&b'\t');
            self.lengths.ill |= self.lengths.content_length.is_some() || self.lengths.chunked || !exact;
            self.lengths.chunked = true;
        }
    }

    fn head_ended(&mut self) {
        let lengths = self.lengths;
        self.place = match lengths {
            Lengths { ill: true, .. } => Place::Lost,
            Lengths { chunked: true, .. } => Place::ChunkSize,
            Lengths { content_length: Some(length @ 1..), .. } => Place::Body(length),
            Lengths { .. } => Place::Head,
        };
        if !lengths.ill {
            self.lengths = Lengths::default();
        }
    }
}

/// What follows the line with a chunk's size.
fn chunk(line: &[u8]) -> Place {
    let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    match number(size, 16) {
        Some(0) => Place::Trailers,
        Some(size) => Place::Chunk(size),
        None => Place::Lost,
    }
}

fn number(text: &[u8], radix: u32) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = !text.is_empty() && text.chars().all(|letter| letter.is_digit(radix));
    digits.then(|| u64::from_str_radix(text, radix).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the stream is ill-framed, read whole and byte by byte.
    fn ill(stream: &str) -> bool {
        let whole = Scan::default().feed(stream.as_bytes());
        let mut scan = Scan::default();
        let mut byte_by_byte = false;
        for byte in stream.as_bytes() {
            byte_by_byte = scan.feed(&[*byte]);
        }
        assert_eq!(whole, byte_by_byte, "{stream:?}");
        whole
    }

    #[test]
    fn a_length_told_in_two_ways_is_seen_in_either_order_and_case() {
        for headers in [
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "content-length:5\r\nTRANSFER-ENCODING:  Chunked",
            "Content-Length: 5\r\nContent-Length: 5",
            "Content-Length: 5\r\nContent-Length: 6",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked\t",
            "Transfer-Encoding: identity",
        ] {
            assert!(ill(&format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n")), "{headers}");
        }
    }

    #[test]
    fn one_way_of_telling_is_fine_and_bodies_are_not_heads() {
        let trap = "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        for stream in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello".to_owned(),
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".to_owned(),
            format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{trap}", trap.len()),
            format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{:x};x=y\r\n{trap}\r\n0\r\n\r\n", trap.len()),
            "POST / HTTP/1.1\nContent-Length: 2\n\n{}".to_owned(),
        ] {
            assert!(!ill(&stream), "{stream}");
        }
    }

    #[test]
    fn the_next_request_of_a_connection_is_read_after_the_body_of_the_last() {
        let bad = "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        for first in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        ] {
            assert!(!ill(first), "{first}");
            assert!(ill(&format!("{first}{bad}")), "{first}");
        }
    }
}

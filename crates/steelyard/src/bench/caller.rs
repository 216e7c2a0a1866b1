//! A caller: one connection, one request at a time, bytes made beforehand. It shares the machine with the server
//! it measures, so it does as little as it can.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::output::Failed;

/// No answer of ours is longer.
const ANSWER_BYTES_MAX: usize = 1_048_576;

pub struct Caller {
    stream: TcpStream,
    inbox: Vec<u8>,
}

/// An answer, whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Caller {
    pub async fn connect(address: SocketAddr) -> Result<Self, Failed> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, inbox: Vec::with_capacity(16_384) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, Failed> {
        self.inbox.clear();
        self.stream.write_all(request).await?;
        let head = loop {
            self.receive().await?;
            if let Some(head) = Head::read(&self.inbox)? {
                break head;
            }
        };
        while self.inbox.len() < head.length + head.body {
            self.receive().await?;
        }
        let body = self.inbox.get(head.length..head.length + head.body).unwrap_or_default();
        Ok(Answer { status: head.status, body })
    }

    async fn receive(&mut self) -> Result<(), Failed> {
        let received = self.stream.read_buf(&mut self.inbox).await?;
        if received == 0 || self.inbox.len() > ANSWER_BYTES_MAX {
            return Err(Failed(String::from("the server closed the connection within an answer")));
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes up to the body.
    length: usize,
    body: usize,
}

impl Head {
    /// `None` until all of it is there.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Failed> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let strange = || Failed(format!("not an HTTP/1.1 answer: {}", String::from_utf8_lossy(bytes)));
        let head = bytes.get(..end).and_then(|head| std::str::from_utf8(head).ok()).ok_or_else(strange)?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok());
        Ok(Some(Self { status: status.ok_or_else(strange)?, length: end + 4, body: length.ok_or_else(strange)? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        let whole = Head { status: 201, length: answer.len() - 2, body: 2 };
        for (until, head) in
            [(0, None), (answer.len() - 3, None), (answer.len() - 2, Some(&whole)), (answer.len(), Some(&whole))]
        {
            assert_eq!(Head::read(&answer[..until]).unwrap().as_ref(), head, "{until} bytes");
        }
    }

    #[test]
    fn an_answer_without_a_length_is_not_guessed_at() {
        for answer in ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "SSH-2.0\r\n\r\n"] {
            assert!(Head::read(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}

//! Reads server-sent events, as far as the API sends them.

/// Bytes of one message at most.
const MESSAGE_BYTES_MAX: usize = 1_048_576;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub data: String,
}

/// Puts messages together from pieces that end anywhere.
#[derive(Debug, Default)]
pub(super) struct Reader {
    rest: Vec<u8>,
    data: Vec<String>,
}

impl Reader {
    /// The messages that are whole now; `None` if one will not end.
    pub(super) fn take(&mut self, chunk: &[u8]) -> Option<Vec<Message>> {
        let mut messages = Vec::new();
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(piece);
            if self.rest.len() > MESSAGE_BYTES_MAX {
                return None;
            }
            if self.rest.ends_with(b"\n") {
                let line = String::from_utf8_lossy(&self.rest).trim_end_matches(['\n', '\r']).to_owned();
                self.rest.clear();
                messages.extend(self.line(&line));
            }
        }
        Some(messages)
    }

    fn line(&mut self, line: &str) -> Option<Message> {
        if let Some(data) = line.strip_prefix("data:") {
            self.data.push(data.strip_prefix(' ').unwrap_or(data).to_owned());
        }
        if !line.is_empty() || self.data.is_empty() {
            return None;
        }
        Some(Message { data: std::mem::take(&mut self.data).join("\n") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_may_end_anywhere() {
        let stream = ": hello\nretry: 1000\n\nid: 1\nevent: order.paid\ndata: {\"a\":\"가\"}\n\n: ping\n\ndata:b\r\ndata: c\r\n\r\n";
        let expected = ["{\"a\":\"가\"}", "b\nc"];
        for size in 1..stream.len() {
            let mut reader = Reader::default();
            let mut found = Vec::new();
            for piece in stream.as_bytes().chunks(size) {
                found.extend(reader.take(piece).unwrap());
            }
            assert_eq!(found.iter().map(|message| message.data.as_str()).collect::<Vec<_>>(), expected, "{size}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_given_up() {
        let mut reader = Reader::default();
        let long = vec![b'a'; MESSAGE_BYTES_MAX];
        assert_eq!(reader.take(&long), Some(Vec::new()));
        assert_eq!(reader.take(b"a"), None);
    }
}

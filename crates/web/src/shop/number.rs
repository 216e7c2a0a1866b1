//! Order numbers: `S-` and ten letters by chance. Who has one sees the order, so they are not to be guessed.

use steelyard_app::clock::random_bytes;

const PREFIX: &str = "S-";
/// Thirty-two letters and digits, none of which looks like another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LETTERS: usize = 10;
/// Of a number that others may see.
const SHOWN: usize = 3;

pub(super) fn new() -> String {
    let letters = random_bytes::<LETTERS>().into_iter().map(|byte| char::from(ALPHABET[usize::from(byte) % 32]));
    PREFIX.chars().chain(letters).collect()
}

/// A text with every number in it cut short.
pub(super) fn hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(PREFIX) {
        out.push_str(before);
        out.push_str(PREFIX);
        let letters = after.bytes().take(LETTERS).filter(|byte| ALPHABET.contains(byte)).count();
        rest = match (letters == LETTERS).then(|| (&after[..SHOWN], &after[LETTERS..])) {
            Some((shown, behind)) => {
                out.push_str(shown);
                out.push('…');
                behind
            }
            None => after,
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_ten_letters_and_is_shown_to_others_by_three() {
        let (one, other) = (new(), new());
        assert_ne!(one, other);
        assert_eq!(one.len(), 12);
        let text = format!("a {one}, b shop-{other}-refund, S-short, S-");
        let shown = hidden(&text);
        assert!(!shown.contains(&one) && !shown.contains(&other), "{shown}");
        assert_eq!(shown, format!("a {}…, b shop-{}…-refund, S-short, S-", &one[..5], &other[..5]));
    }
}

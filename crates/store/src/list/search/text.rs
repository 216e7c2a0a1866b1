//! What is searched in an order, in one text.

use rustc_hash::FxHashMap;
use uuid::Uuid;

/// Between two fields: nothing that is looked for contains it, so nothing is found across them.
const BETWEEN_FIELDS: char = '\u{1f}';
/// Between two orders.
const BETWEEN_ORDERS: char = '\u{1e}';

/// Lower case, character by character: the same for a text and for a part of it.
fn fold(text: &str) -> String {
    let is_between = |character: char| character == BETWEEN_FIELDS || character == BETWEEN_ORDERS;
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|character| if is_between(character) { ' ' } else { character })
        .collect()
}

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) text: String,
}

impl Wanted {
    pub(super) fn new(q: &str) -> Self {
        Self { text: fold(q) }
    }

    /// Whether it can be found in fields of ASCII only.
    pub(super) fn is_plain(&self) -> bool {
        self.text.is_ascii()
    }
}

/// An order and what is searched in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folded {
    pub(super) order: Uuid,
    wide: String,
    /// Fields of ASCII only.
    plain: String,
}

impl Folded {
    pub(super) fn new(order: Uuid, fields: impl Iterator<Item = String>) -> Self {
        let mut folded = Self { order, wide: String::new(), plain: String::new() };
        fields.for_each(|field| folded.add(&field));
        folded
    }

    /// A field that another one contains adds nothing to be found.
    fn add(&mut self, field: &str) {
        let field = fold(field);
        let text = if field.is_ascii() { &mut self.plain } else { &mut self.wide };
        if text.contains(&field) {
            return;
        }
        if !text.is_empty() {
            text.push(BETWEEN_FIELDS);
        }
        text.push_str(&field);
    }

    pub(super) fn shows(&self, wanted: &Wanted) -> bool {
        self.wide.contains(&wanted.text) || (wanted.is_plain() && self.plain.contains(&wanted.text))
    }
}

/// Adds lines' names to the orders they are of.
pub(super) fn add_lines(orders: &mut [Folded], lines: Vec<(Uuid, String)>) {
    let mut names: FxHashMap<Uuid, Vec<String>> = FxHashMap::default();
    for (order, name) in lines {
        names.entry(order).or_default().push(name);
    }
    for order in orders {
        for name in names.remove(&order.order).unwrap_or_default() {
            order.add(&name);
        }
    }
}

/// Bytes of a chunk, so that its row fills a page of PostgreSQL.
const CHUNK_BYTES: usize = 7_600;
const ID_BYTES: usize = 16;

/// Orders and their texts, one behind the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chunk {
    orders: Vec<Uuid>,
    wide: String,
    plain: String,
}

impl Chunk {
    /// `None` if these are not as many ids as texts.
    pub(super) fn from_stored(wide: String, plain: String, orders: &[u8]) -> Option<Self> {
        let orders: Option<Vec<Uuid>> = orders.chunks(ID_BYTES).map(|id| Uuid::from_slice(id).ok()).collect();
        let chunk = Self { orders: orders?, wide, plain };
        let is_whole = |text: &str| text.split(BETWEEN_ORDERS).count() == chunk.orders.len();
        (is_whole(&chunk.wide) && is_whole(&chunk.plain)).then_some(chunk)
    }

    /// What is stored as `wide`, `plain` and `orders`.
    pub(super) fn into_stored(self) -> (String, String, Vec<u8>) {
        let orders = self.orders.iter().flat_map(|order| *order.as_bytes()).collect();
        (self.wide, self.plain, orders)
    }

    fn bytes(&self) -> usize {
        self.wide.len() + self.plain.len() + self.orders.len() * ID_BYTES
    }

    /// An order too large for any chunk has one of its own.
    pub(super) fn has_room_for(&self, order: &Folded) -> bool {
        let more = order.wide.len() + order.plain.len() + 2 * BETWEEN_ORDERS.len_utf8() + ID_BYTES;
        self.orders.is_empty() || self.bytes() + more <= CHUNK_BYTES
    }

    pub(super) fn push(&mut self, order: &Folded) {
        if !self.orders.is_empty() {
            self.wide.push(BETWEEN_ORDERS);
            self.plain.push(BETWEEN_ORDERS);
        }
        self.orders.push(order.order);
        self.wide.push_str(&order.wide);
        self.plain.push_str(&order.plain);
    }
}

/// One of a chunk's two texts with its orders, to be looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shelf {
    orders: Vec<u8>,
    texts: String,
}

impl Shelf {
    /// `None` if these are not as many ids as texts.
    pub(super) fn from_stored(texts: String, orders: Vec<u8>) -> Option<Self> {
        let count = 1 + texts.bytes().filter(|byte| is_between_orders(*byte)).count();
        (orders.len() == count * ID_BYTES).then_some(Self { orders, texts })
    }

    /// The orders whose texts contain what is looked for. Read once from end to end: what is looked for holds nothing
    /// that stands between two orders.
    pub(super) fn showing(&self, wanted: &Wanted) -> Vec<Uuid> {
        let (mut found, mut number, mut counted) = (Vec::new(), 0, 0);
        let mut rest = 0;
        while let Some(at) = self.texts[rest..].find(&wanted.text).map(|at| rest + at) {
            let passed = &self.texts.as_bytes()[counted..at];
            number += passed.iter().filter(|byte| is_between_orders(**byte)).count();
            counted = at;
            let id = self.orders.get(number * ID_BYTES..(number + 1) * ID_BYTES);
            found.extend(id.and_then(|id| Uuid::from_slice(id).ok()));
            // On to the next order: one hit is enough.
            match self.texts[at..].find(BETWEEN_ORDERS) {
                Some(end) => rest = at + end,
                None => break,
            }
        }
        found
    }
}

/// It is ASCII, so no part of another character looks like it.
fn is_between_orders(byte: u8) -> bool {
    char::from(byte) == BETWEEN_ORDERS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(number: u128, fields: &[&str]) -> Folded {
        Folded::new(Uuid::from_u128(number), fields.iter().map(|field| (*field).to_owned()))
    }

    #[test]
    fn a_text_is_found_in_whatever_case_but_not_across_fields() {
        let order = folded(1, &["A-17", "Iced LATTE", "김하늘 VIP", "노트"]);
        for (q, is_found) in [
            ("a-17", true),
            ("d latte", true),
            ("하늘", true),
            ("늘 vip", true),
            ("vip", true),
            ("17iced", false),
            ("17\u{1f}i", false),
            ("p노", false),
            ("p\u{1f}노", false),
        ] {
            assert_eq!(order.shows(&Wanted::new(q)), is_found, "{q}");
        }
    }

    #[test]
    fn a_chunk_gives_back_the_orders_that_show_a_text() {
        let mut chunk = Chunk::default();
        for order in [folded(1, &["a", "가"]), folded(2, &["b"]), folded(3, &["ab"]), folded(4, &["나a"])] {
            chunk.push(&order);
        }
        let (wide, plain, orders) = chunk.clone().into_stored();
        assert_eq!(Chunk::from_stored(wide.clone(), plain.clone(), &orders).as_ref(), Some(&chunk));
        let shelf = |texts: &String| Shelf::from_stored(texts.clone(), orders.clone()).unwrap();
        let (of_wide, of_plain) = (shelf(&wide), shelf(&plain));
        let showing = |shelf: &Shelf, q: &str| -> Vec<u128> {
            shelf.showing(&Wanted::new(q)).into_iter().map(|id| id.as_u128()).collect()
        };
        assert_eq!((showing(&of_wide, "A"), showing(&of_plain, "A")), (vec![4], vec![1, 3]));
        assert_eq!((showing(&of_wide, "가"), showing(&of_plain, "가")), (vec![1], vec![]));
        assert_eq!((showing(&of_wide, "나A"), showing(&of_plain, "B")), (vec![4], vec![2, 3]));
        for wrong in [&orders[..32], &orders[..56], &[][..]] {
            assert_eq!(Shelf::from_stored(wide.clone(), wrong.to_vec()), None);
        }
        assert_eq!(Chunk::from_stored(wide.clone(), plain.clone(), &orders[..32]), None);
        assert_eq!(Chunk::from_stored(wide, plain, &orders[..56]), None);
    }

    #[test]
    fn an_order_that_shows_a_text_often_is_found_once() {
        let mut chunk = Chunk::default();
        for order in [folded(1, &["가 가 가", "나 가"]), folded(2, &["나"]), folded(3, &["다 가가"])] {
            chunk.push(&order);
        }
        let (wide, _, orders) = chunk.into_stored();
        let shelf = Shelf::from_stored(wide, orders).unwrap();
        assert_eq!(shelf.showing(&Wanted::new("가")), [Uuid::from_u128(1), Uuid::from_u128(3)]);
    }

    #[test]
    fn a_chunk_is_full_before_it_outgrows_a_page_and_takes_any_order_if_it_is_empty() {
        let (long, short) = (folded(1, &[&"x".repeat(CHUNK_BYTES)]), folded(2, &["y"]));
        let mut chunk = Chunk::default();
        assert!(chunk.has_room_for(&long));
        chunk.push(&short);
        assert!(chunk.has_room_for(&short) && !chunk.has_room_for(&long));
        while chunk.has_room_for(&short) {
            chunk.push(&short);
        }
        assert!(chunk.bytes() <= CHUNK_BYTES && chunk.bytes() + 32 > CHUNK_BYTES);
    }
}

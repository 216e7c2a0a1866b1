//! Rows of one table in a batch: as read, as changed, and what the command under way has changed.

use std::hash::Hash;

use rustc_hash::FxHashMap;
use steelyard_store::Record;

/// A row and the version it had when it was read; `None` for a row made in this batch.
#[derive(Debug, Clone)]
pub struct Slot<V> {
    pub value: V,
    pub read: Option<i64>,
    pub changed: bool,
}

#[derive(Debug)]
pub struct Rows<K, V> {
    /// Boxed: a batch's families side by side are a block so large that the allocator asks the system for it anew.
    slots: FxHashMap<K, Box<Slot<V>>>,
    /// What each row was before the command under way first touched it; `None` for one it made.
    before: Vec<(K, Option<Box<Slot<V>>>)>,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self { slots: FxHashMap::default(), before: Vec::new() }
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Rows<K, V> {
    pub fn begin(&mut self) {
        self.before.clear();
    }

    pub fn undo(&mut self) {
        for (key, slot) in self.before.drain(..).rev() {
            match slot {
                Some(slot) => self.slots.insert(key, slot),
                None => self.slots.remove(&key),
            };
        }
    }

    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        self.slots.contains_key(key)
    }

    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.slots.get(key).map(|slot| &slot.value)
    }

    /// The row, to be changed.
    pub fn edit(&mut self, key: &K) -> Option<&mut V> {
        let slot = self.slots.get_mut(key)?;
        if !self.before.iter().any(|(touched, _)| touched == key) {
            self.before.push((*key, Some(slot.clone())));
        }
        slot.changed = true;
        Some(&mut slot.value)
    }

    /// A new row.
    pub fn insert(&mut self, key: K, value: V) {
        let slot = Slot { value, read: None, changed: true };
        let earlier = self.slots.insert(key, Box::new(slot));
        assert!(earlier.is_none(), "a new row has a new key");
        self.before.push((key, None));
    }

    /// A row as read, with its version or 0 where its table has none.
    pub fn load(&mut self, key: K, value: V, version: i64) {
        self.slots.insert(key, Box::new(Slot { value, read: Some(version), changed: false }));
    }

    pub fn slots(&self) -> impl Iterator<Item = (&K, &Slot<V>)> {
        self.slots.iter().map(|(key, slot)| (key, &**slot))
    }

    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.slots.values().any(|slot| slot.changed)
    }
}

impl<K: Copy + Eq + Hash + Ord, V: Record + Clone> Rows<K, V> {
    /// New rows, and changed ones with the version they were read at, each by key.
    pub fn writes(&self) -> Writes<'_, V> {
        let mut changed: Vec<(&K, &Slot<V>)> = self.slots().filter(|(_, slot)| slot.changed).collect();
        changed.sort_by_key(|(key, _)| **key);
        let mut writes = Writes { inserts: Vec::new(), updates: Vec::new() };
        for (_, slot) in changed {
            match slot.read {
                None => writes.inserts.push(&slot.value),
                Some(read) => writes.updates.push((&slot.value, read)),
            }
        }
        writes
    }
}

pub struct Writes<'a, V> {
    pub inserts: Vec<&'a V>,
    pub updates: Vec<(&'a V, i64)>,
}

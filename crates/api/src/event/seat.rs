//! Seats for streams of events: so many a server, and of these so many a tenant, for nobody may take them all.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use steelyard_domain::{
    Tenant,
    limits::{STREAMS_MAX, STREAMS_OF_TENANT_MAX},
};

#[derive(Default)]
pub(crate) struct Seats {
    taken: Mutex<HashMap<Tenant, usize>>,
}

/// Free again when it is dropped.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    tenant: Tenant,
}

impl Seats {
    /// `None` if all are taken, or all that a tenant may have.
    pub(crate) fn take(self: Arc<Self>, tenant: Tenant) -> Option<Seat> {
        let mut taken = self.taken.lock();
        let of_all: usize = taken.values().sum();
        let own = taken.get(&tenant).copied().unwrap_or(0);
        if of_all >= STREAMS_MAX || own >= STREAMS_OF_TENANT_MAX {
            return None;
        }
        taken.insert(tenant, own + 1);
        drop(taken);
        Some(Seat { seats: self, tenant })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock();
        if let Some(own) = taken.get_mut(&self.tenant) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use steelyard_domain::{MerchantId, Mode};
    use uuid::Uuid;

    use super::*;

    fn tenant(number: u128) -> Tenant {
        Tenant { merchant: MerchantId::from_uuid(Uuid::from_u128(number)), mode: Mode::Test }
    }

    #[test]
    fn a_tenant_has_its_own_seats_and_gives_them_back() {
        let seats = Arc::new(Seats::default());
        let take = |number| Arc::clone(&seats).take(tenant(number));
        let mut own: Vec<Seat> = (0..STREAMS_OF_TENANT_MAX).map(|_| take(1).unwrap()).collect();
        assert!(take(1).is_none());
        let other = take(2).unwrap();
        own.pop();
        assert!(take(1).is_some(), "one was given back");
        drop((own, other));
        assert!(seats.taken.lock().is_empty());
    }

    #[test]
    fn a_server_has_so_many_in_all() {
        let seats = Arc::new(Seats::default());
        let taken: Vec<Option<Seat>> =
            (0..=STREAMS_MAX).map(|number| Arc::clone(&seats).take(tenant(u128::try_from(number).unwrap()))).collect();
        assert_eq!(taken.iter().filter(|seat| seat.is_some()).count(), STREAMS_MAX);
        assert!(taken[STREAMS_MAX].is_none());
    }
}

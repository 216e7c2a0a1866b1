//! Seats for streams of events: so many a server, and of these so many a tenant, for nobody may take them all.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use steelyard_app::{Code, Problem};
use steelyard_domain::{
    Tenant,
    limits::{STREAMS_MAX, STREAMS_OF_TENANT_MAX},
};

use crate::answer::Refusal;

#[derive(Default)]
pub(crate) struct Seats {
    taken: Mutex<HashMap<Tenant, usize>>,
}

/// Free again when it is dropped.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    tenant: Tenant,
}

/// Whose seats are all taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Server,
    /// Others may still sit down: who asked has to give one back.
    Tenant,
}

impl From<Full> for Refusal {
    fn from(full: Full) -> Self {
        Problem::new(match full {
            Full::Server => Code::Overloaded,
            Full::Tenant => Code::RateLimited,
        })
        .into()
    }
}

impl Seats {
    /// # Errors
    /// Whose seats are all taken; a tenant's own come first, for that is what it can mend.
    pub(crate) fn take(self: Arc<Self>, tenant: Tenant) -> Result<Seat, Full> {
        let mut taken = self.taken.lock();
        let of_all: usize = taken.values().sum();
        let own = taken.get(&tenant).copied().unwrap_or(0);
        if own >= STREAMS_OF_TENANT_MAX {
            return Err(Full::Tenant);
        }
        if of_all >= STREAMS_MAX {
            return Err(Full::Server);
        }
        taken.insert(tenant, own + 1);
        drop(taken);
        Ok(Seat { seats: self, tenant })
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
        assert_eq!(take(1).err(), Some(Full::Tenant));
        let other = take(2).unwrap();
        own.pop();
        assert!(take(1).is_ok(), "one was given back");
        drop((own, other));
        assert!(seats.taken.lock().is_empty());
    }

    #[test]
    fn a_server_has_so_many_in_all() {
        let seats = Arc::new(Seats::default());
        let taken: Vec<Result<Seat, Full>> =
            (0..=STREAMS_MAX).map(|number| Arc::clone(&seats).take(tenant(u128::try_from(number).unwrap()))).collect();
        assert_eq!(taken.iter().filter(|seat| seat.is_ok()).count(), STREAMS_MAX);
        assert_eq!(taken[STREAMS_MAX].as_ref().err(), Some(&Full::Server));
    }
}

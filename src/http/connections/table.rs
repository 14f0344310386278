//! All open connections of the process: how many there may be, and which one makes room for another.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::http::address::network;
use crate::http::connections::connection::Connection;

/// How often late connections are looked for.
const WATCH: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Connections {
    most: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    last: u64,
    all: HashMap<u64, Arc<Connection>>,
    of_address: HashMap<IpAddr, usize>,
}

/// The place of a connection, until it is dropped.
#[derive(Debug)]
pub struct Place {
    table: Arc<Connections>,
    pub connection: Arc<Connection>,
}

impl Connections {
    pub fn new(most: usize) -> Connections {
        Connections { most, open: Mutex::default() }
    }

    /// A place for a new connection. When there is none, the connection that has waited longest for a request makes
    /// room. An address may have as many connections as there are places left, so that there is always room for
    /// another address; beyond that only its own connections make room. `None`: no connection is idle.
    pub fn admit(self: &Arc<Connections>, address: Option<IpAddr>) -> Option<Place> {
        let address = address.map(network);
        let mut open = self.lock();
        let left = self.most.saturating_sub(open.all.len());
        let own = address.and_then(|address| open.of_address.get(&address)).copied().unwrap_or(0);
        if left == 0 || own >= left {
            let candidates = open.all.values().filter(|it| (left == 0 && own < self.most / 2) || it.address == address);
            let idle = candidates.filter_map(|it| Some((it.idle()?, it.clone())));
            let (_, longest) = idle.max_by_key(|(idle, _)| *idle)?;
            open.remove(&longest);
            longest.end();
        }
        open.last += 1;
        let connection = Arc::new(Connection::new(open.last, address));
        open.all.insert(connection.number, connection.clone());
        if let Some(address) = address {
            *open.of_address.entry(address).or_default() += 1;
        }
        Some(Place { table: self.clone(), connection })
    }

    /// Ends the connections whose clients take too long, for ever.
    pub async fn watch(&self) {
        loop {
            actix_web::rt::time::sleep(WATCH).await;
            let mut open = self.lock();
            let late: Vec<_> = open.all.values().filter(|it| it.is_late()).cloned().collect();
            for connection in late {
                open.remove(&connection);
                connection.end();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn remove(&mut self, connection: &Connection) {
        if self.all.remove(&connection.number).is_none() {
            return;
        }
        if let Some(address) = connection.address
            && let Some(count) = self.of_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&address);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.table.lock().remove(&self.connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::connections::connection::Phase;

    fn from(address: u8) -> Option<IpAddr> {
        Some(IpAddr::from([203, 0, 113, address]))
    }

    #[test]
    fn one_address_leaves_room_for_others() {
        let table = Arc::new(Connections::new(8));
        let busy = |address| {
            let place = table.admit(from(address))?;
            place.connection.enter(Phase::Busy);
            Some(place)
        };
        let first: Vec<_> = (0..8).map_while(|_| busy(1)).collect();
        assert_eq!(first.len(), 4);
        let second: Vec<_> = (0..8).map_while(|_| busy(2)).collect();
        assert_eq!(second.len(), 2);
        let third: Vec<_> = (0..8).map_while(|_| busy(3)).collect();
        assert_eq!(third.len(), 1);
        drop(first);
        assert!(busy(2).is_some());
        assert_eq!(table.lock().all.len(), 3);
    }

    #[test]
    fn idle_connections_make_room() {
        let table = Arc::new(Connections::new(4));
        let places: Vec<_> = (1..=4).map(|address| table.admit(from(address)).unwrap()).collect();
        for busy in &places[1..] {
            busy.connection.enter(Phase::Busy);
        }
        let fifth = table.admit(from(5)).unwrap();
        assert!(places[0].connection.is_ended());
        fifth.connection.enter(Phase::Busy);
        assert!(table.admit(from(6)).is_none(), "all are busy");
    }
}

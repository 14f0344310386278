//! Who uses a data directory, by locks that the kernel gives back when a process dies.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};

use anyhow::{Context, Result, bail};

use crate::cluster::home::Home;

/// A user's place at the cluster.
#[derive(Debug)]
pub struct Seat {
    users: File,
    /// Held by `serve`, the one that decides when PostgreSQL stops.
    service: Option<File>,
}

impl Seat {
    pub fn take(home: &Home) -> Result<Seat> {
        let users = home.lock_file("users.lock")?;
        users.lock_shared()?;
        Ok(Seat { users, service: None })
    }

    /// Fails when another service has the directory.
    pub fn take_for_service(home: &Home) -> Result<Seat> {
        let mut service = home.lock_file("service.lock")?;
        match service.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the data directory"),
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                service.read_to_string(&mut pid)?;
                bail!("another hatang serve (pid {}) runs on {}: stop it first", pid.trim(), home.data_dir.display());
            }
        }
        service.set_len(0)?;
        service.rewind()?;
        writeln!(service, "{}", std::process::id())?;
        let mut seat = Seat::take(home)?;
        seat.service = Some(service);
        Ok(seat)
    }

    /// Whether PostgreSQL goes with us: always for the service, else when nobody else is left. To be asked under the
    /// start lock: the others come and go under it.
    pub fn is_last(&self) -> bool {
        self.service.is_some() || self.users.try_lock().is_ok()
    }
}

impl Drop for Seat {
    /// Closing would do, were it not for a program being started at this moment: until it runs, it shares our files.
    fn drop(&mut self) {
        for file in self.service.iter().chain([&self.users]) {
            let _ = file.unlock();
        }
    }
}

/// Held while PostgreSQL is created, started or stopped: one at a time.
pub fn start_lock(home: &Home) -> Result<File> {
    let file = home.lock_file("start.lock")?;
    file.lock()?;
    Ok(file)
}

//! The users of a data directory, by locks that the kernel releases when a process dies.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};

use anyhow::{Context, Result, bail};

use crate::cluster::home::Home;

/// The lock of one process that uses the cluster.
#[derive(Debug)]
pub struct Seat {
    users: File,
    /// Held by `serve`, which decides when PostgreSQL stops.
    service: Option<File>,
}

impl Seat {
    pub fn take(home: &Home) -> Result<Seat> {
        let users = home.lock_file("users.lock")?;
        users.lock_shared()?;
        Ok(Seat { users, service: None })
    }

    /// Fails if another service uses the directory.
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

    /// Whether PostgreSQL stops when we leave: always for the service, otherwise when nobody else uses it. The caller
    /// holds the start lock, under which others come and go.
    pub fn is_last(&self) -> bool {
        self.service.is_some() || self.users.try_lock().is_ok()
    }
}

impl Drop for Seat {
    /// Closing the files is not enough: a program that is being started at this moment shares them until it runs.
    fn drop(&mut self) {
        for file in self.service.iter().chain([&self.users]) {
            let _ = file.unlock();
        }
    }
}

/// The lock for creating, starting or stopping PostgreSQL, by one process at a time.
pub fn start_lock(home: &Home) -> Result<File> {
    let file = home.lock_file("start.lock")?;
    file.lock()?;
    Ok(file)
}

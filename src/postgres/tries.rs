//! How often a transaction is tried that others stood in the way of.

use std::time::Duration;

/// Tries of a transaction that ended in a deadlock or could not be serialized.
#[derive(Debug, Default)]
pub struct Tries {
    made: u32,
}

impl Tries {
    /// The most tries. With their pauses they take some four seconds.
    const MOST: u32 = 8;

    /// Whether to try again, after a pause. Each pause may be twice as long as the one before; its length is left to
    /// chance, so that two writers do not meet again.
    pub async fn again(&mut self) -> bool {
        self.made += 1;
        if self.made == Tries::MOST {
            return false;
        }
        let longest = 20 << self.made;
        tokio::time::sleep(Duration::from_millis(rand::random_range(5..=longest))).await;
        true
    }
}

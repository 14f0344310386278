//! Who is asking, and the one policy: what they may see and do.

mod policy;

pub use policy::{View, may_write};

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// No account.
    Stranger,
    /// The holder of a valid token. Every token is an administrator's until accounts come.
    Administrator { name: String },
}

impl Caller {
    pub fn is_stranger(&self) -> bool {
        matches!(self, Caller::Stranger)
    }

    /// The name that versions and the audit trail bear.
    pub fn name(&self) -> &str {
        match self {
            Caller::Stranger => "stranger",
            Caller::Administrator { name } => name,
        }
    }
}

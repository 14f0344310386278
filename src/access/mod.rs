//! Who makes a request, and the one policy: what they may see and do.

mod grant;
mod policy;
mod stating;

pub use grant::{Grant, Limits, Place, Role};
pub use policy::{Feed, View, column, is_masked, keep_unseen, may_administer, may_write};
pub use stating::{Ground, Stated, may_state, states_of};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::layers::Problem;
use crate::texts::text;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// An anonymous caller: no account.
    Anonymous,
    Account(Account),
}

/// A signed-in account, with what it may do by the credential that it used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    /// The name that versions and the audit trail show.
    pub name: String,
    /// The `source_org` of the records that it registers, unless a record names another.
    pub organisation: Option<String>,
    pub grants: Vec<Grant>,
    pub credential: Credential,
}

/// How an account signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The command line, on the server itself.
    Console,
    Session {
        id: i64,
        /// Whether the password, and the code, were given lately.
        is_confirmed: bool,
        /// Whether the account must have a second factor and has none.
        lacks_factor: bool,
    },
    Token {
        id: i64,
        /// May write without `If-Match`.
        unconditional_writes: bool,
    },
}

impl Caller {
    /// The command line on the server itself, which may do everything.
    pub fn console(name: &str) -> Caller {
        Caller::Account(Account {
            id: 0,
            name: name.to_owned(),
            organisation: None,
            grants: vec![Grant::of_everything(Role::Administrator)],
            credential: Credential::Console,
        })
    }

    pub fn is_anonymous(&self) -> bool {
        matches!(self, Caller::Anonymous)
    }

    pub fn account(&self) -> Option<&Account> {
        match self {
            Caller::Anonymous => None,
            Caller::Account(account) => Some(account),
        }
    }

    pub fn grants(&self) -> &[Grant] {
        self.account().map_or(&[], |account| &account.grants)
    }

    /// The grants, to be stored with what the caller is shown.
    pub fn rights(&self) -> Value {
        json!(self.grants())
    }

    /// Whether the caller may see everything that somebody with these stored [`rights`](Caller::rights) may see.
    pub fn includes(&self, rights: &Value) -> bool {
        let stored = Vec::<Grant>::deserialize(rights);
        stored.is_ok_and(|stored| stored.iter().all(|grant| self.grants().iter().any(|own| own.includes(grant))))
    }

    /// The name that versions and the audit trail show.
    pub fn name(&self) -> &str {
        self.account().map_or("stranger", |account| &account.name)
    }

    /// The account and its browser session, for what a token must not do: make a credential, set a password.
    ///
    /// # Errors
    /// 401 without an account, 403 with a token.
    pub fn in_session(&self) -> Result<(&Account, i64), Error> {
        let account = self.account().ok_or(Error::Unauthorized)?;
        match account.credential {
            Credential::Session { id, .. } => Ok((account, id)),
            _ => Err(Error::Forbidden(Some(Problem::of_header("Authorization", text!("auth.session_required"))))),
        }
    }

    /// Checks that somebody in a browser proved lately who they are, for what a stranger at an open browser must not do:
    /// give grants, make tokens and links, change how one signs in.
    ///
    /// # Errors
    /// 403 when the password must be given again, or a second factor is to be set up first.
    pub fn confirmed(&self) -> Result<(), Error> {
        if let Some(Credential::Session { lacks_factor: true, .. }) = self.account().map(|account| &account.credential)
        {
            return Err(Error::Forbidden(Some(Problem::in_body("", text!("auth.factor_required")))));
        }
        self.confirmed_for_factor()
    }

    /// The same for setting up the second factor.
    ///
    /// # Errors
    /// 403 when the password must be given again.
    pub fn confirmed_for_factor(&self) -> Result<(), Error> {
        match self.account().map(|account| &account.credential) {
            Some(Credential::Session { is_confirmed: false, .. }) => {
                Err(Error::Forbidden(Some(Problem::in_body("", text!("auth.confirm")))))
            }
            _ => Ok(()),
        }
    }

    /// Whether the caller may leave out `If-Match`.
    pub fn writes_unconditionally(&self) -> bool {
        let credential = self.account().map(|account| &account.credential);
        matches!(credential, Some(Credential::Token { unconditional_writes: true, .. }))
    }
}

//! Sends mail: one-time links, notices.

use anyhow::{Context, Result};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{SmtpTransport, Transport};

use crate::config;
use crate::texts::{Text, text};

/// Whether a mail can be sent to this text.
pub fn is_address(text: &str) -> bool {
    text.len() <= 200 && text.parse::<Mailbox>().is_ok()
}

/// The configured mail server.
#[derive(Clone)]
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// `None` when no server is configured.
    ///
    /// # Errors
    /// When the settings are malformed.
    pub fn of(settings: &config::Mail) -> Result<Option<Mailer>> {
        let Some(url) = &settings.smtp_url else { return Ok(None) };
        // The error would quote the address, which contains a password.
        let transport = SmtpTransport::from_url(url).ok().context("HATANG_SMTP_URL is malformed")?.build();
        let from = settings.mail_from.as_deref().context("HATANG_MAIL_FROM must name the sender")?;
        let from = from.parse().with_context(|| format!("HATANG_MAIL_FROM: “{from}” is no address"))?;
        Ok(Some(Mailer { transport, from }))
    }

    /// Sends the link with which the holder of an account sets a password.
    ///
    /// # Errors
    /// When the address is malformed, or the server refuses.
    pub fn send_link(&self, to: &str, username: &str, link: &str) -> Result<()> {
        self.send(to, &text!("mail.subject"), &text!("mail.link", username = username), link)
    }

    /// Tells the holder of an account what happened to it. `page` is where they can do something about it.
    ///
    /// # Errors
    /// When the address is malformed, or the server refuses.
    pub fn send_notice(&self, to: &str, username: &str, what: &Text, page: &str) -> Result<()> {
        self.send(to, &text!("mail.notice_subject", username), what, page)
    }

    /// Sends a text in both languages, and a last line.
    fn send(&self, to: &str, subject: &Text, body: &Text, last: &str) -> Result<()> {
        let to: Mailbox = to.parse().with_context(|| format!("“{to}” is no address"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject.vi())
            .header(ContentType::TEXT_PLAIN)
            .body(format!("{}\r\n{}\r\n\r\n{last}\r\n", body.vi(), body.en()))?;
        self.transport.send(&message).context("the mail was not sent")?;
        Ok(())
    }
}

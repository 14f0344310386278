//! The socket of a connection. It tells [`Connection`](super::connection::Connection) what passes through it, and ends
//! when that says so.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::connections::table::Place;

pub struct Socket {
    pub inner: TcpStream,
    pub place: Place,
}

impl Socket {
    /// Whether it has ended; otherwise it is woken when it does.
    fn has_ended(&self, cx: &Context<'_>) -> bool {
        self.place.connection.waker.register(cx.waker());
        self.place.connection.is_ended()
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.has_ended(cx) {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.place.connection.note_arrival();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.has_ended(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        match &written {
            Poll::Pending => self.place.connection.note_taken(None),
            Poll::Ready(Ok(length)) => self.place.connection.note_taken(Some(*length)),
            Poll::Ready(Err(_)) => {}
        }
        written
    }

    /// The dispatcher flushes when everything is written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.place.connection.note_all_taken();
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

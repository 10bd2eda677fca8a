//! Requests that change something, as values.

use super::{Client, Outcome, call::Call};
use crate::reading::{self, DecodeError};

/// Decodes the body of a success.
type Decoder<T> = Box<dyn FnOnce(&[u8]) -> Result<T, DecodeError> + Send>;

/// A request that changes something, and how its response is decoded. [`Client::write`] sends it. There is one function
/// per endpoint, in the module of its resource.
pub struct Write<T> {
    call: Call,
    decode: Decoder<T>,
}

impl<T: 'static> Write<T> {
    pub(super) fn new(
        call: Call,
        decode: impl FnOnce(&[u8]) -> Result<T, DecodeError> + Send + 'static,
    ) -> Self {
        Self { call, decode: Box::new(decode) }
    }

    /// The same request with its decoded response converted.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U + Send + 'static) -> Write<U> {
        let decode = self.decode;
        Write { call: self.call, decode: Box::new(move |bytes| decode(bytes).map(convert)) }
    }

    /// Whether it has an idempotency key (§2.1). Deletes have none.
    pub fn has_key(&self) -> bool {
        self.call.key().is_some()
    }
}

impl Write<()> {
    /// A web page is not a success.
    pub(super) fn without_response(call: Call) -> Self {
        Self::new(call, reading::nothing)
    }
}

impl Client {
    /// Makes one attempt of a request that changes something.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn write<T>(&self, write: Write<T>) -> Outcome<T> {
        self.fetch(write.call, write.decode).await
    }
}

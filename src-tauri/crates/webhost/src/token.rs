//! The secret in the printed address.

use std::fmt;

/// 256 random bits as 64 hexadecimal digits.
///
/// Its `Debug` output is hidden, because it gives full access to the application.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new token from the system's random source.
    ///
    /// # Errors
    /// If the system has none.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The digits.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub(crate) fn is(&self, text: &str) -> bool {
        let pairs = self.0.bytes().zip(text.bytes());
        let difference = pairs.fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs));
        text.len() == self.0.len() && difference == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_only_itself() {
        let token = Token::random().expect("randomness");
        let text = token.expose().to_owned();
        assert_eq!(text.len(), 64, "256 bits");
        assert!(token.is(&text));
        assert!(!token.is(""), "nothing is no token");
        assert!(!token.is(&text[..63]), "a beginning is no token");
        assert!(!token.is(&format!("{text}0")), "more is no token");
        assert!(!token.is(Token::random().expect("randomness").expose()), "no two are the same");
        assert!(!format!("{token:?}").contains(&text), "it does not print itself");
    }
}

//! HTTP responses of the handlers, and Codat's error bodies (§2.5).

use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// A response before the headers that every response gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Answer")]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content: ContentType,
    /// Always UTF-8 text, except archives.
    #[serde(with = "text")]
    pub(crate) body: Bytes,
    /// The `Allow` header of a 405.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) allow: Option<String>,
    /// Additional headers. Names are lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ContentType {
    Json,
    Html,
    Style,
    Script,
    Pdf,
    Octets,
    #[serde(rename = "Nothing")]
    Empty,
}

impl ContentType {
    /// The `Content-Type` header.
    pub(crate) fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Json => Some("application/json; charset=utf-8"),
            Self::Html => Some("text/html; charset=utf-8"),
            Self::Style => Some("text/css; charset=utf-8"),
            Self::Script => Some("text/javascript; charset=utf-8"),
            Self::Pdf => Some("application/pdf"),
            Self::Octets => Some("application/octet-stream"),
            Self::Empty => None,
        }
    }
}

impl Response {
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(value).map_err(|error| ApiError::internal(&error))?;
        Ok(Self { content: ContentType::Json, body: body.into(), ..Self::empty(status) })
    }

    pub(crate) fn html(status: StatusCode, page: String) -> Self {
        Self { content: ContentType::Html, body: page.into(), ..Self::empty(status) }
    }

    /// A static file that is compiled into the program.
    pub(crate) fn asset(content: ContentType, body: &'static str) -> Self {
        Self { content, body: Bytes::from_static(body.as_bytes()), ..Self::empty(StatusCode::OK) }
    }

    /// 303: the browser continues with a GET.
    pub(crate) fn see_other(location: &str) -> Self {
        Self::empty(StatusCode::SEE_OTHER).with_header("location", location)
    }

    /// Adds a header. The name is lower case.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status: status.as_u16(),
            content: ContentType::Empty,
            body: Bytes::new(),
            allow: None,
            headers: Vec::new(),
        }
    }
}

/// An error response in Codat's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    /// The Codat service that reports the error.
    pub(crate) service: Service,
    pub(crate) error: String,
    /// The invalid item, for validation errors.
    pub(crate) item: Option<ValidationItem>,
    /// The allowed methods, for a 405.
    pub(crate) allow: Option<&'static str>,
}

/// The Codat service that an error names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Service {
    #[serde(rename = "PublicApi")]
    Public,
    /// Companies and connections.
    #[serde(rename = "ClientsApi")]
    Clients,
    /// Reads.
    #[serde(rename = "PullApi")]
    Pull,
}

/// An entry of `validation.errors`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ValidationItem {
    item_id: String,
    message: String,
    validator_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorWire<'a> {
    status_code: u16,
    service: Service,
    error: &'a str,
    correlation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation: Option<ValidationWire<'a>>,
    can_be_retried: &'static str,
    detailed_error_code: u8,
}

#[derive(Serialize)]
struct ValidationWire<'a> {
    errors: [&'a ValidationItem; 1],
    warnings: [&'a ValidationItem; 0],
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, service: Service, error: impl Into<String>) -> Self {
        Self { status, service, error: error.into(), item: None, allow: None }
    }

    pub(crate) fn with_item(mut self, item: &str, message: &str, validator: &str) -> Self {
        self.item = Some(ValidationItem {
            item_id: item.to_owned(),
            message: message.to_owned(),
            validator_name: validator.to_owned(),
        });
        self
    }

    /// 400.
    pub(crate) fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Service::Public, error)
    }

    /// 400 for an invalid body: a general text, with the details as an item.
    pub(crate) fn invalid_body(item: &str, message: &str) -> Self {
        Self::bad_request("Error processing request - not valid.").with_item(item, message, "RequestBody")
    }

    /// 404: unknown path.
    pub(crate) fn path_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, Service::Public, "NotFound")
    }

    /// 404: unknown company. `id` is the text of the request.
    pub(crate) fn company_not_found(id: &str) -> Self {
        let text = format!("No company was found with ID {id}");
        Self::new(StatusCode::NOT_FOUND, Service::Clients, text)
    }

    /// 404: unknown connection. `id` is the text of the request.
    pub(crate) fn connection_not_found(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, Service::Public, format!("Data connection {id} not found"))
    }

    /// 405: the path exists, the method does not.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let text = format!("Method not allowed. This path answers to {allow}.");
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, Service::Public, text) }
    }

    /// 500: the sandbox itself failed. The reason is logged, not sent.
    pub(crate) fn internal(reason: &dyn core::fmt::Display) -> Self {
        tracing::error!(%reason, "the sandbox could not answer");
        Self::from_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// An error with Codat's default text for the status.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        let text = match status.as_u16() {
            401 => "Unauthorized",
            402 => "Payment Required",
            403 => "You are using an outdated API key or a key not associated with that resource.",
            404 => "NotFound",
            429 => "You have made too many requests in a given amount of time; please retry later.",
            500..=599 => "There is a problem with our server. Please try again later.",
            _ => "Error processing request - not valid.",
        };
        Self::new(status, Service::Public, text)
    }

    /// Builds the response. `correlation` has 32 hexadecimal digits.
    pub(crate) fn to_response(&self, correlation: &str) -> Response {
        let wire = ErrorWire {
            status_code: self.status.as_u16(),
            service: self.service,
            error: &self.error,
            correlation_id: correlation,
            validation: self.item.as_ref().map(|item| ValidationWire { errors: [item], warnings: [] }),
            can_be_retried: "Unknown",
            detailed_error_code: 0,
        };
        Response {
            status: self.status.as_u16(),
            content: ContentType::Json,
            body: serde_json::to_vec(&wire).unwrap_or_default().into(),
            allow: self.allow.map(str::to_owned),
            headers: Vec::new(),
        }
    }
}

/// Serializes a body as a string.
mod text {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(body))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        String::deserialize(deserializer).map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_codats_shape() {
        let answer = ApiError::company_not_found("x").with_item("a", "b", "c").to_response("0123");
        let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        insta::assert_json_snapshot!(json, @r#"
        {
          "canBeRetried": "Unknown",
          "correlationId": "0123",
          "detailedErrorCode": 0,
          "error": "No company was found with ID x",
          "service": "ClientsApi",
          "statusCode": 404,
          "validation": {
            "errors": [
              {
                "itemId": "a",
                "message": "b",
                "validatorName": "c"
              }
            ],
            "warnings": []
          }
        }
        "#);
    }
}

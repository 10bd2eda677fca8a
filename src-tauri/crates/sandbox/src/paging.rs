//! Pages of lists (§2.2).

use serde::Serialize;

use crate::{request::Request, response::ApiError};

const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 5_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Starts at 1.
    number: usize,
    /// From 1 to 5000.
    size: usize,
}

impl Window {
    /// Reads the query parameters.
    ///
    /// # Errors
    /// 400 if a parameter is not a number or out of range.
    pub(crate) fn parse(request: &Request) -> Result<Self, ApiError> {
        let number = figure(request, "page", 1, usize::MAX)?;
        let size = figure(request, "pageSize", DEFAULT_SIZE, MAX_SIZE)?;
        Ok(Self { number, size })
    }

    /// The items on the page.
    pub(crate) fn cut<T>(self, all: &[T]) -> &[T] {
        let start = (self.number - 1).saturating_mul(self.size).min(all.len());
        let end = start.saturating_add(self.size).min(all.len());
        &all[start..end]
    }

    /// The number of items before the page, and the page size.
    pub(crate) fn span(self) -> (usize, usize) {
        ((self.number - 1).saturating_mul(self.size), self.size)
    }

    /// The page with its links.
    pub(crate) fn page<T>(self, request: &Request, results: Vec<T>, total: usize) -> PageWire<T> {
        let more = self.number.saturating_mul(self.size) < total;
        PageWire {
            results,
            page_number: self.number,
            page_size: self.size,
            total_results: total,
            links: LinksWire {
                current: self.link(request, self.number),
                next: more.then(|| self.link(request, self.number + 1)),
                previous: (self.number > 1).then(|| self.link(request, self.number - 1)),
                this: Link { href: request.path.clone() },
            },
        }
    }

    fn link(self, request: &Request, number: usize) -> Link {
        let mut href = format!("{}?page={number}&pageSize={}", request.path, self.size);
        for parameter in &request.parameters {
            if !["page", "pagesize"].contains(&parameter.name.to_ascii_lowercase().as_str()) {
                href.push('&');
                href.push_str(&parameter.raw);
            }
        }
        Link { href }
    }
}

fn figure(request: &Request, name: &str, default: usize, largest: usize) -> Result<usize, ApiError> {
    let Some(text) = request.parameter(name) else { return Ok(default) };
    text.parse().ok().filter(|figure| (1..=largest).contains(figure)).ok_or_else(|| {
        let message = format!("'{name}' must be a whole number from 1{}.", bound(largest));
        ApiError::bad_request("Error processing request - not valid.").with_item(name, &message, "Paging")
    })
}

fn bound(largest: usize) -> String {
    if largest == usize::MAX { String::new() } else { format!(" to {largest}") }
}

/// A page as the API sends it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageWire<T> {
    results: Vec<T>,
    page_number: usize,
    page_size: usize,
    total_results: usize,
    #[serde(rename = "_links")]
    links: LinksWire,
}

#[derive(Debug, Serialize)]
struct LinksWire {
    #[serde(rename = "self")]
    this: Link,
    current: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Link>,
}

#[derive(Debug, Serialize)]
struct Link {
    href: String,
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method};
    use proptest::prelude::*;

    use super::*;

    fn request(target: &str) -> Request {
        Request::new(Method::GET, &target.parse().unwrap(), HeaderMap::new(), Bytes::new())
    }

    #[test]
    fn links_are_relative_and_keep_every_parameter() {
        let request = request("/companies?query=name~bakery&page=2&pageSize=20");
        let window = Window::parse(&request).unwrap();
        let json = serde_json::to_value(window.page::<u8>(&request, Vec::new(), 54)).unwrap();
        insta::assert_json_snapshot!(json["_links"], @r#"
        {
          "current": {
            "href": "/companies?page=2&pageSize=20&query=name~bakery"
          },
          "next": {
            "href": "/companies?page=3&pageSize=20&query=name~bakery"
          },
          "previous": {
            "href": "/companies?page=1&pageSize=20&query=name~bakery"
          },
          "self": {
            "href": "/companies"
          }
        }
        "#);
    }

    #[test]
    fn figures_out_of_bounds_are_refused() {
        for query in ["page=0", "page=-1", "page=x", "page=", "pageSize=0", "pageSize=5001", "page=1.5"] {
            assert!(Window::parse(&request(&format!("/companies?{query}"))).is_err(), "{query}");
        }
        assert!(Window::parse(&request("/companies?pageSize=5000&page=18446744073709551615")).is_ok());
    }

    proptest! {
        #[test]
        fn walking_the_pages_gives_each_exactly_once(total in 0_usize..400, size in 1_usize..60) {
            let all: Vec<usize> = (0..total).collect();
            let mut seen = Vec::new();
            for number in 1.. {
                let request = request(&format!("/x?page={number}&pageSize={size}"));
                let window = Window::parse(&request).unwrap();
                prop_assert!(total == 0 || !window.cut(&all).is_empty(), "no page is empty");
                seen.extend_from_slice(window.cut(&all));
                let page = serde_json::to_value(window.page::<u8>(&request, Vec::new(), total)).unwrap();
                prop_assert_eq!(page["_links"].get("previous").is_some(), number > 1);
                if page["_links"].get("next").is_none() {
                    break;
                }
            }
            prop_assert_eq!(seen, all);
        }
    }
}

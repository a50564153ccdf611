//! Tokens and Retry-After.

use super::{retry_after, token};
use std::time::Duration;

#[test]
fn tokens_are_random_uuids() {
    let (one, two) = (token(), token());
    assert_ne!(one, two);
    let lengths: Vec<usize> = one.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_eq!(one.as_bytes()[14], b'4');
    assert!(b"89ab".contains(&one.as_bytes()[19]));
}

#[test]
fn retry_after_is_bounded() {
    let header = |value: &'static str| {
        let mut headers = http::HeaderMap::new();
        headers.insert("retry-after", http::HeaderValue::from_static(value));
        retry_after(&headers)
    };
    assert_eq!(header("2"), Some(Duration::from_secs(2)));
    assert_eq!(header("1e99"), Some(Duration::from_secs(60)));
    assert_eq!(header("-1"), None);
    assert_eq!(header("soon"), None);
    assert_eq!(header("NaN"), None);
}

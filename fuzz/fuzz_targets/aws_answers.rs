//! Answers of the AWS APIs. The first line names the operation, the rest is the body: whatever it is,
//! there is a document or an error.
#![no_main]

use cloud::aws::{Answer, parse_answer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else { return };
    let (head, body) = input.split_at(end);
    let Ok(name) = std::str::from_utf8(head) else { return };
    let Some((service, operation)) = apimodel::aws::operation(name) else { return };
    let headers = http::HeaderMap::new();
    let _ = parse_answer(&service, &operation, Answer { status: 200, headers: &headers, body: &body[1..] });
});

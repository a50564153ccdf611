//! Requests of made-up runs: what overlaps, what follows, what failed.

use super::Trace;

fn trace(calls: &[(&str, u16, u32, f64, f64)]) -> Trace {
    let folder = std::env::temp_dir().join(format!("stance-trace-{}-{}", std::process::id(), calls.len()));
    let mut text = r#"{"server_cpu_seconds": 1.5, "calls": 0}"#.to_owned();
    for (name, status, depth, started, ended) in calls {
        text += &format!(
            "\n{{\"name\": \"{name}\", \"region\": \"us-east-1\", \"status\": {status}, \"replay\": false, \"depth\": {depth}, \
             \"started\": {started}, \"answered\": {ended}, \"ended\": {ended}, \"answer_bytes\": 1}}"
        );
    }
    std::fs::write(&folder, text).expect("a file can be written");
    let trace = Trace::read(&folder).expect("a trace");
    std::fs::remove_file(&folder).expect("a file can be removed");
    trace
}

#[test]
fn time_in_which_requests_overlap_counts_once() {
    let trace = trace(&[
        ("a.A", 200, 1, 0.0, 2.0),
        ("a.B", 200, 2, 1.0, 3.0),
        ("a.B", 200, 2, 1.5, 1.75),
        ("a.C", 501, 3, 5.0, 6.0),
    ]);
    assert!((trace.waited_seconds() - 4.0).abs() < 1e-9, "{}", trace.waited_seconds());
    assert_eq!(trace.open_max(), 3);
    assert_eq!(trace.chain(), (3, "a.C"));
    assert_eq!(trace.by_operation().into_iter().collect::<Vec<_>>(), [("a.A", 1), ("a.B", 2), ("a.C", 1)]);
    assert_eq!(trace.server_errors().into_iter().collect::<Vec<_>>(), [("a.C", 1)]);
}

#[test]
fn one_request_after_the_other_is_never_two_at_once() {
    let trace = trace(&[("a.A", 200, 1, 0.0, 1.0), ("a.B", 200, 1, 1.0, 2.0)]);
    assert_eq!(trace.open_max(), 1);
    assert!((trace.busy_seconds() - 2.0).abs() < 1e-9);
}

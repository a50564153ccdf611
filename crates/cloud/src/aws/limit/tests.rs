//! Growth, back-off and waiting.

use super::{CONCURRENCY_START, Limit, Limits, Permit};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

fn limit(concurrency_max: usize) -> Arc<Limit> {
    Limits::new(concurrency_max).of(&(Arc::from("a"), Arc::from("r"), Arc::from("s")))
}

#[tokio::test]
async fn it_grows_until_throttled_and_backs_off() {
    let limit = limit(64);
    assert!((limit.concurrency() - CONCURRENCY_START).abs() < 1e-9);
    for _ in 0..100 {
        limit.answered();
    }
    assert!((limit.concurrency() - 64.0).abs() < 1e-9, "up to its bound");
    limit.throttled(None);
    let once = limit.concurrency();
    assert!(once < 40.0);
    limit.throttled(None);
    assert!((limit.concurrency() - once).abs() < 1e-9, "a burst counts once");
    limit.answered();
    assert!(limit.concurrency() > once && limit.concurrency() < once + 0.1, "then it grows slowly");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_than_allowed_are_under_way() {
    let limit = limit(3);
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let (limit, now, most) = (limit.clone(), now.clone(), most.clone());
            tokio::spawn(async move {
                let _permit: Permit = limit.acquire().await;
                most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                tokio::task::yield_now().await;
                now.fetch_sub(1, SeqCst);
                limit.answered();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(most.load(SeqCst), 3);
}

#[tokio::test]
async fn retry_after_holds_everybody_back() {
    let limit = limit(8);
    limit.throttled(Some(Duration::from_millis(120)));
    let began = Instant::now();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            tokio::spawn({
                let limit = limit.clone();
                async move { drop(limit.acquire().await) }
            })
        })
        .collect();
    for task in waiting {
        task.await.unwrap();
    }
    assert!(began.elapsed() >= Duration::from_millis(110));
}

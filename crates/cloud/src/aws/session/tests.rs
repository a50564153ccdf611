//! Credentials that end and are renewed.

use super::{CallErrorKind, Session, SessionSource, Slot};
use crate::aws::options::ClientOptions;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

/// Hands out credentials that last for the given seconds, one after the other; then fails.
#[derive(Clone, Debug)]
struct Source {
    lasting_seconds: Vec<u64>,
    asked: Arc<AtomicU64>,
}

impl ProvideCredentials for Source {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let number = self.asked.fetch_add(1, SeqCst);
        let lasting = usize::try_from(number).ok().and_then(|number| self.lasting_seconds.get(number));
        future::ProvideCredentials::ready(match lasting {
            Some(seconds) => {
                let end = SystemTime::now() + Duration::from_secs(*seconds);
                Ok(Credentials::new(format!("id{number}"), "secret", None, Some(end), "test"))
            }
            None => Err(CredentialsError::provider_error("the source is gone")),
        })
    }
}

async fn session(lasting_seconds: &[u64]) -> (Session, Arc<AtomicU64>) {
    let asked = Arc::new(AtomicU64::new(0));
    let source = Source { lasting_seconds: lasting_seconds.to_vec(), asked: asked.clone() };
    let keys = Some(("id".to_owned(), "secret".to_owned(), None));
    let given = SessionSource { keys, region: Some("eu-west-1".to_owned()), ..SessionSource::default() };
    let options = ClientOptions::default();
    let http = crate::aws::transport::client(&options).unwrap();
    let session = Session::open(&given, &options, &http).await.unwrap();
    let slot = Slot {
        provider: SharedCredentialsProvider::new(source),
        current: std::sync::RwLock::default(),
        renewing: tokio::sync::Mutex::default(),
        ended: std::sync::atomic::AtomicBool::new(false),
    };
    let mut inner = Arc::into_inner(session.0).unwrap();
    inner.credentials = Arc::new(slot);
    (Session(Arc::new(inner)), asked)
}

#[tokio::test]
async fn they_are_asked_for_once_and_renewed_before_they_end() {
    let (lasting, asked) = session(&[3_600]).await;
    for _ in 0..5 {
        assert_eq!(lasting.credentials().await.unwrap().access_key_id(), "id0");
    }
    assert_eq!(asked.load(SeqCst), 1);
    // Less than the time of renewal left: asked for again, but not with every call.
    let (short, asked) = session(&[100, 100]).await;
    for _ in 0..5 {
        short.credentials().await.unwrap();
    }
    assert_eq!(asked.load(SeqCst), 1);
}

#[tokio::test]
async fn their_end_is_final_when_there_are_no_others() {
    let (session, asked) = session(&[1]).await;
    let first = session.credentials().await.unwrap();
    assert!(!session.renew(&first).await);
    assert!(session.has_expired());
    assert_eq!(session.credentials().await.unwrap_err().kind, CallErrorKind::Expired);
    assert_eq!(asked.load(SeqCst), 2, "nobody is asked after the end");
}

#[tokio::test]
async fn what_can_not_be_renewed_holds_to_its_end() {
    let (session, _) = session(&[0]).await;
    session.credentials().await.unwrap();
    let failure = session.credentials().await.unwrap_err();
    assert_eq!(failure.kind, CallErrorKind::Expired);
    assert!(failure.message.contains("the source is gone"), "{failure}");
}

#[tokio::test]
async fn concurrent_calls_share_one_renewal() {
    let (session, asked) = session(&[3_600, 3_600]).await;
    let old = session.credentials().await.unwrap();
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (session, old) = (session.clone(), old.clone());
            tokio::spawn(async move { session.renew(&old).await })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(asked.load(SeqCst), 2);
    assert_eq!(session.credentials().await.unwrap().access_key_id(), "id1");
}

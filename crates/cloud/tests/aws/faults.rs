//! A server full of faults: each test scripts what it answers, request by request.

use cloud::aws::{CallError, CallErrorKind, Client, ClientOptions, Session, SessionSource};
use model::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request.
enum Reply {
    /// Status, headers (`a: b\r\n`), body.
    Answer(u16, &'static str, Vec<u8>),
    /// Close without a word.
    Reset,
    /// The first bytes of an answer whose length promises more.
    Cut(Vec<u8>),
    /// Nothing, for so long.
    Silence(Duration),
}

/// A server; counts its requests.
struct Server {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// `script` gets the number of the request, from 0, and its head and body.
    async fn start(script: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let requests = Arc::new(AtomicUsize::new(0));
        let (script, counter) = (Arc::new(script), requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script.clone(), counter.clone()));
            }
        });
        Self { url, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }

    /// A client that has got past `GetCallerIdentity`, which `identity` answers.
    async fn connect(&self, change: impl FnOnce(&mut ClientOptions)) -> (Client, Session) {
        connect(&self.url, change).await.expect("the server says who it is")
    }
}

async fn connect(url: &str, change: impl FnOnce(&mut ClientOptions)) -> Result<(Client, Session), CallError> {
    let mut options = ClientOptions {
        endpoint_url: Some(url.to_owned()),
        attempt_timeout: Duration::from_millis(400),
        connect_timeout: Duration::from_millis(400),
        retries_max: 4,
        ..ClientOptions::default()
    };
    change(&mut options);
    let client = Client::new(options)?;
    let keys = Some(("id".to_owned(), "secret".to_owned(), Some("token".to_owned())));
    let source = SessionSource { region: Some("eu-west-1".to_owned()), keys, ..SessionSource::default() };
    let session = client.session(&source).await?;
    Ok((client, session))
}

async fn serve(mut stream: TcpStream, script: Arc<impl Fn(usize, &str) -> Reply>, counter: Arc<AtomicUsize>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let Ok(count @ 1..) = stream.read(&mut buffer).await else { return };
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break;
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let reply = match text.contains("Action=GetCallerIdentity") {
        true => Reply::Answer(200, "", IDENTITY.as_bytes().to_vec()),
        false => script(counter.fetch_add(1, SeqCst), &text),
    };
    let (status, headers, body, length) = match reply {
        Reply::Answer(status, headers, body) => (status, headers, body.clone(), body.len()),
        Reply::Cut(body) => (200, "", body.clone(), body.len() + 100),
        Reply::Reset => return,
        Reply::Silence(pause) => return tokio::time::sleep(pause).await,
    };
    let head = format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body).await;
    let _ = stream.shutdown().await;
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/u</Arn>\
    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const VPCS: &str = "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>";

fn vpcs() -> Reply {
    Reply::Answer(200, "", VPCS.as_bytes().to_vec())
}

fn ec2_error(status: u16, code: &str) -> Reply {
    Reply::Answer(
        status,
        "",
        format!("<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>")
            .into_bytes(),
    )
}

/// The address of a container's credentials: ones that last an hour.
pub(crate) async fn container_credentials() -> String {
    let end = std::time::SystemTime::now() + Duration::from_secs(3_600);
    let end = chrono::DateTime::<chrono::Utc>::from(end).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let body = format!(r#"{{"AccessKeyId":"c","SecretAccessKey":"d","Token":"e","Expiration":"{end}"}}"#);
    let server =
        Server::start(move |_, _| Reply::Answer(200, "content-type: application/json\r\n", body.clone().into_bytes()))
            .await;
    format!("{}/credentials", server.url)
}

async fn describe(client: &Client, session: &Session) -> Result<String, CallError> {
    let answer = client.call(session, "eu-west-1", "ec2", "DescribeVpcs", &Value::Null).await?;
    Ok(answer.at("Vpcs.0.VpcId").as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_passes_is_asked_again() {
    let server = Server::start(|number, _| match number {
        0 => ec2_error(503, "RequestLimitExceeded"),
        1 => ec2_error(500, "InternalError"),
        2 => Reply::Reset,
        _ => vpcs(),
    })
    .await;
    let (client, session) = server.connect(|options| options.retries_max = 8).await;
    assert_eq!(describe(&client, &session).await.as_deref(), Ok("vpc-1"));
    let counters = client.counters();
    let ((_, region, operation), counters) = counters.iter().find(|(key, _)| &*key.0 == "ec2").unwrap();
    assert_eq!((&**region, &**operation), ("eu-west-1", "DescribeVpcs"));
    assert_eq!(
        (counters.calls, counters.requests, counters.retries, counters.throttles, counters.errors),
        (1, 4, 3, 1, 0)
    );
    assert!(counters.bytes > 0 && counters.wait_micros > 0 && counters.pause_micros > 0);
}

#[tokio::test]
async fn cut_and_malformed_answers_are_asked_again_and_given_up() {
    let server = Server::start(|number, _| match number {
        0 => Reply::Cut(VPCS.as_bytes()[..40].to_vec()),
        1 => Reply::Answer(200, "", VPCS.as_bytes()[..60].to_vec()),
        _ => vpcs(),
    })
    .await;
    let (client, session) = server.connect(|_| {}).await;
    assert_eq!(describe(&client, &session).await.as_deref(), Ok("vpc-1"));
    for (body, headers) in [
        (&VPCS[..60], ""),
        ("<html>hello</html>", "content-type: text/html\r\n"),
        ("{}", "content-type: application/json\r\n"),
        ("", ""),
    ] {
        let server = Server::start(move |_, _| Reply::Answer(200, headers, body.as_bytes().to_vec())).await;
        let (client, session) = server.connect(|_| {}).await;
        let error = describe(&client, &session).await.unwrap_err();
        assert_eq!((error.kind, &*error.code), (CallErrorKind::Failed, "MalformedAnswer"), "{body}");
        assert_eq!(server.requests(), 3);
    }
}

#[tokio::test]
async fn malformed_json_and_cbor_are_errors() {
    let cases: &[(&str, &str, &[u8])] = &[
        ("dynamodb", "ListTables", b"{\"TableNames\":[\"a\""),
        ("dynamodb", "ListTables", b"<a/>"),
        ("lambda", "ListFunctions", b"{\"Functions\":{}}"),
        ("eventbridgev2", "ListEventBuses", b"\xbf\x6aEventBuses\x9f"),
        ("s3", "ListBuckets", b"<ListAllMyBucketsResult><Buckets><Bucket>"),
    ];
    for (service, operation, body) in cases {
        let server = Server::start(move |_, _| Reply::Answer(200, "", body.to_vec())).await;
        let (client, session) = server.connect(|_| {}).await;
        let error = client.call(&session, "eu-west-1", service, operation, &Value::Null).await.unwrap_err();
        assert_eq!((error.kind, &*error.code), (CallErrorKind::Failed, "MalformedAnswer"), "{service}");
    }
}

#[tokio::test]
async fn endless_throttling_and_failure_end() {
    let server = Server::start(|_, _| ec2_error(503, "RequestLimitExceeded")).await;
    let (client, session) = server.connect(|options| options.retries_max = 2).await;
    let error = describe(&client, &session).await.unwrap_err();
    assert_eq!((error.kind, error.status, server.requests()), (CallErrorKind::Throttled, 503, 3));
    let server = Server::start(|_, _| Reply::Answer(500, "", Vec::new())).await;
    let (client, session) = server.connect(|_| {}).await;
    let error = describe(&client, &session).await.unwrap_err();
    assert_eq!((error.kind, error.status, server.requests()), (CallErrorKind::Failed, 500, 3));
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let server = Server::start(|number, _| match number {
        0 => Reply::Answer(429, "retry-after: 1\r\n", Vec::new()),
        _ => vpcs(),
    })
    .await;
    let (client, session) = server.connect(|_| {}).await;
    let began = Instant::now();
    assert_eq!(describe(&client, &session).await.as_deref(), Ok("vpc-1"));
    assert!(began.elapsed() >= Duration::from_millis(950));
}

#[tokio::test]
async fn refusals_are_not_asked_again() {
    let cases = [
        (403, "UnauthorizedOperation", CallErrorKind::Denied),
        (400, "InvalidVpcID.NotFound", CallErrorKind::NotFound),
        (400, "InvalidParameterValue", CallErrorKind::Invalid),
        (401, "AuthFailure", CallErrorKind::Denied),
        (400, "OptInRequired", CallErrorKind::Denied),
    ];
    for (status, code, kind) in cases {
        let server = Server::start(move |_, _| ec2_error(status, code)).await;
        let (client, session) = server.connect(|_| {}).await;
        let error = describe(&client, &session).await.unwrap_err();
        assert_eq!((error.kind, &*error.code, error.status, server.requests()), (kind, code, status, 1));
        assert_eq!((&*error.service, &*error.operation, &*error.region), ("ec2", "DescribeVpcs", "eu-west-1"));
        assert_eq!(client.totals().errors, 1);
    }
}

#[tokio::test]
async fn slow_answers_time_out() {
    let server =
        Server::start(|number, _| if number == 0 { Reply::Silence(Duration::from_secs(5)) } else { vpcs() }).await;
    let (client, session) = server.connect(|_| {}).await;
    assert_eq!(describe(&client, &session).await.as_deref(), Ok("vpc-1"));
    let server = Server::start(|_, _| Reply::Silence(Duration::from_secs(60))).await;
    let (client, session) = server
        .connect(|options| {
            options.attempt_timeout = Duration::from_secs(30);
            options.call_deadline = Duration::from_millis(300);
        })
        .await;
    let began = Instant::now();
    let error = describe(&client, &session).await.unwrap_err();
    assert_eq!((error.kind, &*error.code), (CallErrorKind::Unreachable, "DeadlineExceeded"));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn an_endpoint_that_is_down_costs_little() {
    let server = Server::start(|_, _| vpcs()).await;
    let (client, session) = server.connect(|_| {}).await;
    // The same session, asked where nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let down = connect(&dead, |_| {}).await.unwrap_err();
    assert_eq!((down.kind, &*down.operation), (CallErrorKind::Unreachable, "GetCallerIdentity"));
    drop((client, session));

    let server = Server::start(|_, _| Reply::Silence(Duration::from_secs(60))).await;
    let (client, session) = server.connect(|_| {}).await;
    let began = Instant::now();
    let calls = (0..50).map(|number| {
        let (client, session) = (client.clone(), session.clone());
        tokio::spawn(async move {
            let input = Value::from_iter([("VpcIds", Value::List(vec![Value::from(format!("vpc-{number}"))]))]);
            client.call(&session, "eu-west-1", "ec2", "DescribeVpcs", &input).await.unwrap_err().kind
        })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), CallErrorKind::Unreachable);
    }
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert!(server.requests() < 40, "{}", server.requests());
    assert!(describe(&client, &session).await.unwrap_err().message.contains("just now"));
}

#[tokio::test]
async fn expired_credentials_end_clearly() {
    let server = Server::start(|_, _| ec2_error(400, "ExpiredToken")).await;
    let (client, session) = server.connect(|_| {}).await;
    let error = describe(&client, &session).await.unwrap_err();
    assert_eq!((error.kind, server.requests()), (CallErrorKind::Expired, 1));
    assert!(session.has_expired());
    let error = client.call(&session, "eu-west-1", "ec2", "DescribeSubnets", &Value::Null).await.unwrap_err();
    assert_eq!((error.kind, server.requests()), (CallErrorKind::Expired, 1), "nothing more is sent");
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once() {
    let server = Server::start(|number, request| match number {
        0 => Reply::Answer(
            403,
            "date: Tue, 01 Jan 2030 00:00:00 GMT\r\n",
            br#"{"__type":"x#InvalidSignatureException","message":"Signature expired"}"#.to_vec(),
        ),
        _ if request.to_ascii_lowercase().contains("x-amz-date: 20300101t0000") => {
            Reply::Answer(200, "", br#"{"TableNames":["t"]}"#.to_vec())
        }
        _ => Reply::Answer(400, "", Vec::new()),
    })
    .await;
    let (client, session) = server.connect(|_| {}).await;
    let answer = client.call(&session, "eu-west-1", "dynamodb", "ListTables", &Value::Null).await.unwrap();
    assert_eq!(answer.at("TableNames.0").as_str(), Some("t"));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn buckets_are_followed_to_their_region_once() {
    let server = Server::start(|_, request| {
        if request.contains("/ap-south-1/s3/aws4_request") {
            Reply::Answer(200, "", b"{}".to_vec())
        } else if request.starts_with("HEAD") {
            Reply::Answer(400, "x-amz-bucket-region: ap-south-1\r\n", Vec::new())
        } else {
            Reply::Answer(
                301,
                "x-amz-bucket-region: ap-south-1\r\n",
                b"<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>".to_vec(),
            )
        }
    })
    .await;
    let (client, session) = server.connect(|_| {}).await;
    let bucket = Value::from_iter([("Bucket", Value::from("far"))]);
    let policy = client.call(&session, "eu-west-1", "s3", "GetBucketPolicy", &bucket).await.unwrap();
    assert_eq!((policy.member("Policy").as_str(), server.requests()), (Some("{}"), 2));
    client.call(&session, "eu-west-1", "s3", "HeadBucket", &bucket).await.unwrap();
    assert_eq!(server.requests(), 3, "the region is remembered");
    let server = Server::start(|_, _| {
        let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>evil.example/</Region></Error>";
        Reply::Answer(400, "", body.as_bytes().to_vec())
    })
    .await;
    let (client, session) = server.connect(|_| {}).await;
    let error = client.call(&session, "eu-west-1", "s3", "GetBucketPolicy", &bucket).await.unwrap_err();
    assert_eq!((&*error.code, server.requests()), ("AuthorizationHeaderMalformed", 1), "no such region");
}

#[tokio::test]
async fn identical_calls_are_made_once() {
    let server = Server::start(|_, _| vpcs()).await;
    let (client, session) = server.connect(|_| {}).await;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (client, session) = (client.clone(), session.clone());
            tokio::spawn(async move { describe(&client, &session).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().as_deref(), Ok("vpc-1"));
    }
    assert_eq!(server.requests(), 1);
    assert_eq!(client.totals().calls_shared, 19);
    client.forget(&session);
    describe(&client, &session).await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn what_exceeds_a_bound_is_an_error() {
    let page = |token: usize| {
        let body = format!(
            "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-{token}</vpcId></item></vpcSet><nextToken>t{token}</nextToken></DescribeVpcsResponse>"
        );
        Reply::Answer(200, "", body.into_bytes())
    };
    type Change = fn(&mut ClientOptions);
    let cases: [(&str, Change); 3] = [
        ("TooManyPages", |options| options.pages_max = 3),
        ("AnswerTooLong", |options| options.answer_bytes_max = 500),
        ("AnswerTooLong", |options| options.body_bytes_max = 50),
    ];
    for (code, change) in cases {
        let server = Server::start(move |number, _| page(number)).await;
        let server_url = server.url.clone();
        // The bound is too tight for the session's own call only in the last case.
        let (client, session) = match connect(&server_url, change).await {
            Ok(connected) => connected,
            Err(error) => {
                assert_eq!(&*error.code, code);
                continue;
            }
        };
        let error = describe(&client, &session).await.unwrap_err();
        assert_eq!((error.kind, &*error.code), (CallErrorKind::Failed, code));
    }
    let server = Server::start(move |_, _| page(7)).await;
    let (client, session) = server.connect(|_| {}).await;
    assert_eq!(&*describe(&client, &session).await.unwrap_err().code, "RepeatedToken");
}

#[tokio::test]
async fn only_reads_leave() {
    let server = Server::start(|_, _| vpcs()).await;
    let (client, session) = server.connect(|_| {}).await;
    let refused = [
        ("ec2", "TerminateInstances", "NotARead"),
        ("sts", "AssumeRole", "NotARead"),
        ("nothing", "ListThings", "NotARead"),
        ("secretsmanager", "GetSecretValue", "ReadsData"),
        ("s3", "GetObject", "ReadsData"),
        ("lambda", "GetFunction", "ReadsData"),
    ];
    for (service, operation, code) in refused {
        let error = client.call(&session, "eu-west-1", service, operation, &Value::Null).await.unwrap_err();
        assert_eq!((error.kind, &*error.code), (CallErrorKind::Refused, code), "{service}.{operation}");
    }
    let error = client.call(&session, "eu-west-1", "s3", "GetBucketPolicy", &Value::Null).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Invalid);
    assert_eq!(server.requests(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_throttling_is_survived() {
    // At most 6 at a time are answered; the others are throttled.
    let busy = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |number, _| {
        let busy = busy.clone();
        let now = busy.fetch_add(1, SeqCst);
        let reply = if now >= 6 || number % 17 == 3 { ec2_error(503, "RequestLimitExceeded") } else { vpcs() };
        std::thread::sleep(Duration::from_millis(2));
        busy.fetch_sub(1, SeqCst);
        reply
    })
    .await;
    let (client, session) = server.connect(|options| options.retries_max = 10).await;
    let calls: Vec<_> = (0..150)
        .map(|number| {
            let (client, session) = (client.clone(), session.clone());
            tokio::spawn(async move {
                let input = Value::from_iter([("VpcIds", Value::List(vec![Value::from(format!("vpc-{number}"))]))]);
                client.call(&session, "eu-west-1", "ec2", "DescribeVpcs", &input).await.map(drop)
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(()));
    }
    assert!(client.totals().throttles > 0);
}

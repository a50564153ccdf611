//! A proxy before moto: it keeps a log of what is asked, remembers answers, and makes faults where a test wants them.

use crate::{
    moto,
    request::{self, Asked, Request},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Bytes of a request's body that the proxy takes.
const BODY_BYTES_MAX: usize = 16 << 20;

/// What the proxy does with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Let it through.
    None,
    /// An error in the protocol's shape.
    Error(u16, &'static str),
    /// Close without a word.
    Reset,
    /// Half of the right answer, the length of the whole.
    Cut,
    /// Half of the right answer as if that were all.
    Half,
    /// A page for people where an answer is due, with this status.
    Page(u16),
    /// The right answer under a wrong content type.
    Mislabelled,
    /// The right answer, late.
    Late(Duration),
}

/// Decides about a request, which is asked for the `n`th time, from 0.
type Rule = dyn Fn(&Asked, usize) -> Fault + Send + Sync;

/// One request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) asked: Asked,
    pub(crate) method: String,
    pub(crate) fault: Fault,
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

struct Shared {
    account: String,
    rule: Mutex<Arc<Rule>>,
    /// Whether moto's answers are remembered, over all proxies of the account.
    remembers: fn(&Asked) -> bool,
    /// Whether hosts are kept as they are asked for; else moto sees its own.
    keeps_hosts: bool,
    log: Mutex<Vec<Seen>>,
    attempts: Mutex<HashMap<String, usize>>,
}

/// A running proxy for one account; it runs until the process ends.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

type Memory = HashMap<(String, String), Arc<Answer>>;

static MEMORY: LazyLock<Mutex<Memory>> = LazyLock::new(Mutex::default);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// For an account that does not change: moto is asked each question once.
    pub(crate) fn of(account: &str) -> Self {
        Self::start(account, |_| true, false)
    }

    /// For an account whose buckets tests change.
    pub(crate) fn of_changing_buckets(account: &str) -> Self {
        Self::start(account, |asked| !asked.service.starts_with("s3"), false)
    }

    /// Behind a tunnel: the provider's own host names arrive.
    pub(crate) fn of_hosts(account: &str) -> Self {
        Self::start(account, |_| false, true)
    }

    fn start(account: &str, remembers: fn(&Asked) -> bool, keeps_hosts: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let shared = Arc::new(Shared {
            account: account.to_owned(),
            rule: Mutex::new(Arc::new(|_, _| Fault::None)),
            remembers,
            keeps_hosts,
            log: Mutex::default(),
            attempts: Mutex::default(),
        });
        let served = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = served.clone();
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { port, shared }
    }

    /// From now on, faults are made by this rule; the log and the counts begin anew.
    pub(crate) fn rule(&self, rule: impl Fn(&Asked, usize) -> Fault + Send + Sync + 'static) {
        *lock(&self.shared.rule) = Arc::new(rule);
        lock(&self.shared.log).clear();
        lock(&self.shared.attempts).clear();
    }

    /// What came since the rule was set.
    pub(crate) fn log(&self) -> Vec<Seen> {
        lock(&self.shared.log).clone()
    }

    /// The calls that came (`service.Operation`).
    pub(crate) fn calls(&self) -> BTreeSet<String> {
        self.log().iter().map(|seen| seen.asked.call()).collect()
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    let Ok(writer) = stream.try_clone() else { return };
    let (mut reader, mut writer) = (BufReader::new(stream), writer);
    while let Ok(Some(request)) = read_request(&mut reader) {
        let asked = request.asked();
        let attempt = {
            let mut attempts = lock(&shared.attempts);
            let count = attempts.entry(asked.key.clone()).or_default();
            *count += 1;
            *count - 1
        };
        let rule = lock(&shared.rule).clone();
        let fault = rule(&asked, attempt);
        lock(&shared.log).push(Seen { asked: asked.clone(), method: request.method.clone(), fault: fault.clone() });
        if !reply(&mut writer, shared, &request, &asked, fault).unwrap_or(false) {
            return;
        }
    }
}

/// Whether the connection goes on.
fn reply(writer: &mut TcpStream, shared: &Shared, request: &Request, asked: &Asked, fault: Fault) -> io::Result<bool> {
    let plain = |status: u16, kind: &str, body: Vec<u8>| Answer {
        status,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body,
    };
    let mut promised = None;
    let answer = match fault {
        Fault::Reset => return Ok(false),
        Fault::Error(status, code) => {
            let (kind, body) = request::error(&asked.service, code, "made by the proxy");
            Arc::new(plain(status, kind, body.into_bytes()))
        }
        Fault::Page(status) => Arc::new(plain(status, "text/html", b"<html><body>Sorry!</body></html>".to_vec())),
        Fault::None => upstream(shared, request, asked)?,
        Fault::Late(pause) => {
            thread::sleep(pause);
            upstream(shared, request, asked)?
        }
        Fault::Cut | Fault::Half | Fault::Mislabelled => {
            let whole = upstream(shared, request, asked)?;
            let mut headers = whole.headers.clone();
            let mut body = whole.body.clone();
            if fault == Fault::Mislabelled {
                headers.retain(|(name, _)| name != "content-type");
                headers.push(("content-type".to_owned(), "image/png".to_owned()));
            } else {
                promised = (fault == Fault::Cut).then_some(body.len());
                body.truncate(body.len() / 2);
            }
            Arc::new(Answer { status: whole.status, headers, body })
        }
    };
    let mut head = format!("HTTP/1.1 {} x\r\nconnection: keep-alive\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", promised.unwrap_or(answer.body.len())));
    writer.write_all(head.as_bytes())?;
    if request.method != "HEAD" {
        writer.write_all(&answer.body)?;
    }
    writer.flush()?;
    Ok(promised.is_none())
}

/// The right answer: remembered, or moto's.
fn upstream(shared: &Shared, request: &Request, asked: &Asked) -> io::Result<Arc<Answer>> {
    let key = (shared.account.clone(), asked.key.clone());
    // What prepares an answer is asked until the answer is there.
    if !(shared.remembers)(asked) || asked.operation.starts_with("Generate") {
        return ask(shared, request, asked).map(Arc::new);
    }
    if let Some(known) = lock(&MEMORY).get(&key) {
        return Ok(known.clone());
    }
    let answer = Arc::new(ask(shared, request, asked)?);
    lock(&MEMORY).insert(key, answer.clone());
    Ok(answer)
}

fn ask(shared: &Shared, request: &Request, asked: &Asked) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", moto::port()))?;
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in
        request.headers.iter().filter(|(name, _)| !["connection", "host", "content-length"].contains(&name.as_str()))
    {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // One host for all proxies: moto writes it into its answers.
    let host =
        if shared.keeps_hosts { request.header("host").to_owned() } else { format!("127.0.0.1:{}", moto::port()) };
    head.push_str(&format!(
        "host: {host}\r\nx-moto-account-id: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        shared.account,
        request.body.len()
    ));
    stream.write_all(head.as_bytes())?;
    stream.write_all(&request.body)?;
    let mut reader = BufReader::new(stream);
    let (first, headers) = read_head(&mut reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = first.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let mut body = Vec::new();
    reader.read_to_end(&mut body)?;
    let dropped = ["connection", "content-length", "server"];
    assert!(!headers.contains_key("transfer-encoding"), "moto sends lengths");
    if status >= 500 {
        // What moto does not know would be asked again and again; it is refused.
        let (kind, body) = request::error(&asked.service, "AccessDenied", "moto can't answer this");
        return Ok(Answer {
            status: 403,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into_bytes(),
        });
    }
    Ok(Answer {
        status,
        headers: headers.into_iter().filter(|(name, _)| !dropped.contains(&name.as_str())).collect(),
        body,
    })
}

fn read_request(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let Some((first, headers)) = read_head(reader)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let length: usize = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    if length > BODY_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request { method, target, headers, body }))
}

type Head = (String, BTreeMap<String, String>);

fn read_head(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Head>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let first = line.trim_end().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => drop(headers.insert(name.to_ascii_lowercase(), value.trim().to_owned())),
            None => return Ok(Some((first, headers))),
        }
    }
}

//! The client: checks that a call is a read, makes it once, page after page.

use super::{
    breaker::Breakers,
    cache::{Cache, Outcome},
    counters::{AllCounters, Counters, CountersKey, add},
    endpoint,
    error::{CallError, CallErrorKind, Failure},
    limit::Limits,
    options::ClientOptions,
    page::Pages,
    send::Call,
    session::{Session, SessionSource},
    transport,
};
use apimodel::aws::{self, Discovery, Operation, Service, Signature};
use model::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, RwLock, atomic::AtomicI64},
};
use tokio::sync::Semaphore;

/// The region word for what has no region.
const GLOBAL: &str = "global";

/// A client for all AWS services, accounts and regions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) options: ClientOptions,
    pub(crate) http: reqwest::Client,
    pub(crate) limits: Limits,
    pub(crate) breakers: Breakers,
    pub(crate) counters: AllCounters,
    pub(crate) cache: Cache,
    pub(crate) turns: Semaphore,
    /// What must be added to this machine's clock.
    pub(crate) skew_seconds: AtomicI64,
    pub(crate) bucket_regions: RwLock<HashMap<String, Arc<str>>>,
}

/// A call's names, for errors and counters.
struct Names {
    service: Arc<str>,
    operation: Arc<str>,
    region: Arc<str>,
}

impl Client {
    /// A client. Fails only where no HTTP client can be made (a certificate file that can't be read).
    pub fn new(options: ClientOptions) -> Result<Self, CallError> {
        let names = Names::of("", "", GLOBAL);
        let http = transport::client(&options).map_err(|failure| names.error(failure))?;
        if let Some(url) = &options.endpoint_url {
            endpoint::check_override(url).map_err(|failure| names.error(failure))?;
        }
        Ok(Self(Arc::new(Inner {
            limits: Limits::new(options.concurrency_max),
            breakers: Breakers::new(options.unreachable_pause),
            counters: AllCounters::default(),
            cache: Cache::default(),
            turns: Semaphore::new(options.requests_max.clamp(1, Semaphore::MAX_PERMITS)),
            skew_seconds: AtomicI64::new(0),
            bucket_regions: RwLock::default(),
            http,
            options,
        })))
    }

    /// Find credentials and ask whose they are.
    pub async fn session(&self, source: &SessionSource) -> Result<Session, CallError> {
        let names = Names::of("sts", "GetCallerIdentity", GLOBAL);
        let session =
            Session::open(source, &self.0.options, &self.0.http).await.map_err(|failure| names.error(failure))?;
        let region = session.region().filter(|region| {
            aws::partition_of_region(region).is_some_and(|partition| partition.id == session.partition().id)
        });
        let region = region.map_or(GLOBAL, |region| region).to_owned();
        let answer = self.call(&session, &region, "sts", "GetCallerIdentity", &Value::Null).await?;
        let text = |name: &str| answer.member(name).as_str().unwrap_or_default().to_owned();
        let (account, arn) = (text("Account"), text("Arn"));
        if account.is_empty() || arn.is_empty() {
            let failure = Failure::new(CallErrorKind::Failed, "NoIdentity", "the answer names no account");
            return Err(names.error(failure));
        }
        self.0.cache.forget(session.id());
        Ok(session.identified(&account, &arn))
    }

    /// Make a read call, or take its answer from an identical call of this session. All pages in one answer.
    ///
    /// `region` may be `global` or empty for what has no region. The answer is a map in the API's own names.
    pub async fn call(
        &self,
        session: &Session,
        region: &str,
        service: &str,
        operation: &str,
        input: &Value,
    ) -> Result<Arc<Value>, CallError> {
        let names = Names::of(service, operation, if region.is_empty() { GLOBAL } else { region });
        let counting = self.0.counters.of(&names.key());
        let outcome = match self.checked(service, operation) {
            Ok((service, operation)) => self.shared(session, &service, &operation, region, input, &names).await,
            Err(failure) => Err(names.error(failure)),
        };
        if outcome.is_err() {
            add(&counting.errors, 1);
        }
        outcome
    }

    /// Make a read call without parameters, although its answer is known: it changes.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn call_anew(
        &self,
        session: &Session,
        region: &str,
        service: &str,
        operation: &str,
    ) -> Result<Arc<Value>, CallError> {
        let names = Names::of(service, operation, if region.is_empty() { GLOBAL } else { region });
        let (service, operation) = self.checked(service, operation).map_err(|failure| names.error(failure))?;
        add(&self.0.counters.of(&names.key()).calls, 1);
        let answer = self.pages(session, &service, &operation, region, &Value::Null, &names).await;
        answer.map(Arc::new).map_err(|failure| names.error(failure))
    }

    /// Drop the answers kept for a session.
    pub fn forget(&self, session: &Session) {
        self.0.cache.forget(session.id());
    }

    /// What was asked so far and how it went, by service, region and operation.
    pub fn counters(&self) -> BTreeMap<CountersKey, Counters> {
        self.0.counters.read()
    }

    /// The same, added up.
    pub fn totals(&self) -> Counters {
        let mut totals = Counters::default();
        for counters in self.counters().into_values() {
            totals += counters;
        }
        totals
    }

    /// Only reads are sent, and reads of data only where that is allowed.
    fn checked(&self, service: &str, operation: &str) -> Result<(Arc<Service>, Operation), Failure> {
        let refused = |code: &str, message: &str| Err(Failure::new(CallErrorKind::Refused, code, message));
        let Some(found) = aws::service(service) else { return refused("NotARead", "there is no such service") };
        let Some(operation) = found.operations.get(operation).cloned() else {
            return refused("NotARead", "it is not among the service's read operations");
        };
        if operation.data && !self.0.options.allow_data {
            return refused("ReadsData", "it reads data rather than configuration, which is not allowed");
        }
        if found.signature == Signature::Other && !operation.unsigned {
            return refused("NotSigned", "the service wants a signature of another kind");
        }
        Ok((found, operation))
    }

    async fn shared(
        &self,
        session: &Session,
        service: &Arc<Service>,
        operation: &Operation,
        region: &str,
        input: &Value,
        names: &Names,
    ) -> Outcome {
        let partition = session.partition();
        let global = region.is_empty() || region == GLOBAL || service.endpoints.is_global(&partition.id);
        let asked = if global { partition.global_region.as_str() } else { region };
        if !partition.regions.contains_key(asked) {
            // It may be one that opened since the models were made; one of another partition would lead nowhere.
            let elsewhere = aws::partition_of_region(asked).is_none_or(|found| found.id != partition.id);
            if elsewhere {
                let message = format!("'{asked}' is no region of partition {}", partition.id);
                return Err(names.error(Failure::new(CallErrorKind::Invalid, "NoSuchRegion", &message)));
            }
        }
        let key = format!("{asked}\n{}\n{}\n{}", service.name, operation.name, input.to_json());
        let made = async {
            let counting = self.0.counters.of(&names.key());
            add(&counting.calls, 1);
            let begun = std::time::Instant::now();
            let outcome = self.pages(session, service, operation, asked, input, names).await;
            let (took, failed) = (begun.elapsed(), outcome.as_ref().err().map(ToString::to_string));
            tracing::debug!(service = %service.name, operation = %operation.name, region = asked, ?took, failed, "call");
            outcome.map(Arc::new).map_err(|failure| names.error(failure))
        };
        let (outcome, shared) = self.0.cache.get(session.id(), key, made).await;
        if shared {
            add(&self.0.counters.of(&names.key()).calls_shared, 1);
        }
        outcome
    }

    /// All pages.
    async fn pages(
        &self,
        session: &Session,
        service: &Arc<Service>,
        operation: &Operation,
        region: &str,
        input: &Value,
        names: &Names,
    ) -> Result<Value, Failure> {
        let options = &self.0.options;
        let account = if session.account().is_empty() {
            Arc::from(format!("#{}", session.id()))
        } else {
            session.account().clone()
        };
        let call = Call {
            client: &self.0,
            session,
            service,
            operation,
            partition: session.partition(),
            region,
            url: self.override_of(session, service, operation, region).await?,
            limit: self.0.limits.of(&(account, Arc::from(region), service.name.clone())),
            counting: self.0.counters.of(&names.key()),
        };
        let Some(paginator) = &operation.paginator else { return Ok(call.page(input).await?.0) };
        let mut input = if input.is_null() { Value::Map(model::Map::default()) } else { input.clone() };
        let mut pages = Pages::new(paginator);
        let mut bytes = 0_usize;
        for _ in 0..options.pages_max {
            let (page, size) = call.page(&input).await?;
            bytes = bytes.saturating_add(size);
            if bytes > options.answer_bytes_max {
                let message = format!("all pages together are longer than {} bytes", options.answer_bytes_max);
                return Err(Failure::new(CallErrorKind::Failed, "AnswerTooLong", &message));
            }
            if !pages.add(page, &mut input)? {
                return Ok(pages.finish());
            }
        }
        Err(Failure::new(
            CallErrorKind::Failed,
            "TooManyPages",
            &format!("there are more than {} pages", options.pages_max),
        ))
    }

    /// An override of the endpoint: configured, or found by asking the service for it.
    async fn override_of(
        &self,
        session: &Session,
        service: &Service,
        operation: &Operation,
        region: &str,
    ) -> Result<Option<String>, Failure> {
        if let Some(url) = self.0.options.endpoint_url.clone().or_else(|| session.endpoint_override(&service.id)) {
            endpoint::check_override(&url)?;
            return Ok(Some(url));
        }
        if operation.discovery == Discovery::None {
            return Ok(None);
        }
        let answer = Box::pin(self.call(session, region, &service.name, "DescribeEndpoints", &Value::Null)).await;
        let answer = answer.map_err(|error| Failure {
            status: error.status,
            ..Failure::new(error.kind, &error.code, &error.message)
        })?;
        let address = answer.at("Endpoints.0.Address").as_str().map(|host| format!("https://{host}"));
        Ok(address)
    }
}

impl Names {
    fn of(service: &str, operation: &str, region: &str) -> Self {
        Self { service: Arc::from(service), operation: Arc::from(operation), region: Arc::from(region) }
    }

    fn key(&self) -> CountersKey {
        (self.service.clone(), self.region.clone(), self.operation.clone())
    }

    fn error(&self, failure: Failure) -> CallError {
        failure.of(&self.service, &self.operation, &self.region)
    }
}

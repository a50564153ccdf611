//! Who asks: credentials, and the account that they belong to.

use super::{
    error::{CallErrorKind, Failure},
    options::ClientOptions,
    transport::ForCredentials,
};
use apimodel::aws::{Partition, Variant, partition, partition_of_region, partitions};
use aws_config::{BehaviorVersion, Region, SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials as _, SharedCredentialsProvider, error::CredentialsError},
};
use aws_types::service_config::ServiceConfigKey;
use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime},
};

/// Credentials are renewed this long before they end.
const RENEWED_BEFORE: Duration = Duration::from_secs(300);
/// Credentials that come with less than that left are not asked for again within this time.
const RENEWALS_APART: Duration = Duration::from_secs(60);
/// This close to their end, credentials are not used.
const UNUSED_BEFORE: Duration = Duration::from_secs(10);
/// How long a source of credentials may take.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(60);
/// The name that sessions of assumed roles carry in the provider's logs.
const SESSION_NAME: &str = "stance";
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// A role to take on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role's ARN.
    pub arn: String,
    /// The external id that its trust policy asks for.
    pub external_id: Option<String>,
    /// The session's name; `stance` when left out.
    pub session_name: Option<String>,
    /// How long the credentials last.
    pub duration: Option<Duration>,
}

/// Where credentials come from: the environment, profiles, SSO, web identity, containers, instances, processes (in the
/// order of the AWS tools), and roles taken on with them, one after the other.
#[derive(Clone, Default)]
pub struct SessionSource {
    /// A profile instead of the default one.
    pub profile: Option<String>,
    /// The region to ask for what is global, and the default for others.
    pub region: Option<String>,
    /// Ready credentials instead of any other source: id, secret, session token.
    pub keys: Option<(String, String, Option<String>)>,
    /// Roles, the first taken on with the credentials found, each next one with those of the one before.
    pub roles: Vec<AssumeRole>,
}

impl fmt::Debug for SessionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.as_ref().map(|(id, _, _)| id);
        write!(
            f,
            "SessionSource {{ profile: {:?}, region: {:?}, keys: {keys:?}, roles: {:?} }}",
            self.profile, self.region, self.roles
        )
    }
}

/// An account, seen with one identity. Cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    id: u64,
    account: Arc<str>,
    arn: Arc<str>,
    partition: &'static Partition,
    region: Option<Arc<str>>,
    config: SdkConfig,
    credentials: Arc<Slot>,
}

/// The credentials of now.
struct Slot {
    provider: SharedCredentialsProvider,
    current: RwLock<Option<(Credentials, Instant)>>,
    renewing: tokio::sync::Mutex<()>,
    ended: AtomicBool,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.0.arn)
    }
}

impl Session {
    /// Find credentials; the account is not known yet.
    pub(crate) async fn open(
        source: &SessionSource,
        options: &ClientOptions,
        http: &reqwest::Client,
    ) -> Result<Self, Failure> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(ForCredentials(http.clone()));
        if let Some(profile) = &source.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &source.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(url) = &options.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some((id, secret, token)) = &source.keys {
            loader = loader.credentials_provider(Credentials::new(id, secret, token.clone(), None, "given"));
        }
        let mut config = loader.load().await;
        for role in &source.roles {
            config = assumed(&config, role).await;
        }
        let nothing = || Failure::new(CallErrorKind::Denied, "NoCredentials", "no credentials were found");
        let provider = config.credentials_provider().ok_or_else(nothing)?;
        let region = config.region().map(|region| Arc::from(region.as_ref()));
        let first =
            partitions().first().ok_or_else(|| Failure::new(CallErrorKind::Failed, "NoPartitions", "no partitions"))?;
        let in_role = source.roles.last().and_then(|role| partition(role.arn.split(':').nth(1)?));
        let partition = in_role.or_else(|| partition_of_region(region.as_deref()?)).unwrap_or(first);
        let credentials = Slot {
            provider,
            current: RwLock::default(),
            renewing: tokio::sync::Mutex::default(),
            ended: AtomicBool::new(false),
        };
        Ok(Self(Arc::new(Inner {
            id: NEXT_ID.fetch_add(1, Relaxed),
            account: Arc::from(""),
            arn: Arc::from(""),
            partition,
            region,
            config,
            credentials: Arc::new(credentials),
        })))
    }

    /// The same session, its account known.
    pub(crate) fn identified(&self, account: &str, arn: &str) -> Self {
        let inner = &self.0;
        Self(Arc::new(Inner {
            id: inner.id,
            account: Arc::from(account),
            arn: Arc::from(arn),
            partition: arn.split(':').nth(1).and_then(partition).unwrap_or(inner.partition),
            region: inner.region.clone(),
            config: inner.config.clone(),
            credentials: inner.credentials.clone(),
        }))
    }

    /// The account's id: twelve digits.
    pub fn account(&self) -> &Arc<str> {
        &self.0.account
    }

    /// Who asks: the ARN of a user, a role's session or the root user.
    pub fn arn(&self) -> &Arc<str> {
        &self.0.arn
    }

    /// The partition that the account belongs to.
    pub fn partition(&self) -> &'static Partition {
        self.0.partition
    }

    /// The region that the environment or the profile names.
    pub fn region(&self) -> Option<&Arc<str>> {
        self.0.region.as_ref()
    }

    /// Whether the credentials have ended without newer ones: every further call fails at once.
    pub fn has_expired(&self) -> bool {
        self.0.credentials.ended.load(Relaxed)
    }

    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    /// The kind of endpoints that the environment and the profile ask for.
    pub(crate) fn variant(&self, options: &ClientOptions) -> Variant {
        options.variant(self.0.config.use_fips().unwrap_or(false), self.0.config.use_dual_stack().unwrap_or(false))
    }

    /// The override of a service's endpoint: its own, or else the one for all.
    pub(crate) fn endpoint_override(&self, service_id: &str) -> Option<String> {
        let config = &self.0.config;
        let key =
            ServiceConfigKey::builder().service_id(service_id).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
        let own = key.ok().and_then(|key| config.service_config()?.load_config(key));
        own.or_else(|| config.endpoint_url().map(str::to_owned)).filter(|url| !url.is_empty())
    }

    /// Credentials that hold for a while yet.
    pub(crate) async fn credentials(&self) -> Result<Credentials, Failure> {
        let slot = &self.0.credentials;
        if slot.ended.load(Relaxed) {
            return Err(ended("the credentials have ended"));
        }
        if let Some(current) = slot.read_fresh() {
            return Ok(current);
        }
        let _renewing = slot.renewing.lock().await;
        if let Some(current) = slot.read_fresh() {
            return Ok(current);
        }
        let failure = match slot.provide().await {
            Ok(new) => return Ok(slot.keep(new)),
            Err(failure) => failure,
        };
        match slot.read() {
            // They could not be renewed, but hold yet.
            Some((current, _)) if holds_for(&current, UNUSED_BEFORE) => Ok(slot.keep(current)),
            Some(_) => {
                slot.ended.store(true, Relaxed);
                Err(ended(&format!("the credentials have ended and could not be renewed: {}", failure.message)))
            }
            None => Err(failure),
        }
    }

    /// The provider says that these have ended. Whether there are newer ones now.
    pub(crate) async fn renew(&self, old: &Credentials) -> bool {
        let slot = &self.0.credentials;
        let differs = |new: &Credentials| {
            new.access_key_id() != old.access_key_id() || new.session_token() != old.session_token()
        };
        let _renewing = slot.renewing.lock().await;
        if slot.read().is_some_and(|(current, _)| differs(&current)) {
            return true;
        }
        let renewed = match slot.provide().await {
            Ok(new) if differs(&new) => {
                slot.keep(new);
                true
            }
            _ => false,
        };
        slot.ended.store(!renewed, Relaxed);
        renewed
    }
}

/// The configuration with the role's credentials in place of its own.
async fn assumed(config: &SdkConfig, role: &AssumeRole) -> SdkConfig {
    let in_partition = partition(role.arn.split(':').nth(1).unwrap_or_default());
    let configured = config.region().map(|region| region.as_ref().to_owned());
    let fitting = configured.filter(|region| {
        in_partition.is_none_or(|wanted| partition_of_region(region).is_some_and(|found| found.id == wanted.id))
    });
    let region = fitting.unwrap_or_else(|| in_partition.map_or("us-east-1", |it| it.global_region.as_str()).to_owned());
    let region = Region::new(region);
    let config = config.to_builder().region(region.clone()).build();
    let mut builder = AssumeRoleProvider::builder(&role.arn)
        .session_name(role.session_name.as_deref().unwrap_or(SESSION_NAME))
        .region(region)
        .configure(&config);
    if let Some(id) = &role.external_id {
        builder = builder.external_id(id);
    }
    if let Some(duration) = role.duration {
        builder = builder.session_length(duration);
    }
    let provider = match config.credentials_provider() {
        Some(base) => builder.build_from_provider(base).await,
        None => builder.build().await,
    };
    config.to_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

impl Slot {
    fn read(&self) -> Option<(Credentials, Instant)> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The current ones, unless they should be renewed first.
    fn read_fresh(&self) -> Option<Credentials> {
        let (current, since) = self.read()?;
        let just_renewed = since.elapsed() < RENEWALS_APART && holds_for(&current, UNUSED_BEFORE);
        (just_renewed || holds_for(&current, RENEWED_BEFORE)).then_some(current)
    }

    fn keep(&self, new: Credentials) -> Credentials {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some((new.clone(), Instant::now()));
        new
    }

    async fn provide(&self) -> Result<Credentials, Failure> {
        match tokio::time::timeout(CREDENTIALS_TIMEOUT, self.provider.provide_credentials()).await {
            Ok(Ok(credentials)) => Ok(credentials),
            Ok(Err(error)) => Err(not_provided(&error)),
            Err(_) => Err(Failure::new(
                CallErrorKind::Unreachable,
                "NoCredentials",
                "the source of credentials does not answer",
            )),
        }
    }
}

fn holds_for(credentials: &Credentials, time: Duration) -> bool {
    credentials.expiry().is_none_or(|end| end > SystemTime::now() + time)
}

fn ended(message: &str) -> Failure {
    Failure::new(CallErrorKind::Expired, "ExpiredCredentials", message)
}

fn not_provided(error: &CredentialsError) -> Failure {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    let (kind, code) = match error {
        CredentialsError::CredentialsNotLoaded(_) => (CallErrorKind::Denied, "NoCredentials"),
        CredentialsError::ProviderTimedOut(_) => (CallErrorKind::Unreachable, "NoCredentials"),
        _ if message.contains("AccessDenied") => (CallErrorKind::Denied, "AccessDenied"),
        _ if message.contains("xpired") => (CallErrorKind::Expired, "ExpiredCredentials"),
        _ => (CallErrorKind::Denied, "InvalidCredentials"),
    };
    Failure::new(kind, code, &message)
}

#[cfg(test)]
mod tests;

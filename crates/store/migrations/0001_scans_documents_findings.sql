-- The first shape of the store. Times are microseconds since 1970, UTC.
--
-- Everything with `from_scan` and `to_scan` is valid from the end of the one scan to the end of the other. A scan's rows
-- count only once the scan has an `epoch`, its place in the order of finished scans: one that was killed never gets one.

CREATE TABLE scan (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT    NOT NULL UNIQUE,
    started_at   INTEGER NOT NULL,
    scope        TEXT    NOT NULL,
    catalog_hash TEXT    NOT NULL,
    epoch        INTEGER UNIQUE,
    finished_at  INTEGER,
    complete     INTEGER NOT NULL DEFAULT 0,
    pruned       INTEGER NOT NULL DEFAULT 0,
    resources    INTEGER NOT NULL DEFAULT 0,
    calls        INTEGER NOT NULL DEFAULT 0,
    errors       INTEGER NOT NULL DEFAULT 0,
    added        INTEGER NOT NULL DEFAULT 0,
    changed      INTEGER NOT NULL DEFAULT 0,
    removed      INTEGER NOT NULL DEFAULT 0,
    opened       INTEGER NOT NULL DEFAULT 0,
    reopened     INTEGER NOT NULL DEFAULT 0,
    resolved     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What a scan judged, by severity: the points of a trend.
CREATE TABLE scan_verdicts (
    scan     INTEGER NOT NULL,
    severity INTEGER NOT NULL,
    passes   INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    excepted INTEGER NOT NULL,
    unknowns INTEGER NOT NULL,
    manuals  INTEGER NOT NULL,
    PRIMARY KEY (scan, severity)
) STRICT, WITHOUT ROWID;

-- A listing: the resources of one type that one account shows in one region.
CREATE TABLE listing (
    id      INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    type    TEXT NOT NULL,
    region  TEXT NOT NULL,
    UNIQUE (account, type, region)
) STRICT;

CREATE TABLE policy (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- When a policy was last judged over a listing, and with which counts. A finding that is open was last seen then, so
-- that seeing it again writes nothing of its own.
CREATE TABLE coverage (
    listing    INTEGER NOT NULL,
    policy     INTEGER NOT NULL,
    severity   INTEGER NOT NULL,
    read_scan  INTEGER,
    tried_scan INTEGER NOT NULL,
    passes     INTEGER NOT NULL,
    failures   INTEGER NOT NULL,
    excepted   INTEGER NOT NULL,
    unknowns   INTEGER NOT NULL,
    manuals    INTEGER NOT NULL,
    PRIMARY KEY (listing, policy)
) STRICT, WITHOUT ROWID;

-- A resource's identity; `key` is 128 bits of SHA-256 of region and name, `name` the provider's identifier.
CREATE TABLE resource (
    id      INTEGER PRIMARY KEY,
    listing INTEGER NOT NULL,
    key     BLOB    NOT NULL,
    region  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    UNIQUE (listing, key)
) STRICT;

-- A listing's documents lie together: a scan of an unchanged estate reads them in one go.
CREATE TABLE document (
    listing   INTEGER NOT NULL,
    resource  INTEGER NOT NULL,
    from_scan INTEGER NOT NULL,
    to_scan   INTEGER,
    hash      BLOB    NOT NULL,
    body      INTEGER NOT NULL,
    PRIMARY KEY (listing, resource, from_scan)
) STRICT, WITHOUT ROWID;

-- form 0: JSONB of the resource; form 1: zstd of its JSON text, for what is no longer current.
CREATE TABLE body (
    id    INTEGER PRIMARY KEY,
    form  INTEGER NOT NULL,
    bytes BLOB    NOT NULL
) STRICT;

-- What the judge remembers of a resource; both blobs are opaque here.
CREATE TABLE judged (
    listing   INTEGER NOT NULL,
    resource  INTEGER NOT NULL,
    from_scan INTEGER NOT NULL,
    input     BLOB    NOT NULL,
    verdicts  BLOB    NOT NULL,
    PRIMARY KEY (listing, resource, from_scan)
) STRICT, WITHOUT ROWID;

CREATE TABLE unread (
    listing   INTEGER NOT NULL,
    from_scan INTEGER NOT NULL,
    to_scan   INTEGER,
    record    TEXT    NOT NULL,
    PRIMARY KEY (listing, from_scan, record)
) STRICT, WITHOUT ROWID;

-- A stretch of a finding's life in which status, severity and exception stayed the same.
-- ended: null while open; 0 when the next stretch follows at once; 1 when it was resolved.
-- last_scan: the scan that saw it last, where coverage can't tell: it ended, or could not be confirmed since.
CREATE TABLE finding (
    id          INTEGER PRIMARY KEY,
    identity    BLOB    NOT NULL,
    listing     INTEGER NOT NULL,
    resource    INTEGER NOT NULL,
    policy      INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    severity    INTEGER NOT NULL,
    excepted    INTEGER NOT NULL,
    score       INTEGER NOT NULL,
    first_scan  INTEGER NOT NULL,
    opened_scan INTEGER NOT NULL,
    reopened    INTEGER NOT NULL,
    from_scan   INTEGER NOT NULL,
    to_scan     INTEGER,
    ended       INTEGER,
    last_scan   INTEGER,
    replaces    INTEGER,
    fingerprint INTEGER NOT NULL,
    details     TEXT    NOT NULL
) STRICT;

CREATE INDEX finding_identity ON finding (identity);
CREATE INDEX finding_resource ON finding (resource);

CREATE TABLE exception (
    id         TEXT    PRIMARY KEY,
    scope      TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    until      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

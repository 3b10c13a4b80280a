-- The first schema. Instants are microseconds since 1970 in UTC; identifiers and words are text.

create table counters (
    name TEXT primary key,
    value BIGINT not null
);

-- record: what happened, append-only
create table events (
    seq BIGINT primary key,
    at BIGINT not null,
    actor TEXT not null,
    room TEXT not null,
    kind TEXT not null,
    subject TEXT not null,
    detail TEXT not null
);
create index events_by_subject on events (subject, seq);

-- people: the organisation file as applied, every version kept
create table organisations (
    version BIGINT primary key,
    document TEXT not null,
    applied_at BIGINT not null,
    applied_by TEXT not null,
    summary TEXT not null
);

-- services: what findings point to
create table services (
    name TEXT primary key,
    owner TEXT,
    declared BIGINT not null,
    created_at BIGINT not null,
    version BIGINT not null
);

-- access
create table accounts (
    person TEXT primary key,
    email TEXT not null unique,
    password_hash TEXT,
    access TEXT not null,
    created_at BIGINT not null,
    disabled_at BIGINT,
    failures BIGINT not null,
    locked_until BIGINT
);
create table links (
    digest TEXT primary key,
    purpose TEXT not null,
    person TEXT not null,
    expires_at BIGINT not null,
    used_at BIGINT
);
create table sessions (
    digest TEXT primary key,
    person TEXT not null references accounts (person),
    csrf TEXT not null,
    created_at BIGINT not null,
    seen_at BIGINT not null,
    expires_at BIGINT not null
);
create index sessions_by_person on sessions (person);
create table tokens (
    id TEXT primary key,
    person TEXT not null references accounts (person),
    name TEXT not null,
    hint TEXT not null,
    digest TEXT not null unique,
    scope TEXT not null,
    created_at BIGINT not null,
    expires_at BIGINT not null,
    used_at BIGINT,
    revoked_at BIGINT
);
create index tokens_by_person on tokens (person, created_at);
create table idempotency (
    actor TEXT not null,
    key TEXT not null,
    request TEXT not null,
    status BIGINT not null,
    body TEXT not null,
    at BIGINT not null,
    primary key (actor, key)
);
create index idempotency_by_age on idempotency (at);

-- notices: the outbox
create table outbox (
    key TEXT primary key,
    about TEXT not null,
    person TEXT not null,
    channel TEXT not null,
    address TEXT not null,
    subject TEXT not null,
    body TEXT not null,
    created_at BIGINT not null,
    state TEXT not null,
    due_at BIGINT,
    attempts BIGINT not null,
    parcel TEXT,
    claimed_by TEXT,
    settled_at BIGINT,
    last_error TEXT
);
create index outbox_due on outbox (due_at) where due_at is not null;
create index outbox_by_parcel on outbox (parcel) where parcel is not null;
create index outbox_by_about on outbox (about, created_at);
create index outbox_by_age on outbox (created_at, key);
create index outbox_by_settling on outbox (settled_at) where settled_at is not null;

-- the watch: how late its duties were
create table duties (
    name TEXT primary key,
    ran_at BIGINT not null,
    done BIGINT not null,
    latest_micros BIGINT not null
);

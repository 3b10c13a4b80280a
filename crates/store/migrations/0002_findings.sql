-- findings, imports. A finding's key is the number in its name (F-17): imports write many rows, and
-- every other table and index repeats the key.

create table findings (
    number BIGINT primary key,
    service TEXT not null references services (name),
    identity TEXT not null,
    owner_team TEXT,
    title TEXT not null,
    -- canonical identifier or rule: what searches ask for
    weakness TEXT,
    -- JSON arrays
    ids TEXT not null,
    cwes TEXT not null,
    vector TEXT,
    package_name TEXT,
    package_version TEXT,
    package_fixed TEXT,
    package_purl TEXT,
    -- JSON array of [path, line, url]
    places TEXT not null,
    rule TEXT,
    description TEXT,
    -- what prevails among those who see it
    score DOUBLE PRECISION,
    score_source TEXT not null,
    assessed_band TEXT not null,
    -- the clock: what the ledger comes to
    state TEXT not null,
    band TEXT not null,
    opened_at BIGINT not null,
    counted_from BIGINT not null,
    due_at BIGINT,
    breached_at BIGINT,
    warned_at BIGINT,
    fix_merged_at BIGINT,
    closed_at BIGINT,
    closed_by TEXT,
    used_micros BIGINT not null,
    running_since BIGINT,
    recurrence BIGINT not null,
    policy TEXT not null,
    last_at BIGINT not null,
    -- 1 while time is used up
    running BIGINT not null,
    -- never null, worst first: what lists are sorted by
    deadline_order BIGINT not null,
    severity_order BIGINT not null,
    -- the timer: when the watch must look again
    watch_at BIGINT,
    -- how many entries the ledger has
    entries BIGINT not null,
    version BIGINT not null
);
create unique index findings_by_identity on findings (service, identity);
create index findings_watch on findings (watch_at, number) where watch_at is not null;
-- each order of the lists, over the running findings and over all, with and without a filter
create index findings_open_due on findings (deadline_order, number) where running = 1;
create index findings_open_service_due on findings (service, deadline_order, number)
    where running = 1;
create index findings_open_band_due on findings (band, deadline_order, number) where running = 1;
create index findings_open_team_due on findings (owner_team, deadline_order, number)
    where running = 1;
create index findings_open_severity on findings (severity_order, number) where running = 1;
create index findings_open_service_severity on findings (service, severity_order, number)
    where running = 1;
create index findings_open_band_severity on findings (band, severity_order, number)
    where running = 1;
create index findings_open_team_severity on findings (owner_team, severity_order, number)
    where running = 1;
create index findings_open_newest on findings (number) where running = 1;
create index findings_open_band_newest on findings (band, number) where running = 1;
create index findings_due on findings (deadline_order, number);
create index findings_severity on findings (severity_order, number);
create index findings_by_service on findings (service, number);
create index findings_by_team on findings (owner_team, number);
create index findings_by_state on findings (state, number);
create index findings_by_state_due on findings (state, deadline_order, number);
create index findings_by_state_severity on findings (state, severity_order, number);
create index findings_by_package on findings (package_name, number);
create index findings_by_weakness on findings (weakness, number);
create index findings_due_in_period on findings (band, due_at, state, breached_at)
    where due_at is not null;

create table ledger (
    finding BIGINT not null references findings (number),
    seq BIGINT not null,
    at BIGINT not null,
    recorded_at BIGINT not null,
    kind TEXT not null,
    band TEXT,
    score DOUBLE PRECISION,
    reason TEXT,
    import TEXT,
    digest TEXT,
    party TEXT,
    note TEXT,
    primary key (finding, seq)
);

-- what one tool, in one scope, last said of a finding
create table sightings (
    finding BIGINT not null references findings (number),
    tool TEXT not null,
    scope TEXT not null,
    present BIGINT not null,
    score DOUBLE PRECISION,
    score_source TEXT not null,
    band TEXT not null,
    digest TEXT not null,
    place TEXT,
    version TEXT,
    primary key (finding, tool, scope)
);

-- running findings counted, so that no page counts them
create table tallies (
    service TEXT not null references services (name),
    band TEXT not null,
    timeliness TEXT not null,
    findings BIGINT not null,
    primary key (service, band, timeliness)
);

-- identifiers that name the same weakness as a CVE; an empty canonical names several, so none
create table aliases (
    alias TEXT primary key,
    canonical TEXT not null
);

-- the bytes of reports as they came, each once
create table reports (
    digest TEXT primary key,
    size BIGINT not null,
    -- 1 = compressed with gzip here
    packed BIGINT not null,
    bytes BYTEA not null
);
create table imports (
    number BIGINT primary key,
    service TEXT not null references services (name),
    format TEXT not null,
    tool TEXT not null,
    tool_version TEXT,
    scope TEXT not null,
    digest TEXT not null references reports (digest),
    size BIGINT not null,
    at BIGINT not null,
    recorded_at BIGINT not null,
    actor TEXT not null,
    state TEXT not null,
    forced BIGINT not null,
    created BIGINT not null,
    closed BIGINT not null,
    reopened BIGINT not null,
    rebanded BIGINT not null,
    refreshed BIGINT not null,
    seen BIGINT not null,
    unchanged BIGINT not null,
    passed_over BIGINT not null,
    refused BIGINT not null,
    -- of a held one: how many of how many open findings would vanish
    vanished BIGINT,
    open_before BIGINT,
    -- JSON arrays
    remarks TEXT not null,
    refusals TEXT not null,
    released_at BIGINT,
    released_by TEXT
);
create index imports_of_stream on imports (service, tool, scope, at);
create index imports_by_service on imports (service, number);
create index imports_by_state on imports (state, number);

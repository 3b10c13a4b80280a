-- findings: vulnerabilities known to be exploited; days are text
create table exploited (
    cve TEXT primary key,
    due TEXT not null,
    added TEXT not null,
    name TEXT not null
);

-- exceptions: what need not be done for a while
create table exceptions (
    number BIGINT primary key,
    -- the scope: what is not null must all hold
    finding BIGINT,
    identifier TEXT,
    package TEXT,
    service TEXT,
    team TEXT,
    reason TEXT not null,
    control TEXT not null,
    -- the last day on which it holds
    until TEXT not null,
    state TEXT not null,
    requester TEXT not null,
    requested_at BIGINT not null,
    decider TEXT,
    decided_at BIGINT,
    note TEXT,
    ended_at BIGINT,
    ended_by TEXT,
    -- the timer: when the watch must look again
    watch_at BIGINT,
    -- findings up to this number have been looked at; at full_at the watch begins anew
    looked_to BIGINT not null,
    full_at BIGINT,
    -- days before the end that were reminded of
    reminded BIGINT,
    version BIGINT not null
);
create index exceptions_by_state on exceptions (state, number);
create index exceptions_watch on exceptions (watch_at, number) where watch_at is not null;

-- which exception a finding is accepted by
create table acceptances (
    finding BIGINT primary key references findings (number),
    exception BIGINT not null references exceptions (number)
);
create index acceptances_by_exception on acceptances (exception, finding);

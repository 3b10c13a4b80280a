-- findings: breaches by their time, for the report by function and cause
create index ledger_breaches on ledger (at, finding) where kind = 'breached';

-- services: who owns which paths, as the repository's CODEOWNERS file says; the newest one counts
create table codeowners (
    service TEXT primary key references services (name),
    text TEXT not null,
    kept_at BIGINT not null,
    kept_by TEXT not null
);

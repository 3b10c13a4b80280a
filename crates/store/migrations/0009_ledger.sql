-- findings: what a ledger with pauses, hand-overs, exceptions and undone imports comes to

alter table findings add column promised_at BIGINT;
alter table findings add column capped_at BIGINT;
alter table findings add column stands_since BIGINT;
alter table findings add column stands_until BIGINT;
-- who holds it, beside the team: the vendor it waits for, since when, what an earlier pause was for
alter table findings add column vendor TEXT;
alter table findings add column held_since BIGINT;
alter table findings add column hindrance TEXT;
-- the rule that gave it to its team
alter table findings add column owner_rule TEXT;
update findings set promised_at = due_at;
alter table ledger add column until_at BIGINT;
-- key results count the promise: the deadline without exceptions
drop index findings_due_in_period;
create index findings_promised_in_period
    on findings (band, promised_at, state, breached_at, closed_at)
    where promised_at is not null;
create index ledger_by_import on ledger (import, finding) where import is not null;

-- rituals: on which day one was held in a period, or for which it is scheduled. Days are text.
create table ritual_records (
    ritual TEXT not null,
    -- the first day of the period
    period TEXT not null,
    scheduled_for TEXT,
    held_on TEXT,
    words TEXT not null,
    person TEXT not null,
    at BIGINT not null,
    primary key (ritual, period)
);

-- objectives: the day on which a key result's inputs were asked for
alter table key_results add column asked_on TEXT;

-- findings: fixes by the scan that verified them, for cycle times and past counts
create index findings_fixed on findings (closed_at) where state = 'fixed';

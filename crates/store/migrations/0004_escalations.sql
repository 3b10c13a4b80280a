-- triggers: what fired, and what stands
create table firings (
    id TEXT primary key,
    cause_key TEXT not null,
    trigger_name TEXT not null,
    subject_kind TEXT not null,
    subject_id TEXT not null,
    title TEXT not null,
    sentence TEXT not null,
    figures TEXT not null,
    clears TEXT not null,
    loudness BIGINT not null,
    first_to TEXT not null,
    team TEXT,
    service TEXT,
    engineer TEXT,
    dri TEXT,
    sla_due BIGINT,
    raised_at BIGINT not null,
    cleared_at BIGINT
);
create unique index firings_standing on firings (cause_key) where cleared_at is null;
create index firings_by_subject on firings (subject_kind, subject_id, raised_at);
create index firings_by_age on firings (raised_at, id);

-- triggers: what the watch must look at again, and when
create table watch_marks (
    name TEXT primary key,
    due_at BIGINT not null
);
create index watch_marks_due on watch_marks (due_at);
insert into watch_marks (name, due_at) values ('key_results', 0);

-- escalations: one matter on its way up; due_at is when the watch must advance it
create table escalations (
    id TEXT primary key,
    firing TEXT not null references firings (id),
    cause_key TEXT not null,
    first_to TEXT not null,
    level BIGINT not null,
    state TEXT not null,
    raised_at BIGINT not null,
    sla_due BIGINT,
    since BIGINT,
    noticed_at BIGINT,
    heard_at BIGINT,
    paused_until BIGINT,
    resolved_at BIGINT,
    resolution TEXT,
    acknowledged_by TEXT,
    acknowledged_at BIGINT,
    merged_at BIGINT,
    to_l2_seconds BIGINT not null,
    to_l3_seconds BIGINT not null,
    commitment_reach_seconds BIGINT not null,
    unheard_after_seconds BIGINT not null,
    due_at BIGINT,
    version BIGINT not null
);
create index escalations_due on escalations (due_at) where due_at is not null;
create index escalations_by_firing on escalations (firing);
create index escalations_by_age on escalations (raised_at, id);
create table escalation_commitments (
    escalation TEXT not null references escalations (id),
    level BIGINT not null,
    person TEXT not null,
    until_at BIGINT not null,
    at BIGINT not null,
    words TEXT not null,
    primary key (escalation, level)
);
create index escalation_commitments_by_person on escalation_commitments (person, until_at);

-- escalations: who was told what, in which role
create table tellings (
    escalation TEXT not null references escalations (id),
    level BIGINT not null,
    kind TEXT not null,
    person TEXT not null,
    role TEXT not null,
    note TEXT,
    at BIGINT not null,
    primary key (escalation, level, kind, person)
);
create index tellings_by_person on tellings (person, at);

-- objectives: what is promised for a quarter. Days are civil dates as text, YYYY-MM-DD.
create table objectives (
    id TEXT primary key,
    position BIGINT not null,
    title TEXT not null,
    outcome TEXT not null,
    quarter TEXT not null,
    dri TEXT,
    priority TEXT not null,
    risk TEXT,
    created_at BIGINT not null
);
create index objectives_by_quarter on objectives (quarter, position);

-- read_at: when a computed value is read again; remind_at: when its owner is next reminded
create table key_results (
    id TEXT primary key,
    objective TEXT not null references objectives (id),
    position BIGINT not null,
    title TEXT not null,
    kind TEXT not null,
    unit TEXT not null,
    lowest DOUBLE PRECISION,
    highest DOUBLE PRECISION,
    start_value DOUBLE PRECISION,
    target DOUBLE PRECISION,
    benchmark TEXT not null,
    alarm DOUBLE PRECISION,
    reason TEXT not null,
    starts TEXT not null,
    ends TEXT not null,
    cadence TEXT not null,
    dri TEXT,
    weight DOUBLE PRECISION not null,
    computed TEXT,
    read_at BIGINT,
    remind_at BIGINT
);
create index key_results_by_objective on key_results (objective, position);
create index key_results_to_read on key_results (read_at) where read_at is not null;
create index key_results_to_remind on key_results (remind_at) where remind_at is not null;

-- what a key result needs from other teams
create table inputs (
    key_result TEXT not null references key_results (id),
    position BIGINT not null,
    team TEXT not null,
    provider TEXT not null,
    what TEXT not null,
    weight DOUBLE PRECISION not null,
    kind TEXT not null,
    due_day TEXT,
    chance DOUBLE PRECISION,
    upstream TEXT,
    promise TEXT not null,
    delivered_on TEXT,
    primary key (key_result, position)
);
create table promise_weeks (
    key_result TEXT not null references key_results (id),
    position BIGINT not null,
    monday TEXT not null,
    due BIGINT not null,
    kept BIGINT not null,
    primary key (key_result, position, monday)
);
create table milestones (
    key_result TEXT not null references key_results (id),
    position BIGINT not null,
    reference TEXT not null,
    title TEXT not null,
    owner TEXT not null,
    due TEXT,
    done_on TEXT,
    primary key (key_result, position)
);

-- week: the Monday
create table check_ins (
    key_result TEXT not null references key_results (id),
    week TEXT not null,
    value DOUBLE PRECISION,
    health TEXT not null,
    done TEXT not null,
    next TEXT not null,
    person TEXT not null,
    at BIGINT not null,
    primary key (key_result, week)
);
create table readings (
    key_result TEXT not null references key_results (id),
    at BIGINT not null,
    source TEXT not null,
    value DOUBLE PRECISION not null,
    primary key (key_result, at, source)
);

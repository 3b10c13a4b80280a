-- findings: other names of weaknesses, and findings that turned out to be one

alter table aliases add column fresh BIGINT not null default 0;
create index aliases_fresh on aliases (alias) where fresh = 1;
create table merges (
    number BIGINT primary key,
    at BIGINT not null,
    actor TEXT not null,
    alias TEXT not null,
    canonical TEXT not null,
    survivor BIGINT not null references findings (number),
    absorbed BIGINT not null references findings (number),
    survivor_identity TEXT not null,
    absorbed_identity TEXT not null,
    -- JSON array of [tool, scope]: whose sightings moved
    moved TEXT not null,
    undone_at BIGINT,
    undone_by TEXT
);
create index merges_by_survivor on merges (survivor, number);
create index merges_by_absorbed on merges (absorbed, number);

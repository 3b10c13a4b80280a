-- imports: whether a report looked at a part only, and by whom an import was undone

alter table imports add column partial BIGINT not null default 0;
alter table imports add column undone_at BIGINT;
alter table imports add column undone_by TEXT;

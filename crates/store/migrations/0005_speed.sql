-- triggers: the watch takes its marks in this order, of thousands that are due at one instant too
create index watch_marks_in_order on watch_marks (due_at, name);
drop index watch_marks_due;

-- findings: what searches for words ask. Normalised words of title, package and rule with a blank
-- before each, and for each word (by its first eight bytes) in which blocks of 64 numbers it is:
-- the bit of a number is set where the finding has, or had, the word.
alter table findings add column words TEXT not null default '';
create table words (
    word BIGINT not null,
    block BIGINT not null,
    -- the lowest number that was meant when the row was written: transactions share no row
    since BIGINT not null,
    bits BIGINT not null,
    primary key (word, block, since) -- clustered
);

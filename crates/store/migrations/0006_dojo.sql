-- dojo: the names and numbers under which clients of DefectDojo's interface know our services and
-- streams. A product is a service; a test is a scope within it.

create table dojo_product_types (
    id BIGINT primary key,
    name TEXT not null unique,
    description TEXT not null,
    created_at BIGINT not null
);

create table dojo_products (
    id BIGINT primary key,
    name TEXT not null unique,
    description TEXT not null,
    product_type BIGINT not null references dojo_product_types (id),
    service TEXT not null unique references services (name),
    -- JSON array
    tags TEXT not null,
    created_at BIGINT not null
);
create index dojo_products_by_type on dojo_products (product_type, id);

create table dojo_engagements (
    id BIGINT primary key,
    product BIGINT not null references dojo_products (id),
    name TEXT not null,
    description TEXT,
    engagement_type TEXT not null,
    status TEXT not null,
    -- dates as clients wrote them, YYYY-MM-DD
    target_start TEXT not null,
    target_end TEXT not null,
    version TEXT,
    build_id TEXT,
    commit_hash TEXT,
    branch_tag TEXT,
    source_code_management_uri TEXT,
    deduplication_on_engagement BIGINT not null,
    -- JSON array
    tags TEXT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null
);
create index dojo_engagements_by_product on dojo_engagements (product, name, id);

create table dojo_tests (
    id BIGINT primary key,
    engagement BIGINT not null references dojo_engagements (id),
    title TEXT,
    scan_type TEXT not null,
    description TEXT,
    -- the scope of its imports
    scope TEXT not null,
    environment TEXT not null,
    -- times of day as clients wrote them
    target_start TEXT not null,
    target_end TEXT not null,
    version TEXT,
    build_id TEXT,
    commit_hash TEXT,
    branch_tag TEXT,
    -- JSON array
    tags TEXT not null,
    -- 1 = findings moved in for it wait for the first report of their own
    moved_in BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null
);
create index dojo_tests_by_engagement on dojo_tests (engagement, scan_type, id);
create index dojo_tests_by_scope on dojo_tests (scope);

-- lines of code by language, as the newest report of a product has them
create table dojo_languages (
    product BIGINT not null references dojo_products (id),
    language TEXT not null,
    files BIGINT not null,
    blank BIGINT not null,
    comment BIGINT not null,
    code BIGINT not null,
    primary key (product, language)
);

-- findings of the DefectDojo that people moved in from, each once
create table dojo_moved (
    id BIGINT primary key,
    finding BIGINT not null references findings (number)
);

-- imports: what was less severe was not opened; null = everything was
alter table imports add column opens_from TEXT;

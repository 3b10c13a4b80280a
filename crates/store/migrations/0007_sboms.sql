-- bills of materials, and the projects they are uploaded for

-- what a tool that speaks Dependency-Track's interface calls a project: a version of a service
create table projects (
    -- a UUID, in lower case
    id TEXT primary key,
    service TEXT not null references services (name),
    name TEXT not null,
    -- empty where it has none; what is uploaded for it is imported in this scope
    version TEXT not null,
    classifier TEXT not null,
    description TEXT,
    parent TEXT references projects (id),
    latest BIGINT not null,
    active BIGINT not null,
    created_at BIGINT not null
);
create unique index projects_by_name on projects (name, version);
create index projects_by_service on projects (service);
create index projects_by_parent on projects (parent);
create table project_tags (
    project TEXT not null references projects (id),
    tag TEXT not null,
    primary key (project, tag)
);
create index project_tags_by_tag on project_tags (tag, project);

-- the bytes are those of the import, in reports
create table sboms (
    number BIGINT primary key,
    service TEXT not null references services (name),
    project TEXT not null references projects (id),
    digest TEXT not null references reports (digest),
    -- of what it tells of the product: without serial number, time and the like
    content TEXT not null,
    -- CycloneDX 1.6
    format TEXT not null,
    -- json or xml
    syntax TEXT not null,
    size BIGINT not null,
    components BIGINT not null,
    at BIGINT not null,
    actor TEXT not null,
    -- when the same content last came, and the import that told what changed
    last_at BIGINT not null,
    import TEXT not null
);
create unique index sboms_by_project on sboms (project, content);
create index sboms_of_project on sboms (project, last_at);
create index sboms_by_service on sboms (service, number);

-- A chain of hashes over the audit trail.

create table audit_seals (
  nth bigint constraint audit_seals_pkey primary key,
  audit_id bigint not null,
  content bytea not null,
  hash bytea not null,
  erased_at timestamptz,
  constraint audit_seals_audit_key unique (audit_id),
  constraint audit_seals_content_check check (octet_length(content) = 32),
  constraint audit_seals_hash_check check (octet_length(hash) = 32)
);
comment on table audit_seals is 'For each event of the audit trail the SHA-256 of what it says, and that of the seal before with it.';
comment on column audit_seals.audit_id is 'No foreign key: the seal of an event that was removed must stay.';
comment on column audit_seals.erased_at is 'When personal data was erased from the event: it no longer says what was sealed.';

create table audit_unsealed (
  audit_id bigint constraint audit_unsealed_pkey primary key
);
comment on table audit_unsealed is 'Events that have no seal yet.';
insert into audit_unsealed select id from audit;

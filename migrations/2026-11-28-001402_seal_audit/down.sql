drop table audit_unsealed;
drop table audit_seals;

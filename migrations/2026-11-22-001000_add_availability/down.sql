drop table declared_baselines;
drop table availability;

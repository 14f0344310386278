drop table audit;
drop table tokens;

drop table declared_values;
drop table declared_indicators;

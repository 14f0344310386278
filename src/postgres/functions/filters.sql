-- Arithmetic of filters (CQL2), in double precision: a sign is + - * / % div ^. Null where the result is not defined.
-- Operands beyond 1e100 or below 1e-100 give null, too: their results could lie outside the type, which is an error.
create or replace function computed(a double precision, sign text, b double precision) returns double precision
language plpgsql
immutable strict parallel safe
as $$
begin
  if abs(a) > 1e100 or abs(b) > 1e100 or a <> 0 and abs(a) < 1e-100 or b <> 0 and abs(b) < 1e-100 then
    return null;
  end if;
  return case sign
    when '+' then a + b
    when '-' then a - b
    when '*' then a * b
    when '/' then case when b <> 0 then a / b end
    when '%' then case when b <> 0 then a - b * trunc(a / b) end
    when 'div' then case when b <> 0 then trunc(a / b) end
    when '^' then case
      when a = 0 then case when b > 0 then 0 when b = 0 then 1 end
      when abs(b * ln(abs(a))) > 230 then null
      when a > 0 or b = trunc(b) then power(a, b)
    end
  end;
end
$$;

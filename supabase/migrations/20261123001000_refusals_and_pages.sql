-- Small parts that the functions of the administration share.

-- refuse: ends the call with one of our own codes: not_found, conflict or invalid.
--   p_message   for people: the field, the reason and the remedy; never a value that a contact wrote
create function workflows.refuse(p_code text, p_message text) returns void
language plpgsql as $$
begin
  raise exception using message = p_message,
    errcode = case p_code when 'not_found' then 'WF404' when 'conflict' then 'WF409' else 'WF422' end;
end $$;

-- page_size: a page's limit, 1 to 200.
create function workflows.page_size(p_limit int) returns int
language plpgsql immutable as $$
begin
  if p_limit is null or p_limit not between 1 and 200 then
    perform workflows.refuse('invalid', 'limit: a page holds 1 to 200 items.');
  end if;
  return p_limit;
end $$;

-- cursor_after: the cursor of the last item of a page: its place in the order, with the id that breaks ties.
create function workflows.cursor_after(p_at timestamptz, p_id text) returns text
language sql stable as $$
  select pg_catalog.to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '~' || p_id
$$;

-- cursor_at, cursor_id, cursor_uuid: the parts of a cursor; null without one.
create function workflows.cursor_at(p_cursor text) returns timestamptz
language plpgsql stable as $$
begin
  return split_part(p_cursor, '~', 1)::timestamptz;
exception
  when others then perform workflows.refuse_cursor();
end $$;

create function workflows.cursor_id(p_cursor text) returns text
language sql immutable as $$ select pg_catalog.split_part(p_cursor, '~', 2) $$;

create function workflows.cursor_uuid(p_cursor text) returns uuid
language plpgsql immutable as $$
begin
  return split_part(p_cursor, '~', 2)::uuid;
exception
  when others then perform workflows.refuse_cursor();
end $$;

create function workflows.refuse_cursor() returns void
language sql as $$
  select workflows.refuse('invalid', 'cursor: this is no cursor of a page. Pass nextCursor on as it came, or leave it out to start.')
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.refuse(text, text), workflows.page_size(int), workflows.cursor_after(timestamptz, text),
  workflows.cursor_at(text), workflows.cursor_id(text),
  workflows.cursor_uuid(text), workflows.refuse_cursor() to wf_app, wf_operator;

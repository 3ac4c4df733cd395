-- Web chat: what a tenant says to the visitors of its pages waits here until the page fetches it.
--   visitor        the name that the visitor's page was given; unguessable
--   seq            order within the conversation of one visitor
--   reference      the message's effect: a repeat under the same one changes nothing
--   delivered_at   when it was reported that the page has it
create table workflows.webchat_messages (
  tenant_id uuid not null,
  connection_id uuid not null,
  visitor text not null check (length(visitor) between 16 and 64),
  seq int not null,
  id uuid not null default gen_random_uuid(),
  reference text not null,
  at timestamptz not null default workflows.now(),
  message jsonb not null,
  delivered_at timestamptz,
  primary key (tenant_id, connection_id, visitor, seq),
  constraint webchat_messages_once unique (tenant_id, connection_id, reference),
  foreign key (tenant_id, connection_id) references workflows.connections (tenant_id, id)
);
create index webchat_messages_undelivered on workflows.webchat_messages (tenant_id, connection_id, visitor, seq)
  where delivered_at is null;
alter table workflows.webchat_messages enable row level security;
alter table workflows.webchat_messages force row level security;
create policy tenant on workflows.webchat_messages for all to wf_app
  using (tenant_id = (select workflows.current_tenant())) with check (tenant_id = (select workflows.current_tenant()));
grant select, insert on workflows.webchat_messages to wf_app;
grant update (delivered_at) on workflows.webchat_messages to wf_app;

-- deliver_webchat: puts a message where its visitor's page finds it. One at a time for each visitor, which the outbox of
-- the conversation sees to.
--   p         JSON text: WebChatDelivery
--   result    the message's id
--   caller    WebChatStore
create function workflows.deliver_webchat(p text) returns json
language plpgsql set search_path = workflows, pg_temp as $$
declare
  given record;
  known uuid;
begin
  select * into given from json_to_record(p::json) as i("connectionId" uuid, visitor text, reference text, message jsonb);
  select m.id into known from webchat_messages m where m.tenant_id = current_tenant() and m.connection_id = given."connectionId"
    and m.reference = given.reference;
  if not found then
    insert into webchat_messages (tenant_id, connection_id, visitor, seq, reference, message)
    select current_tenant(), given."connectionId", given.visitor, coalesce(max(m.seq), 0) + 1, given.reference, given.message
    from webchat_messages m where m.tenant_id = current_tenant() and m.connection_id = given."connectionId"
      and m.visitor = given.visitor
    returning id into known;
  end if;
  return to_json(known);
end $$;

-- fetch_webchat: what has come for a visitor.
--   p_after   number of the last message that the page has
--   result    WebChatMessage[], at most 100
--   caller    WebChatStore
create function workflows.fetch_webchat(p_connection_id uuid, p_visitor text, p_after int) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(json_build_object('seq', m.seq, 'id', m.id, 'at', iso(m.at), 'message', m.message) order by m.seq),
    '[]'::json)
  from (select x.* from webchat_messages x where x.tenant_id = current_tenant() and x.connection_id = p_connection_id
    and x.visitor = p_visitor and x.seq > p_after order by x.seq limit 100) m
$$;

-- unreported_webchat: ids of messages that the page has, up to p_upto, and of which that was not reported yet.
--   caller    WebChatStore
create function workflows.unreported_webchat(p_connection_id uuid, p_visitor text, p_upto int) returns json
language sql stable set search_path = workflows, pg_temp as $$
  select coalesce(json_agg(m.id order by m.seq), '[]'::json) from webchat_messages m
  where m.tenant_id = current_tenant() and m.connection_id = p_connection_id and m.visitor = p_visitor and m.seq <= p_upto
    and m.delivered_at is null
$$;

-- reported_webchat: these are reported. After the report, so that one which a crash swallows is made again.
--   caller    WebChatStore
create function workflows.reported_webchat(p_connection_id uuid, p_visitor text, p_upto int) returns void
language sql set search_path = workflows, pg_temp as $$
  update webchat_messages m set delivered_at = workflows.now()
  where m.tenant_id = current_tenant() and m.connection_id = p_connection_id and m.visitor = p_visitor and m.seq <= p_upto
    and m.delivered_at is null
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.deliver_webchat(text), workflows.fetch_webchat(uuid, text, int),
  workflows.unreported_webchat(uuid, text, int), workflows.reported_webchat(uuid, text, int) to wf_app;

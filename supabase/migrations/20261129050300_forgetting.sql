-- What is of no use any more is dropped by housekeeping, once a day and in batches.
--   p_limit   how many at most
--   result    how many
grant create on schema workflows to wf_road;

-- Read by nothing but housekeeping.
create index early_receipts_old on workflows.early_receipts (received_at);
create index tenant_events_old on workflows.tenant_events (at);
create index webchat_messages_old on workflows.webchat_messages (at);

-- forget_receipts: receipts of messages that are not ours, such as what somebody has sent from the phone. Providers repeat
-- webhooks for up to seven days, and a send that has not told its message's id by then never will.
create function workflows.forget_receipts(p_limit int) returns int
language plpgsql security definer set search_path = workflows, pg_temp as $$
declare
  forgotten int;
begin
  delete from early_receipts r where r.ctid = any (array(
    select x.ctid from early_receipts x where x.received_at < workflows.now() - interval '8 days' order by x.received_at limit p_limit));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

-- forget_events: events that were dispatched, that nobody repeats any more, and that no run can still ask for: a wait may ask
-- for all that has come since its run began. The engine's own events are never waited for.
create function workflows.forget_events(p_limit int) returns int
language plpgsql security definer set search_path = workflows, pg_temp as $$
declare
  forgotten int;
begin
  with live as materialized (
    select e.tenant_id, min(e.started_at) as since from executions e where e.ended_at is null group by e.tenant_id),
  old as (
    select e.tenant_id, e.id from tenant_events e left join live on live.tenant_id = e.tenant_id
    where e.at < workflows.now() - interval '8 days' and e.dispatched_at is not null
      and (e.name like '$%' or live.since is null or e.at < live.since)
    order by e.at limit p_limit)
  delete from tenant_events e using old where e.tenant_id = old.tenant_id and e.id = old.id;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

-- forget_webchat: what was said to visitors of web chats. Pages that come back after that begin with an empty window.
create function workflows.forget_webchat(p_limit int) returns int
language plpgsql security definer set search_path = workflows, pg_temp as $$
declare
  forgotten int;
begin
  delete from webchat_messages m where m.ctid = any (array(
    select x.ctid from webchat_messages x where x.at < workflows.now() - interval '90 days' order by x.at limit p_limit));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

grant delete on workflows.tenant_events to wf_road;
grant select, delete on workflows.webchat_messages to wf_road;
create policy road on workflows.webchat_messages for all to wf_road using (true) with check (true);
alter function workflows.forget_receipts(int) owner to wf_road;
alter function workflows.forget_events(int) owner to wf_road;
alter function workflows.forget_webchat(int) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.forget_receipts(int), workflows.forget_events(int), workflows.forget_webchat(int) to wf_app;

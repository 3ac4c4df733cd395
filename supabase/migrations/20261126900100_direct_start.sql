-- Direct start: a process that also works, and has nothing else to do, leases what it has just made ready. No bell rings for
-- it and no claim looks for it, which at low rates is most of what a run costs.
grant create on schema workflows to wf_road;

-- accept_and_claim: accept, and a lease on mailboxes that this very call made ready. What was ready before, or is leased,
-- stays with whoever claims in fair turn.
--   p            JSON text: AcceptItem[]
--   p_limit      most mailboxes to lease;  p_lease_ms  length of the lease
--   result       { accepted: AcceptResult, claim: ClaimResult }
--   caller       InboundStore
create function workflows.accept_and_claim(p text, p_limit int, p_lease_ms int) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  accepted json := workflows.accept(p);
  tenants uuid[];
  boxes uuid[];
  tokens bigint[];
  read_from bigint[];
  read_to bigint[];
begin
  with stored as (
    select distinct i.tenant, r.mailbox from rows from (json_to_recordset(p::json) as ("tenantId" uuid)) with ordinality i(tenant, n)
    join rows from (json_to_recordset(accepted) as (outcome text, "mailboxId" uuid)) with ordinality r(outcome, mailbox, n) on r.n = i.n
    where r.outcome = 'stored' order by i.tenant, r.mailbox limit p_limit),
  claimed as (
    -- By the key, and never a new row: accept has just written each of them.
    insert into mailboxes as b (tenant_id, id) select s.tenant, s.mailbox from stored s
    on conflict (tenant_id, id) do update set lease_token = b.lease_token + 1, ready_at = null,
      lease_until = workflows.now() + p_lease_ms * interval '1 ms', wake_at = workflows.now() + p_lease_ms * interval '1 ms'
    where b.ready_at = workflows.now() and b.lease_until is null
    returning b.tenant_id, b.id, b.lease_token, b.consumed, b.appended)
  select array_agg(tenant_id), array_agg(id), array_agg(lease_token), array_agg(consumed), array_agg(appended)
    into tenants, boxes, tokens, read_from, read_to from claimed;
  return json_build_object('accepted', accepted, 'claim', json_build_object('now', iso(workflows.now()), 'more', false, 'after', '',
    'revisions', (select coalesce(json_object_agg(t.id, coalesce((select r.revision from workflow_revisions r
      where r.tenant_id = t.id), 0)), '{}'::json) from (select distinct unnest(tenants) as id) t),
    'mailboxes', workflows.mailbox_contents(tenants, boxes, tokens, read_from, read_to)));
end $$;

alter function workflows.accept_and_claim(text, int, int) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.accept_and_claim(text, int, int) to wf_app;

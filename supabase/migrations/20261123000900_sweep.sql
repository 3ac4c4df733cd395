-- sweep: finds again whatever a lost ring, a killed process or the passing of time has left behind.
--   p_limit             how many rows of each kind at most
--   p_unknown_wait_ms   how long an unknown send waits for a receipt before its policy decides
--   result              SweepResult; `mailboxes` and `outboxes` above 0 mean ring. In calm `recovered` is all zero
--   caller              SweepStore, every few seconds and when `nextInMs` is over; any number of them at once is harmless
-- 1 due timers make their mailbox ready          2 an expired lease does too, and its token is spent
-- 3 the same for outboxes; their sends in flight become unknown
-- 4 unknown sends that waited long enough: resend, or hold for a person
-- 5 what has been ready for a while, unclaimed: counted, so that somebody rings
grant create on schema workflows to wf_road;

create function workflows.sweep(p_limit int, p_unknown_wait_ms int) returns json
language plpgsql security definer set search_path = workflows, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  -- Longer than any pause between a ring and its claim while there is nothing wrong.
  left_behind constant interval := '10 s';
  row record;
  sent effects;
  mailboxes_woken int := 0;
  outboxes_woken int := 0;
  mailbox_leases int := 0;
  outbox_leases int := 0;
  abandoned int := 0;
  resent int := 0;
  held int := 0;
  letters int := 0;
  waiting_mailboxes int;
  waiting_outboxes int;
  next_at timestamptz;
begin
  for row in
    select b.tenant_id, b.id, b.lease_until from mailboxes b where b.wake_at <= workflows.now()
    order by b.wake_at limit p_limit for no key update skip locked
  loop
    update mailboxes b set ready_at = coalesce(b.ready_at, workflows.now()), wake_at = null, lease_until = null,
      lease_token = b.lease_token + (b.lease_until is not null)::int
    where b.tenant_id = row.tenant_id and b.id = row.id;
    mailboxes_woken := mailboxes_woken + 1;
    mailbox_leases := mailbox_leases + (row.lease_until is not null)::int;
  end loop;

  for row in
    select o.tenant_id, o.mailbox_id, o.lease_until from outboxes o where o.wake_at <= workflows.now()
    order by o.wake_at limit p_limit for no key update skip locked
  loop
    if row.lease_until is not null then
      update outboxes o set lease_token = o.lease_token + 1 where o.tenant_id = row.tenant_id and o.mailbox_id = row.mailbox_id;
      abandoned := abandoned + workflows.abandon_sends(row.tenant_id, row.mailbox_id);
      outbox_leases := outbox_leases + 1;
    end if;
    perform workflows.rest_outbox(row.tenant_id, row.mailbox_id);
    outboxes_woken := outboxes_woken + 1;
  end loop;

  for row in
    select f.tenant_id, f.execution_id, f.seq, f.mailbox_id from effects f
    where f.kind = 'message' and f.state = 'unknown' and not f.resend
      and f.changed_at <= workflows.now() - p_unknown_wait_ms * interval '1 ms'
    order by f.changed_at limit p_limit
  loop
    perform from mailboxes b where b.tenant_id = row.tenant_id and b.id = row.mailbox_id for no key update skip locked;
    continue when not found;
    perform from outboxes o where o.tenant_id = row.tenant_id and o.mailbox_id = row.mailbox_id for no key update skip locked;
    continue when not found;
    update effects f set resend = f.effect ->> 'onUnknown' is distinct from 'hold',
      state = case f.effect ->> 'onUnknown' when 'hold' then 'held' else 'unknown' end,
      changed_at = workflows.now()
    where f.tenant_id = row.tenant_id and f.execution_id = row.execution_id and f.seq = row.seq
      and f.state = 'unknown' and not f.resend
    returning f.* into sent;
    continue when not found;
    if sent.state = 'held' then
      held := held + 1;
      if sent.effect ->> 'notify' <> 'never' then
        letters := letters + workflows.report_effect(sent, jsonb_build_object('outcome', 'unknown', 'failure', jsonb_build_object(
          'code', 'effect.unknown', 'kind', 'terminal',
          'message', 'The send got no answer and no receipt; it is held for a person to decide.')))::int;
      end if;
    else
      resent := resent + 1;
    end if;
    perform workflows.refresh_outbox(row.tenant_id, row.mailbox_id);
    outboxes_woken := outboxes_woken + 1;
  end loop;

  select count(*) into waiting_mailboxes from (
    select from mailboxes b where b.ready_at < workflows.now() - left_behind limit p_limit) waiting;
  select count(*) into waiting_outboxes from (
    select from outboxes o where o.ready_at < workflows.now() - left_behind limit p_limit) waiting;

  next_at := least(
    (select b.wake_at from mailboxes b where b.wake_at is not null order by b.wake_at limit 1),
    (select o.wake_at from outboxes o where o.wake_at is not null order by o.wake_at limit 1),
    (select f.changed_at from effects f where f.kind = 'message' and f.state = 'unknown' and not f.resend
     order by f.changed_at limit 1) + p_unknown_wait_ms * interval '1 ms');
  return json_build_object(
    'mailboxes', mailboxes_woken + letters + waiting_mailboxes,
    'outboxes', outboxes_woken + waiting_outboxes,
    'nextInMs', least(60000, greatest(0, ceil(extract(epoch from next_at - workflows.now()) * 1000))),
    'recovered', json_build_object('mailbox_lease', mailbox_leases, 'outbox_lease', outbox_leases, 'send_abandoned', abandoned,
      'send_resent', resent, 'send_held', held, 'mailbox_waiting', waiting_mailboxes, 'outbox_waiting', waiting_outboxes));
end $$;

alter function workflows.sweep(int, int) owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;
grant execute on function workflows.sweep(int, int) to wf_app;

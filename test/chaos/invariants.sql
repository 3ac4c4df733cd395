-- What must hold when a run of the chaos suite has come to its end, whatever was done to it.
--   result   one row for each fact: how many rows were looked at, how many break it, and one of these by its name
-- `chaos.said` and `chaos.reached` hold what the world outside knows; chaos.leases was written on the way.
with
events as materialized (
  select h.tenant_id, h.execution_id, h.revision, h.at as written_at, e.place, e.event
  from workflows.execution_events h cross join lateral jsonb_array_elements(h.events) with ordinality e(event, place)),
messages as materialized (
  select f.tenant_id, f.mailbox_id, f.execution_id, f.seq, f.position, f.state, f.receipt, count(r.n) as times, min(r.n) as first,
    max(r.receipts) as receipts
  from workflows.effects f left join chaos.reached r
    on r.tenant_id = f.tenant_id and r.execution_id = f.execution_id and r.effect_seq = f.seq
  where f.kind = 'message'
  group by f.tenant_id, f.execution_id, f.seq),
facts (invariant, fact, checked, broken, example) as (

  select 'I1', 'every webhook that was answered by 200 is in the database', count(*),
    count(*) filter (where l.dedupe is null), min(s.message_id) filter (where l.dedupe is null)
  from chaos.said s left join workflows.mail l
    on l.tenant_id = s.tenant_id and l.dedupe = format('message:%s:%s', s.connection_id, s.message_id)

  union all
  select 'I1', 'every receipt that was answered by 200 has reached its message', count(*),
    count(*) filter (where m.receipt is distinct from m.receipts), min(format('%s %s: %s, not %s', m.execution_id, m.seq, m.receipt, m.receipts)) filter (where m.receipt is distinct from m.receipts)
  from messages m where m.times = 1 and m.receipts <> 'accepted'

  union all
  select 'I2', 'every letter has been read, once and in its order', count(*),
    count(*) filter (where b.consumed <> b.appended or l.letters <> b.appended or l.last <> b.appended),
    min(b.id::text) filter (where b.consumed <> b.appended or l.letters <> b.appended or l.last <> b.appended)
  from workflows.mailboxes b cross join lateral (
    select count(*) as letters, max(l.seq) as last from workflows.mail l where l.tenant_id = b.tenant_id and l.mailbox_id = b.id) l

  union all
  select 'I3', 'every message that starts a run has started one', count(*),
    count(*) filter (where runs <> 1), min(message_id) filter (where runs <> 1)
  from (select s.message_id, count(e.execution_id) as runs
    from chaos.said s left join events e on e.tenant_id = s.tenant_id and e.event ->> 'type' = 'started'
      and e.event -> 'message' ->> 'id' = s.message_id
    where s.starts group by s.message_id) each

  union all
  select 'I4', 'the revisions of a history have no gap and no repetition', count(*), count(*) filter (where not whole),
    min(id::text) filter (where not whole)
  from (select e.id, count(h.revision) = e.revision and count(distinct h.revision) = e.revision and max(h.revision) = e.revision
      and min(h.revision) = 1 as whole
    from workflows.executions e left join workflows.execution_events h on h.tenant_id = e.tenant_id and h.execution_id = e.id
    group by e.tenant_id, e.id) each

  union all
  select 'I4', 'every step was done once', count(*), count(*) filter (where times > 1), min(execution_id::text) filter (where times > 1)
  from (select e.execution_id, count(*) as times from events e
    where e.event ->> 'type' = 'returned' and e.event #>> '{outcome,kind}' = 'done'
    group by e.tenant_id, e.execution_id, e.event ->> 'step') each

  union all
  select 'I5', 'nobody took a lease that another still had', count(*), count(*) filter (where l.until_before > l.at),
    min(l.mailbox_id::text) filter (where l.until_before > l.at)
  from chaos.leases l

  union all
  select 'I5', 'the token of a lease only ever rises', count(*), count(*) filter (where l.token <= l.token_before),
    min(l.mailbox_id::text) filter (where l.token <= l.token_before)
  from chaos.leases l

  union all
  select 'I6', 'every message that a run decided on has reached its customer', count(*),
    count(*) filter (where m.times = 0), min(m.execution_id || ' ' || m.seq) filter (where m.times = 0)
  from messages m

  union all
  select 'I6', 'no message has reached its customer twice', count(*), count(*) filter (where m.times > 1),
    min(m.execution_id || ' ' || m.seq) filter (where m.times > 1)
  from messages m

  union all
  select 'I6', 'the journal knows that a message went out', count(*), count(*) filter (where m.state <> 'sent'),
    min(m.execution_id || ' ' || m.seq || ' is ' || m.state) filter (where m.state <> 'sent')
  from messages m

  union all
  select 'I6', 'whatever reached a customer was decided on by a run', count(*), count(*) filter (where f.seq is null),
    min(r.message_id) filter (where f.seq is null)
  from chaos.reached r left join workflows.effects f
    on f.tenant_id = r.tenant_id and f.execution_id = r.execution_id and f.seq = r.effect_seq

  union all
  select 'I7', 'messages came to each customer in the order of decision', count(*), count(*) filter (where m.first < m.before),
    min(m.execution_id || ' ' || m.seq) filter (where m.first < m.before)
  from (select m.*, lag(m.first) over (partition by m.tenant_id, m.mailbox_id order by m.position) as before
    from messages m where m.times > 0) m

  union all
  select 'I8', 'no row has another tenant than what it belongs to', count(*),
    count(*) filter (where e.tenant_id <> f.tenant_id), min(f.execution_id::text) filter (where e.tenant_id <> f.tenant_id)
  from (select tenant_id, execution_id from workflows.effects union all select tenant_id, execution_id from workflows.execution_events) f
  join workflows.executions e on e.id = f.execution_id

  union all
  select 'I8', 'what reached a customer was sent by the tenant that owns its conversation', count(*),
    count(*) filter (where v.tenant_id is null), min(r.message_id) filter (where v.tenant_id is null)
  from chaos.reached r left join workflows.effects f
    on f.tenant_id = r.tenant_id and f.execution_id = r.execution_id and f.seq = r.effect_seq
  left join workflows.conversations v on v.tenant_id = r.tenant_id and v.id = f.mailbox_id

  union all
  select 'I9', 'nothing is held, ready or waiting any more', count(*), count(*) filter (where b.busy), min(b.id::text) filter (where b.busy)
  from (select b.id, b.lease_until is not null or b.ready_at is not null as busy from workflows.mailboxes b
    union all
    select o.mailbox_id, o.lease_until is not null or o.ready_at is not null from workflows.outboxes o) b

  union all
  select 'I10', 'every run has ended, and as it should', count(*), count(*) filter (where e.status <> 'completed'),
    min(e.id || ' is ' || e.status) filter (where e.status <> 'completed')
  from workflows.executions e

  union all
  select 'R17', 'no timer was early, by the clock of the database', count(*),
    count(*) filter (where left_at < entered_at + wait), min(execution_id::text) filter (where left_at < entered_at + wait)
  from (select e.execution_id, interval '1 s' as wait,
      -- What a worker has noted is the time of its claim and the time since; the row's own time is the server's.
      min((e.event ->> 'at')::timestamptz) filter (where e.event #>> '{outcome,kind}' = 'waiting') as entered_at,
      max(e.written_at) filter (where e.event #>> '{outcome,kind}' = 'done') as left_at
    from events e where e.event ->> 'type' = 'returned' and e.event ->> 'node' = 'pause'
    group by e.tenant_id, e.execution_id) each
)
select invariant, fact, checked::int, broken::int, example from facts

-- A run that failed and is brought back stands again where it stood, and hears of what came to an end while it lay there.
grant create on schema workflows to wf_road;

-- tell_missed_results: letters for a run that goes on again, about effects that its steps still wait for and that nobody has
-- told it of: report_effect writes none to a run that has ended, and one that was written before finds it ended when it is read.
--   A call that was withdrawn, or has no row, was never made: the run failed when it was about to be. To its step it has
--   failed as what was surely not sent does.
-- A trigger, because a run can come back by several orders, and the commit is to pay nothing for what is this rare. It runs
-- under the lock of the mailbox, so that what comes to an end later finds the run alive.
create function workflows.tell_missed_results() returns trigger
language plpgsql set search_path = workflows, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  missed record;
begin
  for missed in
    select w.seq, case
      when f.seq is null or f.kind <> 'message' and f.state = 'withdrawn' then jsonb_build_object('outcome', 'failed', 'failure', jsonb_build_object('code', 'network',
        'kind', 'retryable', 'message', 'The run failed before the request was made, so it was not sent.'))
      when f.kind <> 'message' and f.state in ('sent', 'failed', 'unknown') or f.kind = 'message' and f.state = 'failed'
        or f.kind = 'message' and f.state = 'sent' and (f.effect ->> 'notify' = 'accepted'
          or f.effect ->> 'notify' = 'delivered' and receipt_rank(f.receipt) >= receipt_rank('delivered')) then f.result
      when f.state = 'held' and f.effect ->> 'notify' <> 'never' then jsonb_build_object('outcome', 'unknown', 'failure',
        jsonb_build_object('code', 'effect.unknown', 'kind', 'terminal',
          'message', 'The send got no answer and no receipt; it is held for a person to decide.')) end as result
    from (select p.seq::int as seq from jsonb_array_elements(new.state -> 'tokens') t(token)
        cross join lateral jsonb_array_elements_text(coalesce(t.token #> '{phase,pendingEffects}', '[]')) p(seq)) w
      left join effects f on f.tenant_id = new.tenant_id and f.execution_id = new.id and f.seq = w.seq
    order by w.seq
  loop
    continue when missed.result is null;
    perform post_letter(new.tenant_id, new.mailbox_id,
      format('effect:%s:%s:%s:again:%s', new.id, missed.seq, missed.result ->> 'outcome', new.revision), 'effect',
      jsonb_build_object('executionId', new.id, 'seq', missed.seq, 'result', missed.result));
  end loop;
  return null;
end $$;
create trigger executions_tell_missed_results after update of ended_at on workflows.executions
  for each row when (old.ended_at is not null and new.ended_at is null) execute function workflows.tell_missed_results();

alter function workflows.tell_missed_results() owner to wf_road;
revoke create on schema workflows from wf_road;
revoke execute on all functions in schema workflows from public;

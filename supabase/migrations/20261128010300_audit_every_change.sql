-- Every change over the API is in the audit log, also where the function that makes it writes no record of its own.

-- record_audit: one row, of a change that has been made.
--   p         JSON text: { actor, action, target, requestId?, details }
--   caller    AuditStore
create function workflows.record_audit(p text) returns void
language sql set search_path = workflows, pg_temp as $$
  insert into audit_log (tenant_id, actor, action, target, request_id, details)
  select current_tenant(), i.actor, i.action, i.target, i."requestId", coalesce(i.details, '{}')
  from json_to_record(p::json) as i(actor text, action text, target text, "requestId" text, details jsonb)
$$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.record_audit(text) to wf_app;

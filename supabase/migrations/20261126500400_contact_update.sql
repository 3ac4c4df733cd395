-- Contacts are changed by the runs that talk with them.

-- Moves with each change by a run: who writes may look at it later.
alter table workflows.contacts add column version bigint not null default 1;
grant update (name, locale, timezone, opted_out, tags, attributes, version) on workflows.contacts to wf_app;

-- update_contact: one change of a contact, once.
--   p   JSON text { contactId, set: { name?, locale?, timezone? }, attributes: { name: value; null removes },
--       addTags, removeTags, optOut?, step }: for step see earlier_write; what is absent stays as it is
--   result   { outcome: done, version, contact: ClaimedMailbox.contact } | { outcome: too_large }: more than 100 tags or
--            32 KB of attributes | { outcome: missing } | { outcome: fenced }
--   caller   ContactStore
create function workflows.update_contact(p text) returns json
language plpgsql set search_path = workflows, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  given record;
  c contacts;
  answer jsonb;
begin
  select * into given from jsonb_to_record(p::jsonb) as i("contactId" uuid, set jsonb, attributes jsonb, "addTags" jsonb,
    "removeTags" jsonb, "optOut" boolean, step jsonb);
  select x.* into c from contacts x where x.tenant_id = current_tenant() and x.id = given."contactId" for no key update;
  if not found then return '{"outcome":"missing"}'; end if;
  answer := earlier_write(given.step);
  if answer ->> 'outcome' = 'fenced' then return answer; end if;
  if answer is null then
    if given.set ? 'name' then c.name := coalesce(given.set ->> 'name', ''); end if;
    if given.set ? 'locale' then c.locale := given.set ->> 'locale'; end if;
    if given.set ? 'timezone' then c.timezone := given.set ->> 'timezone'; end if;
    c.opted_out := coalesce(given."optOut", c.opted_out);
    c.attributes := jsonb_strip_nulls(c.attributes || given.attributes);
    -- In the order in which they came, each once.
    c.tags := array(select t.tag from (
        select tag, min(place) as place from unnest(c.tags || array(select jsonb_array_elements_text(given."addTags")))
          with ordinality as all_tags(tag, place) group by tag) t
      where not given."removeTags" ? t.tag order by t.place);
    if cardinality(c.tags) > 100 or octet_length(c.attributes::text) > 32768 then return '{"outcome":"too_large"}'; end if;
    update contacts x set name = c.name, locale = c.locale, timezone = c.timezone, opted_out = c.opted_out, tags = c.tags,
      attributes = c.attributes, version = x.version + 1
    where x.tenant_id = c.tenant_id and x.id = c.id returning x.* into c;
    answer := jsonb_build_object('outcome', 'done', 'version', c.version);
    perform remember_write(given.step, answer);
  end if;
  return answer || jsonb_build_object('contact', jsonb_build_object('id', c.id, 'name', c.name, 'locale', c.locale,
    'timezone', c.timezone, 'optedOut', c.opted_out, 'tags', c.tags, 'attributes', c.attributes));
end $$;

revoke execute on all functions in schema workflows from public;
grant execute on function workflows.update_contact(text) to wf_app;

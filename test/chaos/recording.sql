-- What an invariant needs and no table of the product keeps. Laid beside the product, in the database of one run.
create schema chaos;

-- Every taking of a lease, with the state that it found: only one that was free or had run out may be taken.
create table chaos.leases (
  n bigint generated always as identity primary key,
  kind text not null,
  tenant_id uuid not null,
  mailbox_id uuid not null,
  token bigint not null,
  token_before bigint,
  until_before timestamptz,
  at timestamptz not null default clock_timestamp()
);

create function chaos.record_lease() returns trigger language plpgsql security definer set search_path = chaos, pg_temp as $$
declare
  was record := case when tg_op = 'UPDATE' then old end;
begin
  if new.lease_until is not null and (tg_op = 'INSERT' or new.lease_token <> old.lease_token) then
    insert into chaos.leases (kind, tenant_id, mailbox_id, token, token_before, until_before)
    values (tg_table_name, new.tenant_id, (to_jsonb(new) ->> tg_argv[0])::uuid, new.lease_token, was.lease_token, was.lease_until);
  end if;
  return null;
end $$;
create trigger record_lease after insert or update on workflows.mailboxes for each row execute function chaos.record_lease('id');
create trigger record_lease after insert or update on workflows.outboxes for each row execute function chaos.record_lease('mailbox_id');

-- What the journal said of each effect, one after the other: the journal itself has the last word only.
create table chaos.journal (
  n bigint generated always as identity primary key,
  execution_id uuid not null,
  seq int not null,
  state text not null,
  attempt int not null,
  receipt text,
  resend boolean not null,
  at timestamptz not null default clock_timestamp()
);

create function chaos.record_effect() returns trigger language plpgsql security definer set search_path = chaos, pg_temp as $$
begin
  insert into chaos.journal (execution_id, seq, state, attempt, receipt, resend)
  values (new.execution_id, new.seq, new.state, new.attempt, new.receipt, new.resend);
  return null;
end $$;
create trigger record_effect after insert or update on workflows.effects for each row execute function chaos.record_effect();

-- What customers wrote, all of it answered by 200; filled in when the run is over.
create table chaos.said (
  tenant_id uuid not null,
  connection_id uuid not null,
  message_id text not null,
  starts boolean not null
);

-- What the provider accepted: its ledger, with the effect that each message names.
create table chaos.reached (
  n int primary key,
  wa_id text,
  tenant_id uuid,
  execution_id uuid,
  effect_seq int,
  message_id text not null,
  receipts text not null,
  at timestamptz not null
);

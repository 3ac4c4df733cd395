-- Every function in PL/pgSQL looks for names in our schema first, also those that run as their caller: whatever a session
-- puts into pg_temp takes no table's or function's place.
alter function workflows.cursor_at(text) set search_path = workflows, pg_temp;
alter function workflows.cursor_uuid(text) set search_path = workflows, pg_temp;
alter function workflows.page_size(int) set search_path = workflows, pg_temp;
alter function workflows.refuse(text, text) set search_path = workflows, pg_temp;
alter function workflows.expect_revision(bigint, bigint) set search_path = workflows, pg_temp;
alter function workflows.keep_recalled() set search_path = workflows, pg_temp;
alter function workflows.take_back(uuid, uuid, uuid, int) set search_path = workflows, pg_temp;

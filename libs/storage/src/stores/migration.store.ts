import { Injectable } from '@nestjs/common';
import type { ExecutionState, Mapping, Restore } from '@workflows/core';
import { Database, type MigrateLetter, type MigrationRecord } from '@workflows/ports';

/** A live run, as far as it takes to say whether it can move. */
export interface MovableRun {
  executionId: string;
  state: ExecutionState;
  /** Present when a migration is taken back: what the run had before it, and what that left. */
  restore: Restore | null;
}

/** Most runs in one page and in one call. */
const PAGE = 200;

/** Moves of live runs between the versions of a workflow. */
@Injectable()
export class MigrationStore {
  constructor(private readonly database: Database) {}

  start(
    tenantId: string,
    migration: { workflowId: string; from: number; to: number; mapping: Mapping; undoes: string | null; createdBy: string },
  ): Promise<MigrationRecord> {
    return this.database.callAsTenant(tenantId, 'start_migration', { p: migration });
  }

  get(tenantId: string, workflowId: string, id: string): Promise<MigrationRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_migration', { p_workflow_id: workflowId, p_id: id });
  }

  /** The newest hundred. */
  list(tenantId: string, workflowId: string): Promise<MigrationRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_migrations', { p_workflow_id: workflowId });
  }

  /** Runs on a version that have not ended, page by page. */
  liveRuns(tenantId: string, versionId: string): AsyncGenerator<MovableRun[], void> {
    return this.pages((after) =>
      this.database.callAsTenant(tenantId, 'live_runs', { p_version_id: versionId, p_after: after, p_limit: PAGE }),
    );
  }

  /** Live runs that a migration has moved and nothing has moved since, page by page. */
  movedRuns(tenantId: string, migrationId: string): AsyncGenerator<MovableRun[], void> {
    return this.pages((after) =>
      this.database.callAsTenant(tenantId, 'moved_runs', { p_migration_id: migrationId, p_after: after, p_limit: PAGE }),
    );
  }

  /** Writes a letter to each run; ring `advance` afterwards. A run that was told before is not told again. */
  async send(tenantId: string, migrationId: string, letters: MigrateLetter[]): Promise<void> {
    const p = letters.map((body) => ({ executionId: body.executionId, body }));
    await this.database.call<number>('send_migration', { p_tenant: tenantId, p_migration_id: migrationId, p });
  }

  private async *pages(ask: (after: string | null) => Promise<MovableRun[]>): AsyncGenerator<MovableRun[], void> {
    for (let after: string | null = null; ;) {
      const page: MovableRun[] = await ask(after);
      if (page.length > 0) yield page;
      after = page.at(-1)?.executionId ?? null;
      if (page.length < PAGE) return;
    }
  }
}

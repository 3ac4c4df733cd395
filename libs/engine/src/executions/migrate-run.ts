import { Logger } from '@nestjs/common';
import { type CompiledGraph, type ExecutionEvent, planMove } from '@workflows/core';
import { DatabaseUnavailable, type MigrateLetter } from '@workflows/ports';
import type { PublishedWorkflows } from '../triggers/published-workflows.js';
import type { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';

const logger = new Logger('Migrations');

/**
 * How a run moves to the version of a letter, judged anew under its lease; null when it cannot any more. It then stays
 * where it is, and the migration counts it as blocked.
 */
export async function planned(
  run: LiveRun,
  letter: MigrateLetter,
  session: MailboxSession,
  workflows: PublishedWorkflows,
): Promise<{ graph: CompiledGraph; event: ExecutionEvent } | null> {
  const { migration, from, to, versionId, mapping, restore } = letter;
  if (run.graph.version !== from) return null;
  try {
    const was = await workflows.movable(session.tenantId, run.versionId);
    const is = await workflows.movable(session.tenantId, versionId);
    const at = session.now();
    const plan = planMove(was, is, run.state, mapping, at, restore ?? undefined);
    if (!('move' in plan)) return null;
    const event: ExecutionEvent = {
      type: 'migrated',
      at,
      migration,
      from,
      to,
      versionId,
      move: plan.move,
      before: run.state.vars,
    };
    return { graph: is.graph, event };
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    // A version that cannot run here must not keep the mailbox from its other letters.
    logger.error({
      msg: 'A run could not be moved',
      tenantId: session.tenantId,
      executionId: run.executionId,
      migration,
      err: error,
    });
    return null;
  }
}

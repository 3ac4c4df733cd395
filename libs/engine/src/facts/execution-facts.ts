import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { ExecutionEvent, ExecutionStatus } from '@workflows/core';
import type { ClaimedMailbox } from '@workflows/ports';
import type { Committed } from '../executions/mailbox-session.js';

/** A run has moved: these events are in its history now. */
export class ExecutionAdvanced {
  static readonly fact = 'execution.advanced';

  constructor(
    readonly tenantId: string,
    readonly executionId: string,
    readonly workflowId: string,
    readonly status: ExecutionStatus,
    readonly events: ExecutionEvent[],
  ) {}
}

/** Letters of a mailbox have been dealt with. */
export class LettersRead {
  static readonly fact = 'mailbox.letters-read';

  constructor(readonly claimed: ClaimedMailbox) {}
}

/**
 * Tells what has been committed, in the past tense, to whoever watches. A watcher may fail or be absent: nothing that
 * must not be lost goes this way.
 */
@Injectable()
export class ExecutionFacts {
  constructor(private readonly emitter: EventEmitter2) {}

  tell(claimed: ClaimedMailbox, committed: Committed[]): void {
    for (const run of committed) {
      const { executionId, workflowId, state, events } = run;
      this.emitter.emit(
        ExecutionAdvanced.fact,
        new ExecutionAdvanced(claimed.tenantId, executionId, workflowId, state.status, events),
      );
    }
    if (claimed.letters.length > 0) this.emitter.emit(LettersRead.fact, new LettersRead(claimed));
  }
}

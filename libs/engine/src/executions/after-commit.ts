import { Injectable } from '@nestjs/common';
import { type ClaimedMailbox, Doorbell } from '@workflows/ports';
import type { DatabaseClock } from '../claims/database-clock.js';
import { ExecutionFacts } from '../facts/execution-facts.js';
import { Sweeper } from '../sweeper/sweeper.js';
import type { AdvanceOutput } from './mailbox.runner.js';
import type { Committed } from './mailbox-session.js';

/** What follows a commit: bells for the work that it made, a sweep for its timers, facts for those who watch. */
@Injectable()
export class AfterCommit {
  constructor(
    private readonly doorbell: Doorbell,
    private readonly sweeper: Sweeper,
    private readonly facts: ExecutionFacts,
  ) {}

  follow(claimed: ClaimedMailbox, { result, committed, wakeAt }: AdvanceOutput, clock: DatabaseClock): void {
    if (result.outbound) this.doorbell.ring('outbound');
    if (result.ready) this.doorbell.ring('advance');
    if (committed.some(hasEmitted)) this.doorbell.ring('events');
    if (wakeAt !== null) this.sweeper.expect(Date.parse(wakeAt) - clock.millis());
    this.facts.tell(claimed, committed);
  }
}

function hasEmitted({ effects }: Committed): boolean {
  return effects.some(({ effect }) => effect.kind === 'write' && effect.write.type === 'event');
}

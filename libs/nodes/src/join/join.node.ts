import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { NodeStrategy, NodeType } from '@workflows/ports';
import { joinSpec } from './join.config.js';

/** Runs when enough branches have arrived. The machine knows what they brought, and puts it in as the output. */
@Injectable()
@NodeType(joinSpec)
export class JoinNode extends NodeStrategy {
  override run(): NodeOutcome {
    return { kind: 'done' };
  }
}

import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { NodeStrategy, NodeType } from '@workflows/ports';
import { parallelSpec } from './parallel.config.js';

/** What a fork does is the machine's work: it gives each branch a token. */
@Injectable()
@NodeType(parallelSpec)
export class ParallelNode extends NodeStrategy {
  override run(): NodeOutcome {
    return { kind: 'done', port: 'branches' };
  }
}

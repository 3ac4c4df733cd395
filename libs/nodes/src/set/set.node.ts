import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { NodeStrategy, NodeType } from '@workflows/ports';
import { setSpec } from './set.config.js';

/** `assign` is a field of every node and the machine's work; this node only has it. */
@Injectable()
@NodeType(setSpec)
export class SetNode extends NodeStrategy {
  override run(): NodeOutcome {
    return { kind: 'done', output: {} };
  }
}

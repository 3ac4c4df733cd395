import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { type EmitConfig, emitSpec } from './emit.config.js';
import { idOfStep } from './id-of-step.js';

/** The event is written by the commit of the step, so there is either both or neither. */
@Injectable()
@NodeType(emitSpec)
export class EmitNode extends NodeStrategy {
  override run({ config }: NodeInput<EmitConfig>, context: NodeContext): NodeOutcome {
    const { name, key, data = null } = config;
    const id = idOfStep(context.idempotencyKey);
    return {
      kind: 'done',
      output: { eventId: id },
      // An empty key is none: it would be the key of everything that lacks one.
      effects: [{ kind: 'write', write: { type: 'event', id, name, key: key === undefined || key === '' ? null : key, data } }],
    };
  }
}

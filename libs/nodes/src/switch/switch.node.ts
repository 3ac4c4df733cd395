import { Injectable } from '@nestjs/common';
import { type NodeOutcome, portOfTarget } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { caseTarget, DEFAULT_TARGET, type SwitchConfig, type SwitchFields, switchSpec } from './switch.config.js';

@Injectable()
@NodeType(switchSpec)
export class SwitchNode extends NodeStrategy {
  override run({ fields }: NodeInput<SwitchConfig, SwitchFields>, context: NodeContext): NodeOutcome {
    const taken = fields.cases.findIndex(({ when }) => context.evaluate(when) === true);
    return { kind: 'done', port: portOfTarget(taken === -1 ? DEFAULT_TARGET : caseTarget(taken)) };
  }
}

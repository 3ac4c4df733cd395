import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { type EndConfig, endSpec } from './end.config.js';

@Injectable()
@NodeType(endSpec)
export class EndNode extends NodeStrategy {
  override run({ config }: NodeInput<EndConfig>): NodeOutcome {
    const { status = 'completed', reason, output } = config;
    return { kind: 'ended', status, ...(reason === undefined ? {} : { reason }), ...(output === undefined ? {} : { output }) };
  }
}

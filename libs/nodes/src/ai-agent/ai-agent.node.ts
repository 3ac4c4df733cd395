import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { NodeStrategy, NodeType } from '@workflows/ports';
import { noModelRuntime } from '../ai/no-runtime.js';
import { aiAgentSpec } from './ai-agent.config.js';

@Injectable()
@NodeType(aiAgentSpec)
export class AiAgentNode extends NodeStrategy {
  override run(): NodeOutcome {
    return noModelRuntime(aiAgentSpec.type);
  }
}

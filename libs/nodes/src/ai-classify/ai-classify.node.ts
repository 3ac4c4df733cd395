import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { NodeStrategy, NodeType } from '@workflows/ports';
import { noModelRuntime } from '../ai/no-runtime.js';
import { aiClassifySpec } from './ai-classify.config.js';

@Injectable()
@NodeType(aiClassifySpec)
export class AiClassifyNode extends NodeStrategy {
  override run(): NodeOutcome {
    return noModelRuntime(aiClassifySpec.type);
  }
}

import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { NodeStrategy, NodeType } from '@workflows/ports';
import { noModelRuntime } from '../ai/no-runtime.js';
import { aiExtractSpec } from './ai-extract.config.js';

@Injectable()
@NodeType(aiExtractSpec)
export class AiExtractNode extends NodeStrategy {
  override run(): NodeOutcome {
    return noModelRuntime(aiExtractSpec.type);
  }
}

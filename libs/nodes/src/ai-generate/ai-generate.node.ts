import { Injectable } from '@nestjs/common';
import type { NodeOutcome } from '@workflows/core';
import { NodeStrategy, NodeType } from '@workflows/ports';
import { noModelRuntime } from '../ai/no-runtime.js';
import { aiGenerateSpec } from './ai-generate.config.js';

@Injectable()
@NodeType(aiGenerateSpec)
export class AiGenerateNode extends NodeStrategy {
  override run(): NodeOutcome {
    return noModelRuntime(aiGenerateSpec.type);
  }
}

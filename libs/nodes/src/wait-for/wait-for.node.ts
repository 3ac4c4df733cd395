import { Injectable } from '@nestjs/common';
import { type NodeOutcome, plusMs, type Signal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { renderedDurationMs } from '../instant.js';
import { sleepUntil, wake } from './sleep.js';
import { type WaitForConfig, waitForSpec } from './wait-for.config.js';

@Injectable()
@NodeType(waitForSpec)
export class WaitForNode extends NodeStrategy {
  override run({ config }: NodeInput<WaitForConfig>, context: NodeContext): NodeOutcome {
    return sleepUntil(plusMs(context.now, renderedDurationMs(config.duration)), context);
  }

  override resume(_input: NodeInput<WaitForConfig>, _context: NodeContext, signal: Signal): NodeOutcome {
    return wake(signal);
  }
}

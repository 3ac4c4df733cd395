import { Injectable } from '@nestjs/common';
import { assertNever, type Json, type NodeOutcome, plusMs, type Signal, terminal, WorkflowError } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { z } from 'zod';
import { renderedInstant } from '../instant.js';
import { wake } from '../wait-for/sleep.js';
import { type WaitEventConfig, waitEventSpec } from './wait-event.config.js';

/** Events that the run has not read yet and that are looked at when the wait begins, the oldest first. */
const MOST_UNREAD = 1_000;
/** Without a condition the first one is taken. So many are enough even where as many branches wait for the same events. */
const MOST_UNREAD_WITHOUT_MATCH = 20;

const memoryShape = z.object({ until: z.string() });
const receivedShape = z.object({ data: z.json(), key: z.string(), at: z.string() });

/** The commit in which the wait begins looks for what is there already, so that no event falls between. */
@Injectable()
@NodeType(waitEventSpec)
export class WaitEventNode extends NodeStrategy {
  override run({ config }: NodeInput<WaitEventConfig>, context: NodeContext): NodeOutcome {
    return waitUntil(endOf(config, context), config, context);
  }

  override resume(
    { config }: NodeInput<WaitEventConfig>,
    context: NodeContext,
    signal: Signal,
    memory: Json | undefined,
  ): NodeOutcome {
    const again = (): NodeOutcome => waitUntil(memoryShape.parse(memory).until, config, context);
    switch (signal.type) {
      case 'timer':
        return { kind: 'done', port: 'timeout' };
      case 'message':
        return wake(signal);
      case 'signal': {
        const received = receivedShape.parse(signal.data);
        return matches(config, received, context) ? { kind: 'done', output: received } : again();
      }
      case 'effect':
        return again();
      default:
        return assertNever(signal);
    }
  }
}

function endOf({ until }: WaitEventConfig, { now, timeoutMs }: NodeContext): string {
  if (until !== undefined) return renderedInstant(until, 'until');
  // The compiler lets no wait through that says neither.
  return plusMs(now, timeoutMs ?? 0);
}

function waitUntil(until: string, { name, key, match, since }: WaitEventConfig, context: NodeContext): NodeOutcome {
  if (key === '')
    throw terminal('expr.failed', 'The computed "key" is empty, and no event has such a key. Check its expression.');
  return {
    kind: 'waiting',
    wait: {
      until,
      signals: ['event'],
      ...(context.interruptible ? { messages: 'interrupt' } : {}),
      registration: {
        begin: {
          type: 'listen',
          name,
          key,
          since: since === 'step' ? context.now : 'run',
          most: match === undefined ? MOST_UNREAD_WITHOUT_MATCH : MOST_UNREAD,
        },
        end: { type: 'unlisten' },
      },
      memory: { until },
    },
  };
}

/** An event that lacks what the condition reads is not the one that is waited for. */
function matches({ name, match }: WaitEventConfig, received: z.infer<typeof receivedShape>, context: NodeContext): boolean {
  if (match === undefined) return true;
  try {
    return context.evaluate(match, { incoming: { name, ...received } }) === true;
  } catch (error) {
    if (error instanceof WorkflowError) return false;
    throw error;
  }
}

import { Injectable } from '@nestjs/common';
import { type Effect, type Json, type NodeOutcome, plusMs, type Signal, terminal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { z } from 'zod';
import { messagesOf } from '../content/content.js';
import { type HumanHandoffConfig, humanHandoffSpec } from './human-handoff.config.js';

/** Names of the signals by which people end it. */
const BACK = 'back';
const CLOSED = 'closed';

/** Their data, which becomes the node's output. */
const returnedShape = z.object({ by: z.string(), note: z.string() });

const LONGEST_TITLE = 200;

@Injectable()
@NodeType(humanHandoffSpec)
export class HumanHandoffNode extends NodeStrategy {
  override run({ config }: NodeInput<HumanHandoffConfig>, context: NodeContext): NodeOutcome {
    if (context.timeoutMs === null) throw terminal('internal', 'A hand-off has no "timeout". Give it one and publish again.');
    const { queue, note = '', text, priority = 0 } = config;
    const due = plusMs(context.now, context.timeoutMs);
    const title = note.split('\n')[0]?.slice(0, LONGEST_TITLE) ?? '';
    const said = text === undefined ? [] : messagesOf({ text }, context);
    const effects: Effect[] = [
      ...said.map((message): Effect => ({ kind: 'message', message, onUnknown: 'resend', notify: 'never' })),
      {
        kind: 'write',
        write: {
          type: 'task',
          kind: 'handoff',
          queue,
          title: title === '' ? 'Hand-off' : title,
          details: { note },
          due,
          priority,
        },
      },
    ];
    return { ...waitForPeople(due), effects };
  }

  override resume(
    _input: NodeInput<HumanHandoffConfig>,
    context: NodeContext,
    signal: Signal,
    due: Json | undefined,
  ): NodeOutcome {
    if (signal.type === 'timer') return { kind: 'done', port: 'timeout' };
    const output = signal.type === 'signal' ? returnedShape.safeParse(signal.data).data : undefined;
    if (signal.type !== 'signal' || output === undefined) return waitForPeople(typeof due === 'string' ? due : context.now);
    return { kind: 'done', ...(signal.name === CLOSED ? { port: CLOSED } : {}), output };
  }
}

function waitForPeople(due: string): NodeOutcome & { kind: 'waiting' } {
  return { kind: 'waiting', wait: { until: due, signals: [BACK, CLOSED], memory: due } };
}

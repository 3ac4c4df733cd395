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
    const { text } = config;
    const said = text === undefined ? [] : messagesOf({ text }, context);
    const effects = said.map((message): Effect => ({ kind: 'message', message, onUnknown: 'resend', notify: 'never' }));
    return { ...waitForPeople(config, plusMs(context.now, context.timeoutMs)), effects };
  }

  override resume(
    { config }: NodeInput<HumanHandoffConfig>,
    context: NodeContext,
    signal: Signal,
    due: Json | undefined,
  ): NodeOutcome {
    if (signal.type === 'timer') return { kind: 'done', port: 'timeout' };
    const output = signal.type === 'signal' ? returnedShape.safeParse(signal.data).data : undefined;
    if (signal.type !== 'signal' || output === undefined)
      return waitForPeople(config, typeof due === 'string' ? due : context.now);
    return { kind: 'done', ...(signal.name === CLOSED ? { port: CLOSED } : {}), output };
  }
}

function waitForPeople(config: HumanHandoffConfig, due: string): NodeOutcome & { kind: 'waiting' } {
  const { queue, note = '', priority = 0 } = config;
  const firstLine = note.split('\n')[0]?.slice(0, LONGEST_TITLE) ?? '';
  const title = firstLine === '' ? 'Hand-off' : firstLine;
  const begin = { type: 'task', kind: 'handoff', queue, title, details: { note }, due, priority } as const;
  return { kind: 'waiting', wait: { until: due, signals: [BACK, CLOSED], registration: { begin }, memory: due } };
}

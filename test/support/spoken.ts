import type { JsonObject } from '@workflows/core';

export type Workflow = JsonObject & { id: string };

/** Started by the word that is its id; its nodes in their order, each going on to the next, up to the end. */
export function spoken(id: string, steps: Record<string, JsonObject>, more: JsonObject = {}): Workflow {
  const names = Object.keys(steps);
  const nodes = Object.entries(steps).map(([name, node], index) => [name, { next: names[index + 1] ?? 'done', ...node }]);
  return {
    dsl: '1.0',
    id,
    name: id,
    triggers: [{ id: 'word', type: 'channel.message', channels: ['whatsapp'], keywords: [id] }],
    start: names[0] ?? 'done',
    nodes: { ...Object.fromEntries(nodes), done: { type: 'end' } },
    ...more,
  };
}

export const send = (content: JsonObject): JsonObject => ({ type: 'message.send', with: content });

/** A question that may be waited for an hour; what nobody answers, or not well enough, ends the run. */
export const ask = (content: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'message.ask',
  with: content,
  timeout: 'PT1H',
  on: { timeout: 'done', exhausted: 'done' },
  ...more,
});

import { z } from 'zod';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { EngineClient } from '../engine.client.js';

const value = z.looseObject({ change: z.string(), path: z.string(), from: z.json().optional(), to: z.json().optional() });
const part = z.looseObject({ part: z.string(), name: z.string(), change: z.string(), values: z.array(value).optional() });
const diff = z.looseObject({ equal: z.boolean(), from: z.int().nullable(), to: z.int().nullable(), changes: z.array(part) });

const LONGEST = 60;

export const diffCommand: Command = {
  name: 'diff',
  operands: 'WORKFLOW',
  summary: 'Compare two versions of a workflow, by default what is published with the draft.',
  options: {
    ...ENGINE_OPTIONS,
    from: { value: 'VERSION', description: 'A number, published or draft; published unless given.' },
    to: { value: 'VERSION', description: 'A number, published or draft; draft unless given.' },
  },
  async run(given, terminal) {
    const engine = await EngineClient.of(given, terminal);
    const query = new URLSearchParams({ from: given.text('from') ?? 'published', to: given.text('to') ?? 'draft' });
    const address = `/v1/workflows/${encodeURIComponent(given.operand)}/diff?${query.toString()}`;
    const answer = await engine.call(diff, 'GET', address);
    if (given.isSet('json')) {
      terminal.say(JSON.stringify(answer, null, 2));
      return 0;
    }
    if (answer.equal) terminal.say('They are equal.');
    for (const change of answer.changes) {
      terminal.say(`${SIGNS[change.change] ?? '?'} ${change.part} ${change.name}`);
      for (const each of change.values ?? []) terminal.say(`    ${each.path}  ${inWords(each)}`);
    }
    return 0;
  },
};

const SIGNS: Record<string, string> = { added: '+', removed: '-', changed: '~' };

function inWords({ change, from, to }: z.infer<typeof value>): string {
  if (change === 'added') return `+ ${shortened(to)}`;
  return change === 'removed' ? `- ${shortened(from)}` : `${shortened(from)} -> ${shortened(to)}`;
}

function shortened(json: z.infer<ReturnType<typeof z.json>> | undefined): string {
  const text = JSON.stringify(json ?? null);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

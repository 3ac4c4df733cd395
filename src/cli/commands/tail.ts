import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Arguments } from '../command.js';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { CommandFailed } from '../command-failed.js';
import { EngineClient } from '../engine.client.js';
import type { Terminal } from '../terminal.js';

const POLL_MS = 500;

const execution = z.object({ id: z.string(), workflowId: z.string(), status: z.string(), reason: z.string().nullable() });
const page = z.object({ items: z.array(execution) });
const step = z.object({
  step: z.int(),
  node: z.string(),
  lastAt: z.string(),
  state: z.string(),
  port: z.string().nullable(),
  waitingUntil: z.string().nullable(),
  attempts: z.array(z.object({ attempt: z.int(), error: z.object({ code: z.string() }).nullable() })),
});
const timeline = z.object({ steps: z.array(step) });

export const tailCommand: Command = {
  name: 'tail',
  operands: '[EXECUTION]',
  summary: 'Follow a run, by default the newest one, step by step until it ends.',
  options: { ...ENGINE_OPTIONS, once: { description: 'Show what there is, and do not wait for more.' } },
  async run(given, terminal) {
    const engine = await EngineClient.of(given, terminal);
    const id = given.operand === '' ? await newest(engine) : given.operand;
    const told = new Map<number, string>();
    for (;;) {
      // The run first: what its timeline then shows is at least as new.
      const run = await engine.call(execution, 'GET', `/v1/executions/${encodeURIComponent(id)}`);
      const { steps } = await engine.call(timeline, 'GET', `/v1/executions/${encodeURIComponent(id)}/timeline`);
      for (const each of steps) tell(each, told, given, terminal);
      const hasEnded = ['completed', 'failed', 'cancelled'].includes(run.status);
      if (hasEnded || given.isSet('once')) {
        if (given.isSet('json')) terminal.say(JSON.stringify(run));
        else terminal.say(`${run.workflowId} ${run.id}: ${run.status}${run.reason === null ? '' : ` (${run.reason})`}`);
        return run.status === 'failed' ? 1 : 0;
      }
      await pause(POLL_MS);
    }
  },
};

async function newest(engine: EngineClient): Promise<string> {
  const { items } = await engine.call(page, 'GET', '/v1/executions?limit=1');
  const [first] = items;
  if (first !== undefined) return first.id;
  throw new CommandFailed(1, 'There is no run yet. Start one by workflows run, or write to the workflow.');
}

/** A line for each step that is new or has changed; with --json a line of JSON. */
function tell(each: z.infer<typeof step>, told: Map<number, string>, given: Arguments, terminal: Terminal): void {
  const line = given.isSet('json') ? JSON.stringify(each) : inWords(each);
  if (told.get(each.step) === line) return;
  told.set(each.step, line);
  terminal.say(line);
}

function inWords({ lastAt, node, state, port, waitingUntil, attempts }: z.infer<typeof step>): string {
  const errors = attempts.flatMap(({ error }) => (error === null ? [] : [error.code]));
  const tries = errors.length === 0 ? '' : `  (failed: ${errors.join(', ')})`;
  const where =
    state === 'waiting'
      ? `waits${waitingUntil === null ? '' : ` until ${waitingUntil}`}`
      : `${state}${port === null ? '' : ` -> ${port}`}`;
  return `${lastAt}  ${node}  ${where}${tries}`;
}

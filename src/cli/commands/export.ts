import { z } from 'zod';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { EngineClient } from '../engine.client.js';
import { writeText } from '../file.js';

export const exportCommand: Command = {
  name: 'export',
  operands: 'WORKFLOW',
  summary: 'Print a workflow as a bundle: names of what it needs, never secrets.',
  options: {
    ...ENGINE_OPTIONS,
    version: { value: 'N', description: 'A published version; the newest one, or else the draft, unless given.' },
    out: { value: 'FILE', description: 'Write it there instead of to stdout.' },
  },
  async run(given, terminal) {
    const engine = await EngineClient.of(given, terminal);
    const [version, out] = [given.text('version'), given.text('out')];
    const query = version === undefined ? '' : `?version=${encodeURIComponent(version)}`;
    const bundle = await engine.call(
      z.looseObject({ workflows: z.array(z.json()) }),
      'GET',
      `/v1/workflows/${encodeURIComponent(given.operand)}/export${query}`,
    );
    const text = JSON.stringify(bundle, null, 2);
    if (out === undefined) terminal.say(text);
    else await writeText(out, `${text}\n`);
    return 0;
  },
};

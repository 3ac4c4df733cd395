import { z } from 'zod';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { EngineClient } from '../engine.client.js';
import { writeText } from '../file.js';
import { counted } from '../in-words.js';

const file = z.looseObject({ name: z.string(), events: z.array(z.json()) });

export const exportHistoryCommand: Command = {
  name: 'export-history',
  operands: 'EXECUTION',
  summary: 'Print a run as a file that any build can replay.',
  options: {
    ...ENGINE_OPTIONS,
    mask: { description: 'Without personal data: letters become x, digits 1, except what the document says.' },
    out: { value: 'FILE', description: 'Write it there instead of to stdout.' },
  },
  async run(given, terminal) {
    const engine = await EngineClient.of(given, terminal);
    const path = `/v1/executions/${encodeURIComponent(given.operand)}/history?mask=${given.isSet('mask')}`;
    const history = await engine.call(file, 'GET', path);
    const out = given.text('out');
    const text = JSON.stringify(history, null, 2);
    if (out === undefined) {
      terminal.say(text);
      return 0;
    }
    await writeText(out, `${text}\n`);
    const written = { name: history.name, file: out, events: history.events.length };
    terminal.say(given.isSet('json') ? JSON.stringify(written) : `${out}: ${counted(written.events, 'event')}.`);
    return 0;
  },
};

import { z } from 'zod';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { EngineClient } from '../engine.client.js';
import { readJson } from '../file.js';
import { findingsInWords } from '../in-words.js';

const finding = z.object({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  severity: z.enum(['error', 'warning']).optional(),
});
const names = z.record(z.string(), z.array(z.string()));
const report = z.object({
  workflows: z.array(z.object({ id: z.string(), name: z.string(), valid: z.boolean(), problems: z.array(finding) })),
  missing: names,
  unchecked: names,
});

export const importCommand: Command = {
  name: 'import',
  operands: 'FILE',
  summary: 'Save a bundle, or a single workflow, as drafts and tell what the tenant lacks.',
  options: { ...ENGINE_OPTIONS, replace: { description: 'Replace drafts of the same ids.' } },
  async run(given, terminal) {
    const content = await readJson(given.operand);
    const bundle = Array.isArray(content['workflows']) ? content : { dsl: '1.0', workflows: [content] };
    const engine = await EngineClient.of(given, terminal);
    const answer = await engine.call(report, 'POST', '/v1/workflows/import', {
      body: { ...bundle, replace: given.isSet('replace') },
    });
    if (given.isSet('json')) {
      terminal.say(JSON.stringify(answer, null, 2));
    } else {
      for (const { id, valid, problems } of answer.workflows) {
        terminal.say(`${id}: saved as a draft${valid ? '' : ', which has errors'}`);
        findingsInWords(problems).forEach((line) => terminal.say(line));
      }
      for (const [kind, missing] of Object.entries(answer.missing))
        terminal.say(`The tenant lacks ${kind}: ${missing.join(', ')}.`);
      for (const [kind, open] of Object.entries(answer.unchecked)) terminal.say(`Not looked up: ${kind} ${open.join(', ')}.`);
    }
    return answer.workflows.every(({ valid }) => valid) && Object.keys(answer.missing).length === 0 ? 0 : 1;
  },
};

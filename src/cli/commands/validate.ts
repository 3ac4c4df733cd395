import { compile } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import type { Command } from '../command.js';
import { readJson } from '../file.js';
import { counted, findingsInWords } from '../in-words.js';

/** Needs no engine, so what depends on the tenant is listed as unchecked. */
export const validateCommand: Command = {
  name: 'validate',
  operands: 'FILE',
  summary: 'Check a workflow as a program; all problems at once.',
  options: {},
  async run(given, terminal) {
    const compilation = compile(await readJson(given.operand), { nodeTypes: NODE_SPECS });
    const { ok: valid, problems } = compilation;
    const unchecked = compilation.ok ? compilation.unchecked : [];
    if (given.isSet('json')) {
      terminal.say(JSON.stringify({ valid, problems, unchecked }, null, 2));
    } else {
      findingsInWords(problems, '').forEach((line) => terminal.say(line));
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      terminal.say(
        valid
          ? `${given.operand} is valid${problems.length === 0 ? '' : `, with ${counted(problems.length, 'warning')}`}.`
          : `${counted(errors, 'error')}.`,
      );
      if (unchecked.length > 0) terminal.say(`Not checked without a tenant: ${unchecked.join(', ')}. Publishing checks them.`);
    }
    return valid ? 0 : 1;
  },
};

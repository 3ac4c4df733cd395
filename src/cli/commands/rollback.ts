import { z } from 'zod';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { CommandFailed } from '../command-failed.js';
import { EngineClient } from '../engine.client.js';
import { counted } from '../in-words.js';

const rolledBack = z.looseObject({
  publishedVersion: z.int(),
  runsOnOtherVersions: z.array(z.looseObject({ version: z.int(), liveRuns: z.int() })),
});

export const rollbackCommand: Command = {
  name: 'rollback',
  operands: 'WORKFLOW',
  summary: 'Publish an earlier version again.',
  options: { ...ENGINE_OPTIONS, to: { value: 'VERSION', description: 'Number of the version that new events shall start.' } },
  async run(given, terminal) {
    const to = given.text('to') ?? '';
    if (!/^[1-9]\d{0,5}$/.test(to)) throw new CommandFailed(2, 'Say by --to which version, such as --to 3.');
    const engine = await EngineClient.of(given, terminal);
    const address = `/v1/workflows/${encodeURIComponent(given.operand)}/rollback`;
    const answer = await engine.call(rolledBack, 'POST', address, { body: { version: Number(to) } });
    if (given.isSet('json')) terminal.say(JSON.stringify(answer, null, 2));
    else {
      terminal.say(`New events start version ${answer.publishedVersion} of ${given.operand}.`);
      for (const { version, liveRuns } of answer.runsOnOtherVersions)
        terminal.say(`${counted(liveRuns, 'run')} stay on version ${version} until they end or are migrated.`);
    }
    return 0;
  },
};

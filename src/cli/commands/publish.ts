import { z } from 'zod';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { CommandFailed } from '../command-failed.js';
import { EngineClient } from '../engine.client.js';
import { readJson } from '../file.js';

const published = z.looseObject({ workflowId: z.string(), version: z.int(), hash: z.string() });

export const publishCommand: Command = {
  name: 'publish',
  operands: 'FILE',
  summary: 'Save a workflow as a draft and publish it as a new version.',
  options: ENGINE_OPTIONS,
  async run(given, terminal) {
    const document = await readJson(given.operand);
    const { id } = document;
    if (typeof id !== 'string')
      throw new CommandFailed(1, `${given.operand} has no "id". Give the workflow one, such as "lead-form".`);
    const engine = await EngineClient.of(given, terminal);
    const address = `/v1/workflows/${encodeURIComponent(id)}`;
    await engine.call(z.looseObject({ id: z.string() }), 'PUT', address, { body: document });
    const version = await engine.call(published, 'POST', `${address}/publish`);
    const { definition: _definition, ...summary } = version;
    terminal.say(
      given.isSet('json')
        ? JSON.stringify(summary, null, 2)
        : `${version.workflowId} is published as version ${version.version}.`,
    );
    return 0;
  },
};

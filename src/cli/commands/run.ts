import { z } from 'zod';
import { type Command, ENGINE_OPTIONS } from '../command.js';
import { EngineClient } from '../engine.client.js';
import { jsonObjectOf } from '../file.js';

const started = z.object({ executionId: z.string(), repeated: z.boolean() });

export const runCommand: Command = {
  name: 'run',
  operands: 'WORKFLOW',
  summary: 'Start a run of a published workflow by its trigger of type call.',
  options: {
    ...ENGINE_OPTIONS,
    input: { value: 'JSON', description: 'Becomes event.input; a JSON object.' },
    trigger: { value: 'ID', description: 'Which trigger of type call; needed only where there are several.' },
    connection: { value: 'NAME', description: 'With --address: the connection over which the contact is reached.' },
    address: { value: 'ADDRESS', description: 'With --connection: the contact, such as +5511987654321.' },
    'idempotency-key': { value: 'KEY', description: 'A repeat within 8 days returns the first run.' },
  },
  async run(given, terminal) {
    const [input, trigger, key] = [given.text('input'), given.text('trigger'), given.text('idempotency-key')];
    const [connection, address] = [given.text('connection'), given.text('address')];
    const body = {
      workflow: given.operand,
      ...(input === undefined ? {} : { input: jsonObjectOf(input, '--input') }),
      ...(trigger === undefined ? {} : { trigger }),
      ...(connection === undefined && address === undefined ? {} : { contact: { connection, address } }),
    };
    const engine = await EngineClient.of(given, terminal);
    const headers = key === undefined ? undefined : { 'idempotency-key': key };
    const { executionId, repeated } = await engine.call(started, 'POST', '/v1/executions', { body, headers });
    if (given.isSet('json')) terminal.say(JSON.stringify({ executionId, repeated }, null, 2));
    else terminal.say(`${executionId}${repeated ? '  (this key came before: the run that it started)' : ''}`);
    return 0;
  },
};

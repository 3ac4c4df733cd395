import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment } from '../support/deployment.js';

/** Asks one thing, so that two of them wait in one conversation at the same time. */
const asks = (id: string, question: string) => ({
  dsl: '1.0',
  id,
  name: id,
  vars: { answer: { type: 'string' } },
  triggers: [{ id: 'keyword', type: 'channel.message', channels: ['whatsapp'], keywords: [id], interrupts: true }],
  start: 'ask',
  nodes: {
    ask: {
      type: 'message.ask',
      with: { text: question, expect: { kind: 'text' } },
      save: 'vars.answer',
      timeout: 'PT1H',
      next: 'thanks',
      on: { timeout: 'done', exhausted: 'done' },
    },
    thanks: { type: 'message.send', with: { text: `${id}: {{ vars.answer }}` }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
  },
});

describe('two questions that wait in one conversation', () => {
  const customer = '5511977776666';
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    await deployment.tenant([asks('colour', 'Which colour?'), asks('size', 'Which size?')]);
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  it('get what quotes them; what quotes nothing is for the one that asked last', async () => {
    await deployment.emulator.say(customer, { text: 'colour' });
    const [colour] = await deployment.sentTo(customer, 1);
    await deployment.emulator.say(customer, { text: 'size' });
    await deployment.sentTo(customer, 2);

    await deployment.emulator.say(customer, { text: 'blue', quote: colour?.messageId ?? '' });
    const third = (await deployment.sentTo(customer, 3)).at(-1);
    expect(third?.text).toBe('colour: blue');

    await deployment.emulator.say(customer, { text: 'large' });
    const fourth = (await deployment.sentTo(customer, 4)).at(-1);
    expect(fourth?.text).toBe('size: large');
  }, 60_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest, type TestTenant } from './api-under-test.js';

const SECRET = 'tok-4111-2222';
const MAIL = 'ana@example.com';

const order = {
  dsl: '1.0',
  id: 'order',
  name: 'Order',
  vars: { token: { type: 'string' }, copy: { type: 'string' }, mail: { type: 'string', format: 'email', pii: true } },
  triggers: [
    {
      id: 'api',
      type: 'call',
      contact: false,
      input: {
        type: 'object',
        properties: { token: { type: 'string' }, mail: { type: 'string' } },
        required: ['token', 'mail'],
      },
      assign: { 'vars.mail': '{{ event.input.mail }}' },
    },
  ],
  start: 'read',
  nodes: {
    read: { type: 'set', sensitive: true, assign: { 'vars.token': '{{ event.input.token }}' }, next: 'tell' },
    tell: { type: 'emit', sensitive: true, with: { name: 'token.read', data: { token: '{{ vars.token }}' } }, next: 'copy' },
    copy: { type: 'set', assign: { 'vars.copy': 'It is {{ vars.token }}.' }, next: 'bye' },
    bye: { type: 'end', with: { output: { said: '{{ vars.copy }}', mail: '{{ vars.mail }}' } } },
  },
};

describe('a run with what is sensitive and personal', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;
  let run: string;

  const ask = (method: string, path: string, body?: unknown) => api.ask(method, path, { key: tenant.key, body });

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S' });
    tenant = await api.tenant('keeper');
    await ask('PUT', '/v1/workflows/order', order);
    expect((await ask('POST', '/v1/workflows/order/publish')).status).toBe(201);
    const input = { token: SECRET, mail: MAIL };
    run = (await ask('POST', '/v1/executions', { workflow: 'order', input })).json.executionId;
    for (;;) {
      const { json } = await ask('GET', `/v1/executions/${run}`);
      if (json.status === 'completed') break;
      expect(['queued', 'running', 'waiting']).toContain(json.status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, 60_000);

  afterAll(() => api.stop());

  it.each(['', '/timeline', '/states/1', '/states/1?event=2', '/changes', '/history', '/history?mask=true'])(
    'shows neither of them in GET /v1/executions/<id>%s',
    async (view) => {
      const { status, text } = await ask('GET', `/v1/executions/${run}${view}`);
      expect(status).toBe(200);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(MAIL);
    },
  );

  it('says that there is something, and keeps it for the run', async () => {
    const { json } = await ask('GET', `/v1/executions/${run}`);
    expect(json.state.vars).toEqual({ token: '[redacted]', mail: '[redacted]', copy: 'It is [redacted].' });
    expect(json.output).toEqual({ said: 'It is [redacted].', mail: '[redacted]' });
    expect((await ask('POST', `/v1/executions/${run}/replay`)).json).toMatchObject({ equal: true });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoCrm } from './demo-crm.js';

describe('the demo CRM', () => {
  const crm = new DemoCrm();
  let url: string;

  beforeAll(async () => {
    url = await crm.start(0);
  });
  afterAll(() => crm.stop());

  const post = (key: string): Promise<Response> =>
    fetch(`${url}/v1/leads`, {
      method: 'POST',
      headers: { 'idempotency-key': key },
      body: JSON.stringify({ email: 'ana@acme.example' }),
    });

  it('fails twice for each new request, then knows the company', async () => {
    expect((await post('one')).status).toBe(503);
    expect((await post('one')).status).toBe(503);
    const third = await post('one');
    expect(third.status).toBe(201);
    expect(await third.json()).toEqual({ company: 'Acme' });
    expect((await post('two')).status).toBe(503);
  });

  it('refuses a request that could not be told from its repeat', async () => {
    expect((await fetch(`${url}/v1/leads`, { method: 'POST', body: '{}' })).status).toBe(400);
  });
});

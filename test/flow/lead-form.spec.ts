import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { hasRedis } from '@workflows/testing';
import { conversation } from '../../src/launcher/conversation.js';
import { DemoCrm } from '../../src/launcher/demo-crm.js';
import { Demo } from '../../src/launcher/demo.js';
import { Deployment, NUMBER, OPERATOR_KEY, type Tenant } from '../support/deployment.js';

const EXAMPLE = join(import.meta.dirname, '../../examples/lead-form');

describe.each(['postgres', 'redis'] as const)('the lead form, with its doorbell on %s', (queue) => {
  const crm = new DemoCrm();
  let deployment: Deployment;
  let tenant: Tenant;
  const missing = queue === 'redis' && !hasRedis();
  const itRuns = missing ? it.skip : it;

  beforeAll(async () => {
    if (missing) return;
    const crmUrl = await crm.start(0);
    deployment = await Deployment.create({ queue, environment: { EGRESS_ALLOW_PRIVATE: new URL(crmUrl).host } });
    await deployment.start();
    const text = await readFile(join(EXAMPLE, 'workflow.json'), 'utf8');
    tenant = await deployment.tenant([
      JSON.parse(text.replaceAll('http://127.0.0.1:3901', crmUrl)) as JsonObject & { id: string },
    ]);
    const { templates } = JSON.parse(await readFile(join(EXAMPLE, 'connections.json'), 'utf8')) as {
      templates: Array<Parameters<typeof deployment.emulator.registerTemplate>[0]>;
    };
    for (const template of templates) await deployment.emulator.registerTemplate(template);
  }, 60_000);

  afterAll(async () => {
    if (missing) return;
    await deployment.close();
    await crm.stop();
  }, 30_000);

  itRuns(
    'is answered from the keyword to the template of the next day',
    async () => {
      const script = conversation.parse(JSON.parse(await readFile(join(EXAMPLE, 'conversation.json'), 'utf8')));
      const lines: string[] = [];
      const run = {
        pid: process.pid,
        apiUrl: deployment.url,
        emulatorUrl: deployment.emulatorUrl,
        operatorKey: OPERATOR_KEY,
        apiKey: tenant.key,
        timezone: 'America/Sao_Paulo',
      };
      await new Demo(script, run, { channel: 'whatsapp', account: NUMBER }, (line) => lines.push(line)).play();
      expect(lines.filter((line) => line.startsWith('    Bot:'))).toHaveLength(10);
      expect(lines.at(-1)).toBe('-- the run ended: completed --');
    },
    60_000,
  );

  itRuns('keeps the whole conversation, in order and in both directions', async () => {
    // The last receipts are on their way after the run has ended.
    await deployment.emulator.idle();
    const { items: conversations } = await tenant.rest.get<{ items: Array<{ id: string }> }>('/v1/conversations');
    const { items } = await tenant.rest.get<{ items: Array<{ direction: string; receipt: string | null }> }>(
      `/v1/conversations/${conversations[0]?.id ?? ''}/messages?limit=100`,
    );
    expect(items.filter(({ direction }) => direction === 'inbound')).toHaveLength(10);
    const outbound = items.filter(({ direction }) => direction === 'outbound');
    expect(outbound).toHaveLength(10);
    expect(new Set(outbound.map(({ receipt }) => receipt))).toEqual(new Set(['read']));
  });
});

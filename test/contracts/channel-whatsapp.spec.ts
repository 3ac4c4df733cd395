import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll } from '@jest/globals';
import { WhatsAppChannel } from '@workflows/channels';
import { UndiciEgressClient } from '../../libs/engine/src/egress/index.js';
import { channelContract } from '@workflows/testing';

const folder = new URL('../../libs/channels/src/whatsapp/__payloads__/', import.meta.url);
const egress = new UndiciEgressClient();
afterAll(() => egress.onModuleDestroy());

const refused = (code: number) => JSON.stringify({ error: { message: '(#0)', type: 'OAuthException', code, fbtrace_id: 'A1' } });

channelContract('whatsapp', {
  create: (graphUrl) => new WhatsAppChannel(egress, { graphUrl, version: 'v26.0' }),
  account: {
    tenantId: 't1',
    connectionId: 'c1',
    account: '106540352242922',
    settings: { markRead: true, typing: false },
    secrets: { accessToken: 'token' },
  },
  to: [{ kind: 'wa_id', value: '5511999990001' }],
  sign: (rawBody, appSecret) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(rawBody).digest('hex')}`,
  }),
  handshake: (token, challenge) => ({ 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': token }),
  payloads: readdirSync(folder).map((name) => ({ name, body: JSON.parse(readFileSync(new URL(name, folder), 'utf8')).body })),
  addresses: [
    { written: '+55 (11) 99999-0001', alias: { kind: 'wa_id', value: '5511999990001' } },
    { written: 'US.13491208655302741918', alias: { kind: 'bsuid', value: 'US.13491208655302741918' } },
    { written: 'US.ENT.11815799212886844830', alias: { kind: 'parent_bsuid', value: 'US.ENT.11815799212886844830' } },
    { written: '0119999', alias: null },
    { written: 'ana@example.com', alias: null },
    { written: '', alias: null },
  ],
  carriesReference: true,
  answers: [
    {
      name: 'accepted',
      status: 200,
      body: '{"messaging_product":"whatsapp","contacts":[{"input":"+5511999990001"}],"messages":[{"id":"wamid.1","message_status":"accepted"}]}',
      expected: { outcome: 'accepted', providerId: 'wamid.1' },
    },
    {
      name: 'window closed',
      status: 400,
      body: refused(131047),
      expected: { outcome: 'refused', failure: { code: 'channel.window_closed', kind: 'terminal' } },
    },
    {
      name: 'too many for one contact',
      status: 400,
      body: refused(131056),
      expected: { outcome: 'refused', failure: { code: 'channel.throttled', kind: 'retryable', retryAfterMs: 6000 } },
    },
    {
      name: 'method not allowed, as 500',
      status: 500,
      body: refused(3),
      expected: { outcome: 'refused', failure: { code: 'channel.auth', kind: 'terminal' } },
    },
    { name: 'something went wrong', status: 500, body: refused(131000), expected: { outcome: 'unknown' } },
    { name: 'unavailable', status: 503, body: refused(2), expected: { outcome: 'unknown' } },
    { name: 'not found, by somebody in between', status: 404, body: 'no such page', expected: { outcome: 'unknown' } },
  ],
});

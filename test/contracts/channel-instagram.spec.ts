import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll } from '@jest/globals';
import { InstagramChannel } from '@workflows/channels';
import { UndiciEgressClient } from '../../libs/engine/src/egress/index.js';
import { channelContract } from '@workflows/testing';

const folder = new URL('../../libs/channels/src/instagram/__payloads__/', import.meta.url);
const egress = new UndiciEgressClient();
afterAll(() => egress.onModuleDestroy());

const refused = (code: number, subcode?: number) =>
  JSON.stringify({ error: { message: '(#0)', type: 'OAuthException', code, error_subcode: subcode, fbtrace_id: 'A1' } });

channelContract('instagram', {
  create: (graphUrl) => new InstagramChannel(egress, { graphUrl, version: 'v26.0' }),
  account: {
    tenantId: 't1',
    connectionId: 'c1',
    account: '17841400000000001',
    settings: {},
    secrets: { accessToken: 'token' },
  },
  to: [{ kind: 'igsid', value: '6543210987654321' }],
  sign: (rawBody, appSecret) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(rawBody).digest('hex')}`,
  }),
  handshake: (token, challenge) => ({ 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': token }),
  payloads: readdirSync(folder).map((name) => ({ name, body: JSON.parse(readFileSync(new URL(name, folder), 'utf8')).body })),
  addresses: [
    { written: ' 6543210987654321 ', alias: { kind: 'igsid', value: '6543210987654321' } },
    { written: '@ana', alias: null },
    { written: '+5511999990001', alias: null },
    { written: '', alias: null },
  ],
  carriesReference: false,
  answers: [
    {
      name: 'accepted',
      status: 200,
      body: '{"recipient_id":"6543210987654321","message_id":"aWdf1"}',
      expected: { outcome: 'accepted', providerId: 'aWdf1' },
    },
    {
      name: 'window closed',
      status: 400,
      body: refused(10, 2534022),
      expected: { outcome: 'refused', failure: { code: 'channel.window_closed', kind: 'terminal' } },
    },
    {
      name: 'a permission is missing, by the same code',
      status: 403,
      body: refused(10),
      expected: { outcome: 'refused', failure: { code: 'channel.auth', kind: 'terminal' } },
    },
    {
      name: 'the comment was answered already',
      status: 400,
      body: refused(100, 2534025),
      expected: { outcome: 'refused', failure: { code: 'channel.window_closed', kind: 'terminal' } },
    },
    {
      name: 'nobody by this id',
      status: 400,
      body: refused(100, 2018001),
      expected: { outcome: 'refused', failure: { code: 'channel.undeliverable', kind: 'terminal' } },
    },
    {
      name: 'too many calls',
      status: 400,
      body: refused(613),
      expected: { outcome: 'refused', failure: { code: 'channel.throttled', kind: 'retryable', retryAfterMs: 30_000 } },
    },
    { name: 'unknown error', status: 500, body: refused(1), expected: { outcome: 'unknown' } },
    { name: 'unavailable', status: 503, body: refused(2), expected: { outcome: 'unknown' } },
    { name: 'not found, by somebody in between', status: 404, body: 'no such page', expected: { outcome: 'unknown' } },
  ],
});

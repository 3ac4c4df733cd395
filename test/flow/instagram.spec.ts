import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LedgerEntry } from '@workflows/emulator';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

const ACCOUNT = '17841400000000001';
const POST = '178000000000001';
const CREDENTIALS = { accessToken: 'instagram-token', appSecret: 'app-secret-of-a-flow-test', verifyToken: 'verify-token' };

/** A conversation by direct message, with quick replies. */
const orders: JsonObject & { id: string } = {
  dsl: '1.0',
  id: 'orders',
  name: 'Orders',
  triggers: [{ id: 'dm', type: 'channel.message', channels: ['instagram'], keywords: ['order'], assign: { 'vars.from': 'dm' } }],
  vars: { from: { type: 'string' } },
  start: 'size',
  nodes: {
    size: {
      type: 'message.ask',
      with: {
        text: 'Which size?',
        options: [
          { id: 'small', title: 'Small' },
          { id: 'large', title: 'Large' },
        ],
        expect: { kind: 'option' },
      },
      timeout: 'PT1H',
      next: 'thanks',
      on: { timeout: 'gone', exhausted: 'gone' },
    },
    thanks: {
      type: 'message.send',
      with: { text: 'One {{ steps.size.value }} is yours.', await: 'delivered' },
      timeout: 'PT1M',
      next: 'done',
      on: { timeout: 'gone' },
    },
    done: { type: 'end', with: { output: '{{ steps.thanks.status }}' } },
    gone: { type: 'end', with: { reason: 'silent' } },
  },
};

/** Answers a comment below, and then in private; goes on when its author writes. */
const comments: JsonObject & { id: string } = {
  dsl: '1.0',
  id: 'comments',
  name: 'Comments',
  triggers: [
    {
      id: 'comment',
      type: 'channel.comment',
      channels: ['instagram'],
      media: [POST],
      keywords: ['price'],
      keywordMatch: 'contains',
      session: { onActive: 'ignore' },
    },
  ],
  start: 'below',
  nodes: {
    below: {
      type: 'message.send',
      with: { text: 'We have written to you, {{ event.?username.orValue("friend") }}!', public: true },
      next: 'invite',
    },
    invite: {
      type: 'message.ask',
      with: { text: 'Which article?', expect: { kind: 'any' } },
      timeout: 'PT1H',
      next: 'reply',
      on: { timeout: 'gone' },
    },
    reply: { type: 'message.send', with: { text: '{{ steps.invite.value }} costs 10.' }, next: 'done' },
    done: { type: 'end', with: { output: { media: '{{ event.mediaId }}', comment: '{{ event.commentId }}' } } },
    gone: { type: 'end', with: { reason: 'silent' } },
  },
};

/** Says its one private thing first, and then another one in public. */
const eager: JsonObject & { id: string } = {
  ...comments,
  id: 'eager',
  name: 'Eager',
  triggers: [
    {
      id: 'begins',
      type: 'channel.comment',
      channels: ['instagram'],
      keywords: ['eager'],
      keywordMatch: 'prefix',
      when: "event.mediaId != 'another'",
      assign: { 'vars.by': 'a beginning' },
    },
    { id: 'whole', type: 'channel.comment', channels: ['instagram'], keywords: ['now'], keywordMatch: 'exact' },
  ],
  vars: { by: { type: 'string', default: 'a word' } },
  start: 'first',
  nodes: {
    first: { type: 'message.send', with: { text: 'One', await: 'accepted' }, next: 'second' },
    second: {
      type: 'message.send',
      with: { text: 'By {{ vars.by }}', public: true },
      next: 'done',
    },
    done: { type: 'end' },
  },
};

const stories: JsonObject & { id: string } = {
  dsl: '1.0',
  id: 'stories',
  name: 'Stories',
  triggers: [
    { id: 'any', type: 'channel.message', channels: ['instagram'], keywords: ['win', 'ciao'] },
    {
      id: 'story',
      type: 'channel.story',
      channels: ['instagram'],
      kinds: ['reply'],
      keywords: ['win'],
      keywordMatch: 'exact',
      when: "event.?storyId.orValue('') != 'old'",
      session: { onActive: 'restart' },
      assign: { 'vars.said': '{{ event.text }}' },
    },
    { id: 'begins', type: 'channel.story', channels: ['instagram'], keywords: ['go'], keywordMatch: 'prefix' },
    { id: 'holds', type: 'channel.story', channels: ['instagram'], keywords: ['deal'], keywordMatch: 'contains' },
    { id: 'mention', type: 'channel.story', channels: ['instagram'], kinds: ['mention'] },
  ],
  vars: { said: { type: 'string', default: '' } },
  start: 'say',
  nodes: {
    say: { type: 'message.send', with: { text: 'By {{ event.trigger }} {{ vars.said }}' }, next: 'done' },
    done: { type: 'end', with: { output: "{{ event.trigger == 'any' ? 'none' : event.?storyId.orValue('no id') }}" } },
  },
};

interface Executions {
  items: Array<{ id: string }>;
}

interface Execution {
  id: string;
  status: string;
  output: unknown;
}

describe('Instagram', () => {
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    tenant = await deployment.tenant([]);
    await tenant.rest.post('/v1/connections', {
      channel: 'instagram',
      name: 'insta',
      account: ACCOUNT,
      settings: { username: 'emulated.shop' },
      secrets: { accessToken: CREDENTIALS.accessToken },
    });
    for (const workflow of [orders, comments, eager, stories]) {
      await tenant.rest.put(`/v1/workflows/${workflow.id}`, workflow);
      await tenant.rest.post(`/v1/workflows/${workflow.id}/publish`, {});
    }
    await deployment.emulator.registerInstagram(ACCOUNT, {
      ...CREDENTIALS,
      callbackUrl: `${deployment.url}/webhooks/instagram`,
    });
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  const sentTo = async (person: string, count: number): Promise<LedgerEntry[]> => deployment.sentTo(person, count);
  const latest = (workflow: string, isIt: (run: Execution) => boolean = () => true) =>
    eventually(
      async () => {
        const [run] = (await tenant.rest.get<Executions>(`/v1/executions?workflow=${workflow}&limit=1`)).items;
        return run === undefined ? undefined : tenant.rest.get<Execution>(`/v1/executions/${run.id}`);
      },
      (run) => run?.status === 'completed' && isIt(run),
    );
  const write = (person: string, message: Parameters<typeof deployment.emulator.write>[2]) =>
    deployment.emulator.write(ACCOUNT, person, message);

  it('asks with quick replies, takes a tap, and hears that its answer was seen', async () => {
    await write('5550001', { text: 'Order' });
    const [question] = await sentTo('5550001', 1);
    expect(question).toMatchObject({ text: 'Which size?', options: [{ id: 'small' }, { id: 'large', title: 'Large' }] });
    await write('5550001', { tap: 'large' });
    expect((await sentTo('5550001', 2)).map(({ text }) => text)).toEqual(['Which size?', 'One large is yours.']);
    expect(await latest('orders')).toMatchObject({ status: 'completed', output: 'read' });
  }, 60_000);

  it('starts and resumes nothing by what the account itself has sent, and takes a repeat once', async () => {
    await deployment.emulator.addFault({ kind: 'duplicate_webhooks' });
    await write('5550002', { text: 'order' });
    await sentTo('5550002', 1);
    await write('5550002', { tap: 'small' });
    await sentTo('5550002', 2);
    await latest('orders');
    await deployment.emulator.clearFaults();
    await deployment.emulator.idle();
    expect(await deployment.sentTo('5550002', 3, 1_000)).toHaveLength(2);
  }, 60_000);

  it('answers a comment in public and once in private, and goes on when its author writes', async () => {
    const person = '5550003';
    const { commentId } = await deployment.emulator.comment(ACCOUNT, person, {
      text: 'What is the PRICE?',
      username: 'ana',
      mediaId: POST,
    });
    const sent = await sentTo(person, 2);
    expect(sent).toMatchObject([
      { type: 'public_reply', text: 'We have written to you, ana!' },
      { type: 'text', text: 'Which article?', body: { recipient: { comment_id: commentId } } },
    ]);
    await write(person, { text: 'The lamp' });
    const answered = await sentTo(person, 3);
    expect(answered[2]).toMatchObject({ text: 'The lamp costs 10.', body: { recipient: { id: person } } });
    expect(await latest('comments')).toMatchObject({ status: 'completed', output: { media: POST, comment: commentId } });
  }, 60_000);

  it('passes over comments below other posts, without the keyword, and those of the account itself', async () => {
    await deployment.emulator.comment(ACCOUNT, '5550004', { text: 'price', mediaId: 'another' });
    await deployment.emulator.comment(ACCOUNT, '5550004', { text: 'nice', mediaId: POST });
    await deployment.emulator.comment(ACCOUNT, ACCOUNT, { text: 'price', mediaId: POST });
    await deployment.emulator.idle();
    expect(await deployment.sentTo('5550004', 1, 1_500)).toEqual([]);
    expect(await deployment.sentTo(ACCOUNT, 1, 100)).toEqual([]);
  }, 60_000);

  it('reads comments of Facebook Login too', async () => {
    await deployment.emulator.comment(ACCOUNT, '5550005', { text: 'price', mediaId: POST, inChanges: true });
    expect(await sentTo('5550005', 2)).toHaveLength(2);
  }, 60_000);

  it.each([
    ['5550006', 'Eager to buy', 'By a beginning'],
    ['5550008', 'NOW', 'By a word'],
  ])(
    'answers the comment of %s, "%s", in private first',
    async (person, text, reply) => {
      await deployment.emulator.comment(ACCOUNT, person, { text });
      expect(await sentTo(person, 2)).toMatchObject([
        { text: 'One', type: 'text' },
        { text: reply, type: 'public_reply' },
      ]);
      expect(await latest('eager')).toMatchObject({ status: 'completed' });
    },
    60_000,
  );

  it('does not take a comment for an answer, nor for an opt-out', async () => {
    const person = '5550007';
    await write(person, { text: 'order' });
    await sentTo(person, 1);
    await deployment.emulator.comment(ACCOUNT, person, { text: 'stop', mediaId: POST });
    await deployment.emulator.idle();
    await write(person, { tap: 'small' });
    expect((await sentTo(person, 2)).map(({ text }) => text)).toEqual(['Which size?', 'One small is yours.']);
  }, 60_000);

  it.each([
    ['a reply to a story', { text: 'win', story: { kind: 'reply', id: 'story-1' } }, 'By story win', 'story-1'],
    ['a reply that begins so', { text: 'go on', story: { kind: 'reply', id: 'story-3' } }, 'By begins', 'story-3'],
    ['a reply that has the word', { text: 'a deal!', story: { kind: 'reply', id: 'story-4' } }, 'By holds', 'story-4'],
    ['a reply to a story that is passed over', { text: 'win', story: { kind: 'reply', id: 'old' } }, 'By any', 'none'],
    ['a mention in a story', { story: { kind: 'mention', id: 'story-2' } }, 'By mention', 'no id'],
    ['the same word in a message', { text: 'ciao' }, 'By any', 'none'],
  ] as const)(
    'starts by %s',
    async (what, message, said, output) => {
      const person = `5550100${what.length}`;
      await write(person, message);
      expect((await sentTo(person, 1)).map(({ text }) => text.trim())).toEqual([said]);
      await latest('stories', (run) => run.output === output);
    },
    60_000,
  );
});

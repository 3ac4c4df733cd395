import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { ApiUnderTest } from './api-under-test.js';
import { Author, called, ends } from './author.js';

const SCHEMA: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 20 }, orders: { type: 'integer', minimum: 0 } },
};
const CONTACT = { connection: 'main', address: '+5511987654321' };

/** Sets attributes to what the caller gives, and ends with them. */
const change = (id: string, set: JsonObject, output: JsonObject) =>
  called(
    id,
    { change: { type: 'contact.update', with: { set } }, end: ends(output) },
    { triggers: [{ id: 'api', type: 'call', contact: true, input: {} }] },
  );

describe('the attributes of contacts', () => {
  let api: ApiUnderTest;
  let author: Author;

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S' });
    author = new Author(api, await api.tenant('attributes'));
    const secrets = { accessToken: 'token' };
    await author.ask('POST', '/connections', { channel: 'whatsapp', name: 'main', account: '990002', settings: {}, secrets });
  }, 60_000);
  afterAll(() => api.stop(), 30_000);

  it('may be anything before there is a schema', async () => {
    expect((await author.ask('GET', '/contact-attributes')).json).toEqual({ schema: null });
    await author.publish(change('free', { 'attributes.colour': 'red' }, { colour: '{{ contact.attributes.colour }}' }));
    expect(await author.ended(await author.start('free', {}, CONTACT))).toMatchObject({ output: { colour: 'red' } });
  });

  it('have a schema that every contact can fit', async () => {
    const refused = async (schema: JsonObject) => {
      const { status, json } = await author.ask('PUT', '/contact-attributes', { schema });
      return [status, json.errors[0].path];
    };
    expect(await refused({ type: 'string' })).toEqual([400, '/schema/type']);
    expect(await refused({ ...SCHEMA, required: ['city'] })).toEqual([400, '/schema/required']);
    expect(await refused({ type: 'object', properties: { 'a b': {} } })).toEqual([400, '/schema/properties/a b']);
    expect(await author.ask('PUT', '/contact-attributes', { schema: SCHEMA })).toMatchObject({
      status: 200,
      json: { schema: SCHEMA },
    });
    expect((await author.ask('GET', '/contact-attributes')).json).toEqual({ schema: SCHEMA });
  });

  it('are of one tenant alone', async () => {
    const other = new Author(api, await api.tenant('other-attributes'));
    expect((await other.ask('GET', '/contact-attributes')).json).toEqual({ schema: null });
  });

  it('are known to expressions by name and type', async () => {
    await expect(author.publish(change('unknown', { name: 'A' }, { x: '{{ contact.attributes.?town }}' }))).rejects.toThrow(
      'ref.unknown_field',
    );
    await expect(author.publish(change('plain', { name: 'A' }, { x: '{{ contact.attributes.city }}' }))).rejects.toThrow(
      'ref.optional',
    );
    await expect(
      author.publish(change('typed', { name: 'A' }, { x: "{{ contact.attributes.?orders.orValue('none') }}" })),
    ).rejects.toThrow('expr.type');
  });

  it('are written only as they fit, and removed at any time', async () => {
    const seen = { city: "{{ contact.attributes.?city.orValue('-') }}", next: '{{ contact.attributes.?orders.orValue(0) + 1 }}' };
    const set = { 'attributes.city': '{{ event.input.city }}', 'attributes.orders': '{{ event.input.orders }}' };
    await author.publish(change('write', set, seen));
    const write = async (input: JsonObject) => author.ended(await author.start('write', input, CONTACT));
    expect(await write({ city: 'Recife', orders: 4 })).toMatchObject({
      status: 'completed',
      output: { city: 'Recife', next: 5 },
    });
    expect(await write({ city: 'Olinda', orders: 'four' })).toMatchObject({
      status: 'failed',
      error: { code: 'expr.failed', message: expect.stringContaining('attributes.orders must be') },
    });
    await author.publish(change('remove', { 'attributes.city': null }, seen));
    expect(await author.ended(await author.start('remove', {}, CONTACT))).toMatchObject({ output: { city: '-', next: 5 } });
    await author.publish(change('stranger', { 'attributes.colour': 'red' }, {}));
    expect(await author.ended(await author.start('stranger', {}, CONTACT))).toMatchObject({
      error: { message: expect.stringContaining('attributes.colour is not in the schema') },
    });
  });
});

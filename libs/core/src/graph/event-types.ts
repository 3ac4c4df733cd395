import { assertNever } from '../assert-never.js';
import type { DataSchema } from '../definition/data-schema.js';
import { rowSchema } from '../definition/table-row.js';
import type { TriggerDefinition } from '../definition/triggers.js';
import { DYN, INT, objectType, STRING, TIMESTAMP, typeOfSchema, UNTYPED, type ExpressionType } from '../expression/type.js';
import { INBOUND_KINDS } from '../message/inbound.js';
import type { TenantContext } from './tenant-context.js';

/** What a trigger's event has (language, section 2): what all have, and what its type adds. */
export function eventType(trigger: TriggerDefinition, tables: TenantContext['tables'] = {}): ExpressionType {
  const common = { id: STRING, trigger: oneOf([trigger.id]), type: oneOf([trigger.type]), at: STRING };
  switch (trigger.type) {
    case 'channel.message':
      return objectType(
        {
          ...common,
          channel: oneOf(trigger.channels),
          kind: KIND,
          text: STRING,
          messages: { kind: 'list', item: MESSAGE },
        },
        { media: MEDIA, location: LOCATION, referral: DYN, quotedId: STRING },
      );
    case 'channel.postback':
      return objectType({ ...common, channel: oneOf(trigger.channels), payload: STRING, title: STRING });
    case 'channel.comment':
      return objectType(
        { ...common, channel: oneOf(trigger.channels), text: STRING, commentId: STRING, mediaId: STRING },
        { username: STRING },
      );
    case 'channel.story':
      return objectType(
        { ...common, channel: oneOf(trigger.channels), kind: oneOf(trigger.kinds ?? ['reply', 'mention']), text: STRING },
        { storyId: STRING },
      );
    case 'channel.status':
      return objectType(
        { ...common, messageId: STRING, status: oneOf(trigger.statuses ?? ['delivered', 'read', 'failed']) },
        { runId: STRING, errorCode: STRING },
      );
    case 'webhook':
      return merged(trigger, { ...common, method: STRING, query: DYN, headers: DYN, body: given(trigger.body) });
    case 'schedule':
      // Each run of an audience has its row; without an audience there is none.
      return objectType({
        ...common,
        slot: TIMESTAMP,
        ...(trigger.audience ? { row: rowOf(trigger.audience.table, tables) } : {}),
      });
    case 'event':
      return merged(trigger, { ...common, name: STRING, key: STRING, data: given(trigger.data), source: STRING });
    case 'call':
      return objectType({ ...common, input: given(trigger.input) });
    case 'workflow.finished':
      return objectType(
        {
          ...common,
          workflow: oneOf([trigger.workflow]),
          version: INT,
          runId: STRING,
          status: oneOf(trigger.statuses),
          reason: STRING,
          output: given(trigger.output),
        },
        { contactId: STRING },
      );
    default:
      return assertNever(trigger);
  }
}

/** Without the tenant's tables nobody knows the columns. */
function rowOf(table: string, tables: NonNullable<TenantContext['tables']>): ExpressionType {
  const columns = Object.hasOwn(tables, table) ? tables[table] : undefined;
  return columns ? typeOfSchema(rowSchema(columns)) : DYN;
}

/** An event that gathers has itself and the others of its burst as a list. */
function merged(trigger: TriggerDefinition, own: Record<string, ExpressionType>): ExpressionType {
  if (trigger.session?.debounce === undefined) return objectType(own);
  return objectType({ ...own, items: { kind: 'list', item: objectType(own) } });
}

const oneOf = (choices: string[]): ExpressionType => ({ kind: 'string', choices });

const given = (schema: DataSchema | undefined): ExpressionType => (schema ? typeOfSchema(schema) : UNTYPED);

const MEDIA = objectType({ mediaId: STRING, type: STRING, mime: STRING }, { filename: STRING, bytes: INT });
const LOCATION = objectType({ latitude: { kind: 'double' }, longitude: { kind: 'double' } }, { name: STRING, address: STRING });
const KIND: ExpressionType = { kind: 'string', choices: [...INBOUND_KINDS] };

const MESSAGE = objectType(
  { id: STRING, at: STRING, kind: KIND, text: STRING },
  {
    option: objectType({ id: STRING, title: STRING }),
    media: MEDIA,
    location: LOCATION,
    reaction: objectType({ messageId: STRING, emoji: STRING }),
    referral: DYN,
    quotedId: STRING,
  },
);

import { assertNever } from '../assert-never.js';
import { durationMs } from '../definition/duration.js';
import { plainObject } from '../definition/plain-json.js';
import type { TriggerDefinition } from '../definition/triggers.js';
import { terminal } from '../failure.js';
import { compileProgram, type ScopeTypes } from '../expression/program.js';
import { asRender, compileText, compileValue } from '../expression/render.js';
import type { Json, JsonObject } from '../json.js';
import { INBOUND_KINDS } from '../message/inbound.js';
import type { CompiledTrigger } from './compiled-graph.js';

/** A burst that never pauses is cut after this long, unless the session says otherwise: four times its debounce. */
const MAX_DEBOUNCE_FACTOR = 4;

type WebhookTrigger = TriggerDefinition & { type: 'webhook' };
type ContactBinding = NonNullable<WebhookTrigger['contact']>;

export function compileTrigger(trigger: TriggerDefinition, types: ScopeTypes): CompiledTrigger {
  const own: ScopeTypes = { ...types, roots: { ...types.roots } };
  const session = trigger.session ?? {};
  const debounceMs = durationMs(session.debounce ?? 'PT0S') ?? 0;
  return {
    id: trigger.id,
    type: trigger.type,
    definition: withDefaults(trigger),
    ...(trigger.when ? { when: condition(trigger.when, own) } : {}),
    assign: Object.fromEntries(
      variableNames(trigger.assign ?? {}).map(([name, value]) => [name, asRender(compileValue(value, own))]),
    ),
    ...(trigger.type === 'webhook' && trigger.idempotencyKey !== undefined
      ? { idempotencyKey: asRender(compileText(trigger.idempotencyKey, own)) }
      : {}),
    ...('contact' in trigger && typeof trigger.contact === 'object' ? { contact: contact(trigger.contact, own) } : {}),
    ...(trigger.type === 'schedule' && trigger.audience?.where !== undefined
      ? { where: asRender(compileValue(trigger.audience.where, own)) }
      : {}),
    session: {
      key: sessionKey(trigger, own),
      onActive: session.onActive ?? 'resume',
      debounceMs,
      maxDebounceMs: session.maxDebounce ? (durationMs(session.maxDebounce) ?? 0) : debounceMs * MAX_DEBOUNCE_FACTOR,
    },
  };
}

function sessionKey(trigger: TriggerDefinition, types: ScopeTypes): CompiledTrigger['session']['key'] {
  const key = trigger.session?.key ?? (trigger.type.startsWith('channel.') ? 'contact' : undefined);
  if (key === undefined) return null;
  return key === 'contact' ? 'contact' : asRender(compileText(key, types));
}

function contact(binding: ContactBinding, types: ScopeTypes): NonNullable<CompiledTrigger['contact']> {
  const { connection, address, id, name } = binding;
  return {
    connection,
    ...(address === undefined ? {} : { address: asRender(compileText(address, types)) }),
    ...(id === undefined ? {} : { id: asRender(compileText(id, types)) }),
    ...(name === undefined ? {} : { name: asRender(compileText(name, types)) }),
  };
}

function condition(source: string, types: ScopeTypes): NonNullable<CompiledTrigger['when']> {
  const program = compileProgram(source, types);
  return (scope) => {
    const result = program.run(scope);
    if (typeof result === 'boolean') return result;
    throw terminal('expr.failed', `The condition \`${source.slice(0, 200)}\` gave no boolean. Compare its value with something.`);
  };
}

/** The trigger with the language's defaults, so that nobody behind has to know them. */
function withDefaults(trigger: TriggerDefinition): JsonObject {
  switch (trigger.type) {
    case 'channel.message': {
      const kinds = INBOUND_KINDS.filter((kind) => kind !== 'reaction' && kind !== 'unsupported');
      return plainObject({ kinds, keywordMatch: 'exact', priority: 0, interrupts: false, ...trigger });
    }
    case 'webhook':
      return plainObject({ method: 'POST', response: { mode: 'async' }, ...trigger, auth: authDefaults(trigger.auth) });
    case 'call':
      return plainObject({ contact: true, ...trigger });
    case 'channel.postback':
      return plainObject({ priority: 0, interrupts: false, ...trigger });
    case 'channel.comment':
      return plainObject({ keywordMatch: 'exact', ...trigger });
    case 'channel.story':
      return plainObject({ kinds: ['reply', 'mention'], keywordMatch: 'exact', ...trigger });
    case 'channel.status':
      return plainObject({ statuses: ['delivered', 'read', 'failed'], ...trigger });
    case 'schedule':
      return plainObject({ catchUp: 'skip', jitter: 'PT0S', ...trigger });
    case 'event':
    case 'workflow.finished':
      return plainObject({ ...trigger });
    default:
      return assertNever(trigger);
  }
}

function authDefaults(auth: WebhookTrigger['auth']): object {
  return auth.type === 'hmac' ? { algorithm: 'sha256', encoding: 'hex', tolerance: 'PT5M', ...auth } : auth;
}

/** `{ "vars.x": value }` as pairs of the variable's name and the value. */
export function variableNames(assign: Record<string, Json>): Array<[string, Json]> {
  return Object.entries(assign).map(([path, value]) => [path.slice('vars.'.length), value]);
}

import {
  channelEvent,
  checkValue,
  type CompiledTrigger,
  type DataSchema,
  dataSchemaOf,
  type InboundMessage,
  type Json,
  type JsonObject,
  type WorkflowTest,
  WorkflowError,
} from '@workflows/core';
import { inboundOf } from './inbound.js';
import { isObject } from './json.js';
import type { Simulation } from './simulation.js';
import { failed, pointer, TestStopped } from './test-problem.js';
import type { World } from './world.js';

/** Starts the run by `given.event`. Without one, the first step has to be a message that starts it. */
export async function startByEvent(simulation: Simulation, world: World, test: WorkflowTest, path: string): Promise<void> {
  const { event } = test.given;
  const at = pointer(path, 'event');
  const [first] = test.script;
  const startsByMessage = first !== undefined && 'in' in first && world.trigger.type === 'channel.message';
  if (event === undefined && startsByMessage) return;
  if (event === undefined) {
    throw new TestStopped(
      failed(at, 'Nothing starts the run.', {
        hint: 'Give an "event" (its fields beside id, trigger, type and at), or let the script begin with an "in".',
      }),
    );
  }
  const { trigger } = world;
  const message = trigger.type === 'channel.message' ? messageOf(event, simulation, at) : undefined;
  const started =
    message === undefined
      ? otherEvent(trigger, event, world.now, at)
      : {
          ...channelEvent({ trigger: trigger.id, channel: world.conversation?.channel ?? '', at: world.now, message }),
          ...event,
        };
  if (!wants(trigger, started))
    throw new TestStopped(
      failed(at, `The condition "when" of the trigger '${trigger.id}' does not hold for this event, so no run starts.`),
    );
  await simulation.start(trigger.id, started, message);
  await simulation.passTime(simulation.now);
}

/** The event of a trigger that is no message; what enters through a schema is fitted to it, as at the real door. */
function otherEvent(trigger: CompiledTrigger, given: JsonObject, now: string, path: string): JsonObject {
  const common = { id: 'event-1', trigger: trigger.id, type: trigger.type, at: now };
  if (trigger.type === 'call')
    return {
      ...common,
      ...given,
      input: fitted(dataSchemaOf(trigger.definition['input']), given['input'] ?? {}, pointer(path, 'input')),
    };
  if (trigger.type === 'event') {
    const data = fitted(dataSchemaOf(trigger.definition['data']), given['data'] ?? null, pointer(path, 'data'));
    return { ...common, name: trigger.definition['name'] ?? '', key: '', source: '', ...given, data };
  }
  if (trigger.type === 'workflow.finished') {
    const { workflow = '' } = trigger.definition;
    const status = firstOf(trigger, 'statuses');
    const output = fitted(dataSchemaOf(trigger.definition['output']), given['output'] ?? {}, pointer(path, 'output'));
    return { ...common, workflow, version: 1, runId: 'run-0', status, reason: '', ...given, output };
  }
  if (trigger.type !== 'webhook') return { ...common, ...usual(trigger, now), ...given };
  const body = fitted(dataSchemaOf(trigger.definition['body']), given['body'] ?? {}, pointer(path, 'body'));
  return { ...common, method: 'POST', query: {}, headers: {}, ...given, body };
}

/** What the events of a trigger always have, where the test does not say it. */
function usual(trigger: CompiledTrigger, now: string): JsonObject {
  switch (trigger.type) {
    case 'schedule':
      return { slot: now };
    case 'channel.postback':
      return { channel: firstOf(trigger, 'channels'), payload: '', title: '' };
    case 'channel.comment':
      return { channel: 'instagram', text: '', commentId: 'comment-1', mediaId: 'media-1' };
    case 'channel.story':
      return { channel: 'instagram', kind: firstOf(trigger, 'kinds'), text: '' };
    case 'channel.status':
      return { messageId: 'out-0', status: firstOf(trigger, 'statuses') };
    default:
      return {};
  }
}

function firstOf({ definition }: CompiledTrigger, field: string): Json {
  const list = definition[field];
  return (Array.isArray(list) ? list[0] : undefined) ?? '';
}

function fitted(schema: DataSchema | undefined, value: JsonObject[string], path: string): JsonObject[string] {
  if (schema === undefined) return value;
  const checked = checkValue(schema, value);
  if ('value' in checked) return checked.value ?? {};
  const [problem] = checked.problems;
  throw new TestStopped(
    failed(`${path}${problem?.path ?? ''}`, `The event does not fit the trigger: its field ${problem?.message ?? 'is wrong'}.`, {
      hint: 'The real door would refuse it, so no run would start.',
    }),
  );
}

function messageOf(event: JsonObject, simulation: Simulation, path: string): InboundMessage {
  const { text, media, location } = event;
  const said = {
    ...(typeof text === 'string' ? { text } : {}),
    ...(isObject(media) ? { media } : {}),
    ...(isObject(location) ? { location } : {}),
  };
  return inboundOf(said, 'in-0', simulation.now, simulation.outbox, path);
}

function wants(trigger: CompiledTrigger, event: JsonObject): boolean {
  try {
    return trigger.when?.({ event }) ?? true;
  } catch (error) {
    if (error instanceof WorkflowError) return false;
    throw error;
  }
}

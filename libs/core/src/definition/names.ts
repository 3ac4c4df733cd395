/** Names of nodes and variables: they stand in expressions as `steps.<node>` and `vars.<name>`. */
export const NAME_PATTERN = /^[a-z][a-zA-Z0-9_]{0,63}$/;

/** Ids of workflows. */
export const WORKFLOW_ID_PATTERN = /^[a-z][a-z0-9-]{0,63}$/;

/** Names of events. What begins with $ is the engine's own, and no name of a user can be. */
export const EVENT_NAME_PATTERN = /^(?=.{1,128}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

const RESERVED = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let', 'loop', 'namespace'],
  ...['null', 'package', 'return', 'true', 'var', 'void', 'while', 'constructor', 'prototype'],
]);

/** Reserved by the expression language, or dangerous as the name of a property. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name);
}

/** Every node type of language 1.0, whether this engine runs it or not: unknown and not-yet-run types are told apart by it. */
export const LANGUAGE_NODE_TYPES: readonly string[] = [
  ...['message.send', 'message.template', 'message.ask'],
  ...[
    'http.request',
    'ai.generate',
    'ai.classify',
    'ai.extract',
    'ai.agent',
    'data.read',
    'data.write',
    'contact.update',
    'emit',
  ],
  ...['wait.for', 'wait.until', 'wait.event', 'workflow.call', 'human.handoff', 'human.approval'],
  ...['switch', 'set', 'transform', 'parallel', 'foreach', 'join', 'end'],
];

/** Trigger types whose events may come in bursts that `session.debounce` merges (language, section 2). */
export const MERGED_TRIGGER_TYPES: readonly string[] = ['channel.message', 'webhook', 'event'];

/**
 * Trigger types that this engine runs. The others of the language are judged like them and then refused by name: whoever
 * makes one run adds it here.
 */
export const RUNNABLE_TRIGGER_TYPES: readonly string[] = [
  'channel.message',
  'channel.postback',
  'channel.comment',
  'channel.story',
  'channel.status',
  'webhook',
  'schedule',
  'event',
  'call',
  'workflow.finished',
];

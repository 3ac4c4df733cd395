import { type Command, type CompiledNode, type Json, scopeOf } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import type { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';

/** The little that a node may look at while it runs, for one call of its strategy. */
export function nodeContext(
  run: LiveRun,
  node: CompiledNode,
  command: Command & { type: 'run' | 'resume' },
  session: MailboxSession,
): NodeContext {
  const { graph, state } = run;
  const now = session.now();
  const token = state.tokens.find(({ id }) => id === command.token) ?? null;
  const scope = scopeOf(graph, state, token, now);
  const { contact, conversation, tenant } = state.context;
  return {
    now,
    attempt: command.attempt,
    get idempotencyKey() {
      return scope.step?.idempotencyKey ?? '';
    },
    callDepth: state.depth ?? 0,
    timeoutMs: node.timeoutMs,
    interruptible: node.interruptible,
    contact: contact === undefined ? null : { timezone: contact.timezone, locale: contact.locale },
    tenant: { timezone: tenant.timezone, locale: tenant.locale },
    channel: conversation?.channel ?? null,
    capabilities: conversation === undefined ? null : session.capabilities(conversation.channel),
    evaluate: (source: string, locals?: Record<string, Json>): Json => node.evaluate(source, { ...scope, ...locals }),
  };
}

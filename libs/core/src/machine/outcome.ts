import type { Failure } from '../failure.js';
import type { Json, JsonObject } from '../json.js';
import type { InboundMessage } from '../message/inbound.js';
import type { OutboundMessage } from '../message/outbound.js';
import type { ModelEffect } from './model-call.js';
import type { StoreEffect } from './store.js';
import type { Registration, Write } from './write.js';

/** What a node says when it was run. A union, so that nothing can be half waiting. */
export type NodeOutcome =
  /** Leaves through `port` (default `next`); `output` becomes `steps.<node>`. */
  | { kind: 'done'; port?: string; output?: JsonObject; effects?: Effect[] }
  /** Stays until one of the things that `wait` names comes; the node's `resume` is then called. */
  | { kind: 'waiting'; wait: Wait; effects?: Effect[] }
  /** An error: the machine looks at `retry`, then at `catch`. */
  | { kind: 'failed'; failure: Failure }
  /** Ends the whole run (node `end`). */
  | { kind: 'ended'; status: 'completed' | 'failed' | 'cancelled'; reason?: string; output?: Json };

/** What a waiting node waits for. Several at once are alternatives. */
export interface Wait {
  /** When the node is woken with a `timer` signal, ISO 8601 in UTC by the database's clock. */
  until?: string;
  /**
   * `answer`: the node has asked and takes the turn in its conversation.
   * `interrupt`: it only listens, and a message ends its wait.
   */
  messages?: 'answer' | 'interrupt';
  /** Messages that were received at or before this instant are not for this node. */
  messagesAfter?: string;
  /** Option ids that a tap must name to belong to this node; taps may come long after the turn was lost. */
  optionIds?: string[];
  /** True: be told when the effects of this outcome are settled. */
  effects?: boolean;
  /** Names of the signals from outside that resume the node: an event, the answer of a person, the end of another run. */
  signals?: readonly string[];
  /** What the waiting step has written outside of the run. Of one step, only the first counts. */
  registration?: Registration;
  /** What the node wants to remember until it is resumed. */
  memory?: Json;
}

/** Why a waiting node is called again. */
export type Signal =
  | { type: 'timer'; at: string }
  | { type: 'message'; at: string; message: InboundMessage; receivedAt: string }
  | { type: 'effect'; at: string; result: EffectResult }
  /** Something from outside that the wait has named; what `data` holds is agreed between its sender and the node. */
  | { type: 'signal'; at: string; name: string; data: Json; id?: string };

/** Something to be done in the world, journalled before it is tried. */
export type Effect = MessageEffect | HttpEffect | WriteEffect | StoreEffect | ModelEffect;

/** Sent by the outbound processor, in order per contact and paced per number. */
export interface MessageEffect {
  kind: 'message';
  message: OutboundMessage;
  /** What to do when a send got no answer and no receipt settles it. */
  onUnknown: 'resend' | 'hold';
  /** When the node is told of the result: when the provider accepted, when it was delivered, or only of a failure. */
  notify: 'never' | 'failure' | 'accepted' | 'delivered';
}

/** Done by the runner itself under the run's lease, as soon as the intent is committed. */
export interface HttpEffect {
  kind: 'http';
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Name of the tenant's credential; its secret is added by the egress client, never before. */
  credential?: string;
  /** `read` and `idempotent` may be repeated after a crash; `unsafe` only when it surely did nothing. */
  safety: 'read' | 'idempotent' | 'unsafe';
  response: 'json' | 'text' | 'none';
  timeoutMs: number;
}

/**
 * Written by the very commit that journals it, so it is done as soon as the step is, and exactly once. Nobody is told of
 * its result: what can be refused is no write.
 */
export interface WriteEffect {
  kind: 'write';
  write: Write;
}

/** `data` of a message effect that is done: what `message.send` gives as its output. */
export interface MessageSent {
  /** The provider's id of the message. */
  messageId: string;
  status: 'accepted' | 'delivered' | 'read' | 'played';
}

/** `data` of an http effect that was answered, whatever its status: header names in lower case, `body` read by `response`. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: Json;
}

export type EffectResult =
  /** `data` is a MessageSent, an HttpAnswer, a ModelAnswer, or what a store effect answers, by the effect's kind. */
  | { outcome: 'done'; data: Json }
  | { outcome: 'failed'; failure: Failure }
  /** Nobody knows whether it happened. */
  | { outcome: 'unknown'; failure: Failure };

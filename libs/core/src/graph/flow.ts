import { durationMs } from '../definition/duration.js';
import { isObject } from '../expression/convert.js';
import type { Assignments } from './assignment.js';
import { portsOf } from './edges.js';
import { hasContact, needsContact, type Outline, type OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import { toolsOf } from './tools.js';

/** The flow phase: what a run would do wrong although every part of it is well formed. */
export function checkFlow(outline: Outline, assignments: Assignments): Problem[] {
  return [
    ...[...outline.nodes.values()].flatMap((node) => [
      ...timeoutProblems(node),
      ...deadlineProblems(node, outline),
      ...approvalProblems(node, outline),
    ]),
    ...contactProblems(assignments, outline),
    ...outline.triggers.flatMap(openWebhook),
  ];
}

/** Every wait ends: a node with a port `timeout` must say when it is taken. */
function timeoutProblems(node: OutlineNode): Problem[] {
  const waits = portsOf(node).some((port) => port.name === 'timeout' && port.required);
  // The one type that may name an instant instead of a span.
  const until = node.spec?.type === 'wait.event' && isObject(node.raw['with']) && node.raw['with']['until'] !== undefined;
  if (until && node.raw['timeout'] !== undefined) {
    return [
      error(
        `${node.pointer}/timeout`,
        'shape.invalid',
        `The node '${node.id}' says twice how long it waits.`,
        'Give either "timeout" or "until".',
      ),
    ];
  }
  if (!waits || until || node.raw['timeout'] !== undefined) return [];
  return [
    error(
      `${node.pointer}/timeout`,
      'flow.timeout_missing',
      `The node '${node.id}' does not say how long it waits.`,
      'Add "timeout", such as "PT2H".',
    ),
  ];
}

function deadlineProblems(node: OutlineNode, outline: Outline): Problem[] {
  const { definition, spec } = node;
  if (spec?.category !== 'activity' || !definition?.deadline) return [];
  const deadline = durationMs(definition.deadline) ?? 0;
  const timeout = durationMs(definition.timeout ?? outline.defaults.timeout ?? 'PT30S') ?? 0;
  if (deadline >= timeout) return [];
  return [
    error(
      `${node.pointer}/deadline`,
      'flow.deadline',
      `The deadline of '${node.id}' is shorter than one attempt may take.`,
      'Make deadline at least as long as timeout.',
    ),
  ];
}

/** The time that people take to agree counts in the deadline, so each of them must have as long as they are promised. */
function approvalProblems(node: OutlineNode, outline: Outline): Problem[] {
  const deadline = node.definition?.deadline ?? outline.defaults.deadline ?? 'PT5M';
  return toolsOf(node.raw).flatMap(({ value: { approval }, place }) => {
    const timeout = isObject(approval) && typeof approval['timeout'] === 'string' ? approval['timeout'] : 'PT0S';
    if ((durationMs(timeout) ?? 0) <= (durationMs(deadline) ?? 0)) return [];
    return [
      error(
        `${node.pointer}${place}/approval/timeout`,
        'flow.deadline',
        `The deadline of '${node.id}' (${deadline}) is over before people have decided.`,
        `Give the node a "deadline" of more than ${timeout}, or people less time.`,
      ),
    ];
  });
}

/** Messages need somebody to go to. */
function contactProblems(assignments: Assignments, outline: Outline): Problem[] {
  const problems: Problem[] = [];
  for (const flow of assignments.flows) {
    if (hasContact(flow.trigger)) continue;
    for (const id of flow.entering.keys()) {
      const node = outline.nodes.get(id);
      for (const each of [node, node?.compensation]) {
        if (!each || !needsContact(each)) continue;
        const message = `Runs of trigger '${flow.trigger.id}' have no contact, and '${id}' needs one.`;
        const hint = 'Give the trigger a contact, or keep its runs away with a switch on event.trigger.';
        problems.push({ ...error(each.pointer, 'flow.no_contact', message, hint), trigger: flow.trigger.id });
      }
    }
  }
  return problems;
}

function openWebhook(trigger: Outline['triggers'][number]): Problem[] {
  const { raw, pointer } = trigger;
  if (raw['type'] !== 'webhook' || !isObject(raw['auth'])) return [];
  const { type, timestampHeader } = raw['auth'];
  if (type === 'none') {
    return [
      warning(`${pointer}/auth`, 'Anybody who knows the address of this webhook can start runs.', 'Use "hmac" or "token".'),
    ];
  }
  if (type === 'hmac' && timestampHeader === undefined && raw['idempotencyKey'] === undefined) {
    return [
      warning(
        `${pointer}/auth`,
        'A recorded request of this webhook can be sent again.',
        'Add timestampHeader or idempotencyKey.',
      ),
    ];
  }
  return [];
}

function warning(path: string, message: string, hint: string): Problem {
  return { path, code: 'flow.webhook_open', severity: 'warning', message, hint };
}

function error(path: string, code: string, message: string, hint: string): Problem {
  return { path, code, severity: 'error', message, hint };
}

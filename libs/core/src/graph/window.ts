import { speaksFreely, type Journey, type Way } from './follow.js';
import type { Outline, OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import type { ClosedBecause } from './window-state.js';

/** The window phase: no free text where the contact may have been silent for longer than its channel allows. */
export function checkWindow(outline: Outline, journeys: readonly Journey[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { origin, arrivals } of journeys) {
    const windowHours = origin.channel?.capabilities.windowHours ?? null;
    if (origin.channel === null || windowHours === null) continue;
    for (const [id, { window, way }] of arrivals) {
      const node = outline.nodes.get(id);
      const key = `${origin.trigger.id} ${id}`;
      if (window.kind !== 'closed' || !node || !speaksFreely(node) || problems.has(key)) continue;
      problems.set(key, {
        path: node.pointer,
        code: 'window.closed',
        severity: 'error',
        message: closedMessage(node, windowHours, origin.channel.name),
        hint: `${wayHint(way, window.why, origin.trigger.id)} ${REMEDIES[window.why]}`,
        ...(outline.triggers.length > 1 ? { trigger: origin.trigger.id } : {}),
      });
    }
  }
  return [...problems.values()].sort(byPlace(outline));
}

function closedMessage({ id }: OutlineNode, hours: number, channel: string): string {
  return `'${id}' sends free text, but on ${channel} the ${hours} hours after the contact's last message may be over.`;
}

function wayHint(way: Way, why: ClosedBecause, trigger: string): string {
  const { shown, looped } = nodesOf(way);
  const path = shown.join(' -> ');
  switch (why) {
    case 'start':
      return `Runs of trigger '${trigger}' start without a message of the contact: ${path}.`;
    case 'one_message':
      return `A comment allows one private message, which is used up or in doubt: ${path}.`;
    case 'time':
      return `On the way ${path} the contact may be silent for ${hoursOf(way.silentMs)}${looped ? ', as it leads through a loop' : ''}.`;
  }
}

const REMEDIES: Record<ClosedBecause, string> = {
  start:
    'Send a message.template, ask whether conversation.windowMinutes >= 1 in a switch before, or promise an open "window" on a call trigger.',
  time: 'Send a message.template, shorten the waits, or ask whether conversation.windowMinutes >= 1 in a switch before.',
  one_message: 'Ask with that one message, and go on when the contact answers.',
};

function hoursOf(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms / 360_000) / 10} hours` : 'any number of hours';
}

/** The nodes of a way in order, from the contact's last message on; rounds of a loop are left out. */
function nodesOf(way: Way): { shown: string[]; looped: boolean } {
  const nodes: string[] = [];
  for (let step: Way | null = way; step; step = step.before) nodes.push(step.node);
  const shown: string[] = [];
  let looped = false;
  for (const node of nodes.reverse()) {
    const seen = shown.indexOf(node);
    if (seen === -1) shown.push(node);
    else {
      shown.length = seen + 1;
      looped = true;
    }
  }
  return { shown, looped };
}

/** In the order of the document, because the fixpoint finds them in the order of the ways. */
function byPlace(outline: Outline): (one: Problem, other: Problem) => number {
  const places = new Map([...outline.nodes.values()].map(({ pointer }, index) => [pointer, index]));
  return (one, other) => (places.get(one.path) ?? 0) - (places.get(other.path) ?? 0);
}

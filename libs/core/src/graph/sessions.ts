import { MERGED_TRIGGER_TYPES } from '../definition/names.js';
import { hasContact, type Outline, type OutlineTrigger } from './outline.js';
import type { Problem } from './problem.js';

/** Sessions that could never do what they say: nothing would be merged, or no two events would have the same key. */
export function checkSessions(outline: Outline): Problem[] {
  return outline.triggers.flatMap((trigger) => {
    const { definition, pointer } = trigger;
    const session = definition?.session;
    if (definition === null || session === undefined) return [];
    const { type } = definition;
    const keyed = type.startsWith('channel.') || session.key !== undefined;
    const problems: Problem[] = [];
    if (session.debounce !== undefined && !MERGED_TRIGGER_TYPES.includes(type)) {
      const hint = `Leave it out. It merges events of ${MERGED_TRIGGER_TYPES.join(', ')}.`;
      problems.push(useless(`${pointer}/session/debounce`, `Events of type ${type} are not merged.`, hint));
    } else if (session.debounce !== undefined && !keyed) {
      const hint = 'Say in "key" which events belong together, such as {{ event.body.order }}.';
      problems.push(
        useless(`${pointer}/session/debounce`, 'Without a key no two events belong together, so none are merged.', hint),
      );
    }
    if (session.onActive !== undefined && !keyed) {
      const hint = 'Give the session a "key", or leave "onActive" out.';
      problems.push(useless(`${pointer}/session/onActive`, 'Without a key every event starts a run.', hint));
    }
    if (session.key === 'contact' && !hasContact(trigger)) problems.push(nobody(trigger));
    return problems;
  });
}

function nobody({ pointer }: OutlineTrigger): Problem {
  const hint = 'Give the trigger a "contact", or write a text with an expression as the key.';
  const message = 'The runs of this trigger have no contact to be the key.';
  return { path: `${pointer}/session/key`, code: 'flow.no_contact', severity: 'error', message, hint };
}

/** Harmless, and yet not what its author has in mind. */
function useless(path: string, message: string, hint: string): Problem {
  return { path, code: 'shape.invalid', severity: 'warning', message, hint };
}

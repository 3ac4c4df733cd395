import { mergeTypes, type ExpressionType, type Field } from '../expression/type.js';

/** The event as the expressions of one trigger's runs may see it. */
export interface EventView {
  /** What the trigger's own events have. */
  own: ExpressionType;
  /** With the fields of the other triggers' events, which expressions may name behind a guard. */
  all: ExpressionType;
}

/** Views of the event by trigger. */
export function eventViews(events: Record<string, ExpressionType>): ReadonlyMap<string, EventView> {
  const types = Object.values(events).filter((type) => type.kind === 'object');
  // Of a trigger that does not run here, nothing is known but that it is there.
  const open = types.length < Object.keys(events).length;
  const views = new Map<string, EventView>();
  for (const [trigger, own] of Object.entries(events)) {
    const union = types.reduce(mergeTypes, own);
    if (own.kind !== 'object' || union.kind !== 'object') {
      views.set(trigger, { own, all: own });
      continue;
    }
    const fields: Record<string, Field> = {};
    for (const [name, field] of Object.entries(own.fields)) {
      // Comparing with another trigger's id, type or channel is how triggers are told apart, and no mistake.
      const type =
        'choices' in field.type ? (open ? { kind: field.type.kind } : (union.fields[name]?.type ?? field.type)) : field.type;
      fields[name] = { ...field, type };
    }
    views.set(trigger, { own: { kind: 'object', fields }, all: { kind: 'object', fields: { ...union.fields, ...fields } } });
  }
  return views;
}

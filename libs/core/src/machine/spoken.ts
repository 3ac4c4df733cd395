import type { Effect } from './outcome.js';
import type { Draft } from './draft.js';
import type { InboundMessage } from '../message/inbound.js';
import { inboundLine, outboundLine, type TranscriptLine, withLine } from '../message/transcript.js';

/** What the contact has said to the run, for `conversation.transcript`. Only runs whose workflow reads it keep it. */
export function heard(draft: Draft, message: InboundMessage): void {
  note(draft, inboundLine(message));
}

/** What the run says, from the moment on at which it decides to. */
export function said(draft: Draft, effects: readonly Effect[]): void {
  for (const effect of effects) if (effect.kind === 'message') note(draft, outboundLine(effect.message));
}

function note({ graph, state }: Draft, line: TranscriptLine): void {
  if (graph.readsTranscript === true) state.transcript = withLine(state.transcript ?? [], line);
}

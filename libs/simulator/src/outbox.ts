import type { MessageEffect, MessageOption, OutboundMessage } from '@workflows/core';

/** A message that went out in a test. */
export interface SentMessage {
  /** What the provider would call it. */
  id: string;
  /** Virtual time, ISO 8601 in UTC. */
  at: string;
  node: string;
  executionId: string;
  step: number;
  seq: number;
  notify: MessageEffect['notify'];
  message: OutboundMessage;
}

/** Everything that a test's workflow has said, and how much of it the script has looked at. */
export class Outbox {
  readonly sent: SentMessage[] = [];
  private looked = 0;

  put(message: Omit<SentMessage, 'id'>): SentMessage {
    const sent = { id: `out-${this.sent.length + 1}`, ...message };
    this.sent.push(sent);
    return sent;
  }

  /** The next message that no `out` has looked at since the last step that made something happen. */
  next(): SentMessage | undefined {
    const message = this.sent[this.looked];
    if (message !== undefined) this.looked += 1;
    return message;
  }

  /** What was not looked at will not be: the script moves on. */
  skip(): void {
    this.looked = this.sent.length;
  }

  get last(): SentMessage | undefined {
    return this.sent.at(-1);
  }

  find(id: string): SentMessage | undefined {
    return this.sent.find((message) => message.id === id);
  }

  /** The latest message that offers the option, and its title; a template's buttons have their text elsewhere. */
  offering(optionId: string): { sent: SentMessage; title: string } | undefined {
    for (const sent of [...this.sent].reverse()) {
      const option = offeredIn(sent.message).find(({ id }) => id === optionId);
      if (option !== undefined) return { sent, title: option.title };
    }
    return undefined;
  }

  /** All ids that could be tapped, each once. */
  offered(): string[] {
    return [...new Set(this.sent.flatMap(({ message }) => offeredIn(message).map(({ id }) => id)))];
  }
}

export function offeredIn(message: OutboundMessage): MessageOption[] {
  if (message.type === 'content') return message.options ?? [];
  return (message.buttons ?? []).flatMap(({ payload }) => (payload === undefined ? [] : [{ id: payload, title: payload }]));
}

/** A message in one line, for people. */
export function wordsOf(message: OutboundMessage): string {
  if (message.type === 'template') return `[template ${message.name}]`;
  const { text, media, options, link, location, reaction } = message;
  const extras = [
    media && `[${media.type}]`,
    location && '[location]',
    link && `[link ${link.title}]`,
    reaction && `[reaction ${reaction.emoji}]`,
    options && `[${options.map(({ title }) => title).join(' | ')}]`,
  ];
  return [text, ...extras].filter((part) => part !== undefined).join(' ');
}

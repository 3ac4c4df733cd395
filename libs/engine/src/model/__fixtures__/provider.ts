import type { ChannelCapabilities, ContactAlias, SendResult } from '@workflows/core';
import { Channel, EgressClient, type EgressRequest, type EgressResult, type OutboundRequest } from '@workflows/ports';
import { z } from 'zod';

/** `lost`: it happened, and the answer did not come back. */
export type Answer = 'accepted' | 'lost' | 'refused' | 'busy';

export interface Post {
  to: string;
  effectRef: string;
  text: string;
  answer: Answer;
  providerId: string;
  at: number;
}

export interface Call {
  method: string;
  url: string;
  answer: Answer;
}

/** The world outside: a provider of messages and a service, which write down everything that reaches them. */
export class World {
  readonly posts: Post[] = [];
  readonly calls: Call[] = [];
  /** What the next ones are answered; then everything is accepted. */
  answers: Answer[] = [];
  now: () => number = () => 0;
  /** Looks at each message at the moment at which it reaches the provider. */
  watch: (post: Post) => void = () => undefined;
  /** The first thing that was wrong with one. */
  broken: string | null = null;

  post(to: string, effectRef: string, text: string): Post {
    const post: Post = { to, effectRef, text, answer: this.next(), providerId: `wamid.${this.posts.length + 1}`, at: this.now() };
    try {
      this.watch(post);
    } catch (error) {
      this.broken ??= String(error);
    }
    this.posts.push(post);
    return post;
  }

  call(method: string, url: string): Answer {
    const answer = this.next();
    this.calls.push({ method, url, answer });
    return answer;
  }

  private next(): Answer {
    return this.answers.shift() ?? 'accepted';
  }
}

/** A process's way out passes here, where the process may come to a halt. */
export type Gate = <Result>(what: string, act: () => Result | Promise<Result>) => Promise<Result>;

const CAPABILITIES: ChannelCapabilities = {
  text: { max: 4096, unit: 'chars' },
  textWithOptions: { max: 1024, unit: 'chars' },
  options: [{ form: 'buttons', max: 3, title: 20, description: 0 }],
  listLabel: 20,
  caption: 1024,
  media: [],
  link: { title: 20, text: 1024 },
  location: false,
  templates: false,
  windowHours: 24,
};

export class ModelChannel extends Channel {
  override readonly name = 'whatsapp';
  override readonly capabilities = CAPABILITIES;
  override readonly settings = z.strictObject({});
  override readonly secrets = z.strictObject({});

  constructor(
    private readonly gate: Gate,
    private readonly world: () => World,
  ) {
    super();
  }

  override send({ to, message, effectRef }: OutboundRequest): Promise<SendResult> {
    const text = message.type === 'content' ? (message.text ?? '') : message.name;
    return this.gate('send', () => resultOf(this.world().post(to[0]?.value ?? '', effectRef, text)));
  }

  override verify(): boolean {
    return false;
  }

  override handshake(): string | null {
    return null;
  }

  override parse(): [] {
    return [];
  }

  override aliasOf(address: string): ContactAlias {
    return { kind: 'wa_id', value: address };
  }

  override acknowledge(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

function resultOf({ answer, providerId }: Post): SendResult {
  switch (answer) {
    case 'accepted':
      return { outcome: 'accepted', providerId };
    case 'lost':
      return { outcome: 'unknown', reason: 'No answer came.' };
    case 'busy':
      return { outcome: 'refused', failure: { code: 'channel.rate_limited', kind: 'retryable', message: 'Too fast.' } };
    case 'refused':
      return { outcome: 'refused', failure: { code: 'channel.invalid', kind: 'terminal', message: 'No.' } };
  }
}

export class ModelEgress extends EgressClient {
  constructor(
    private readonly gate: Gate,
    private readonly world: () => World,
  ) {
    super();
  }

  override request({ method, url }: EgressRequest): Promise<EgressResult> {
    return this.gate('http', (): EgressResult => {
      const answer = this.world().call(method, url);
      if (answer === 'lost') return { outcome: 'in_doubt', code: 'timeout', message: 'No answer came.' };
      const status = { accepted: 200, busy: 503, refused: 422 }[answer];
      return { outcome: 'answered', status, headers: {}, body: Buffer.from('') };
    });
  }
}

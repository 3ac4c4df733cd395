import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';

export interface Asked {
  headers: IncomingHttpHeaders;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says what it expects of the body
  body: any;
}

export type Reply = (response: ServerResponse, asked: Asked) => void;

/** A provider of models on a port of its own, which answers what it was told to, in order; the last reply repeats. */
export class ModelService {
  readonly asked: Asked[] = [];
  private replies: Reply[] = [];
  private server: Server | null = null;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const asked: Asked = { headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) };
        this.asked.push(asked);
        const reply = this.replies.length > 1 ? this.replies.shift() : this.replies[0];
        (reply ?? says('hello'))(response, asked);
      });
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The provider has no port.');
    return `127.0.0.1:${address.port}`;
  }

  answerWith(...replies: Reply[]): void {
    this.replies = replies;
    this.asked.length = 0;
  }

  async stop(): Promise<void> {
    if (this.server === null) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

interface Message {
  content?: string | null;
  tool_calls?: Array<{ id: string; type: 'function'; function: { name: string; arguments: string } }>;
}

/** An answer of 100 tokens in and 10 out. */
export const message =
  (
    content: Message,
    finish = 'stop',
    usage: object | null = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  ): Reply =>
  (response) => {
    const choices = [{ index: 0, finish_reason: finish, message: { role: 'assistant', ...content } }];
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(
        JSON.stringify({ id: 'x', object: 'chat.completion', model: 'wise-1', choices, ...(usage === null ? {} : { usage }) }),
      );
  };

export const says = (text: string, finish = 'stop'): Reply => message({ content: text }, finish);

export const refuses =
  (status: number, body: object = { error: { message: 'no', code: 'no' } }, headers: Record<string, string> = {}): Reply =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const breaks =
  (text: string): Reply =>
  (response) =>
    void response.writeHead(200).end(text);

/** Takes the question and says nothing. */
export const isSilent: Reply = () => undefined;

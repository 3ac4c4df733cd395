import { z } from 'zod';

const expectation = z.strictObject({
  /** Exact text; `{today+7}` is a date in the tenant's zone. */
  text: z.string().optional(),
  /** Ids of the options, in order. */
  options: z.array(z.string()).optional(),
  /** Name of the template. */
  template: z.string().optional(),
  /** True: it stands below the comment. */
  public: z.boolean().optional(),
});

const step = z.union([
  /** Puts a row into a table of the tenant; its texts may have dates, and `{customer}` for the customer's number. */
  z.strictObject({ row: z.strictObject({ table: z.string(), value: z.record(z.string(), z.string()) }) }),
  z.strictObject({ say: z.union([z.string(), z.array(z.string()).min(1)]) }),
  z.strictObject({ tap: z.string() }),
  /** Below a post, where the channel has such. */
  z.strictObject({ comment: z.string() }),
  z.strictObject({ expect: expectation }),
  /** Moves the clock to a local time some days later; nothing may be sent until a minute before. */
  z.strictObject({ advance: z.strictObject({ days: z.number().int().min(0), to: z.string().regex(/^\d\d:\d\d$/) }) }),
]);

/** The file `conversation.json` of an example: what the customer does, what must come back, and how the run must end. */
export const conversation = z.strictObject({
  workflow: z.string(),
  customer: z.string(),
  steps: z.array(step).min(1),
  end: z.strictObject({
    status: z.string(),
    reason: z.string().optional(),
    /** Nodes in the order in which they were entered. */
    path: z.array(z.string()),
    /** Number of attempts of a node's only visit. */
    attempts: z.record(z.string(), z.number().int()).optional(),
  }),
});

export type Conversation = z.infer<typeof conversation>;
export type ConversationStep = z.infer<typeof step>;
export type Expectation = z.infer<typeof expectation>;

/** A message as the customer got it. */
export interface ReceivedMessage {
  text: string;
  options: string[];
  template: string | null;
  public: boolean;
}

/** The part of a run's timeline that the end is compared with. */
export interface FinishedRun {
  status: string;
  reason: string | null;
  steps: Array<{ node: string; attempts: number }>;
}

/** What is not as expected, one line each; none when all is well. */
export function differences(expected: Expectation, received: ReceivedMessage): string[] {
  return [
    ...differs('text', expected.text, received.text),
    ...differs('options', expected.options?.join(', '), received.options.join(', ')),
    ...differs('template', expected.template, received.template ?? 'none'),
    ...differs('public', expected.public, received.public),
  ];
}

export function differencesOfEnd(expected: Conversation['end'], run: FinishedRun): string[] {
  const attempts = Object.entries(expected.attempts ?? {}).flatMap(([node, count]) =>
    differs(`attempts of ${node}`, count, run.steps.find((taken) => taken.node === node)?.attempts ?? 0),
  );
  return [
    ...differs('status', expected.status, run.status),
    ...differs('reason', expected.reason, run.reason ?? 'none'),
    ...differs('path', expected.path.join(' > '), run.steps.map((taken) => taken.node).join(' > ')),
    ...attempts,
  ];
}

function differs<Value extends string | number | boolean>(what: string, expected: Value | undefined, got: Value): string[] {
  if (expected === undefined || expected === got) return [];
  return [`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`];
}

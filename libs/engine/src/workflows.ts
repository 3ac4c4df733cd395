import { Injectable } from '@nestjs/common';
import { EVENT_NAME_PATTERN, type Json, type JsonObject } from '@workflows/core';
import { Doorbell } from '@workflows/ports';
import { EventStore, InboundStore, needsBell } from '@workflows/storage';
import { ExecutionOrders, type OrderOutcome, type OrderRequest } from './orders/execution-orders.js';
import { checkInput, chooseTrigger } from './triggers/call-trigger.js';
import { type BoundContact, ContactBinding, type ContactReference } from './triggers/contact-binding.js';
import { eventIdOf, executionIdOf } from './triggers/execution-id.js';
import { type PublishedWorkflow, PublishedWorkflows } from './triggers/published-workflows.js';
import { startItem } from './triggers/start-item.js';
import { StartRefused } from './triggers/start-refused.js';

export interface StartRequest {
  tenantId: string;
  /** Id of the workflow's document. */
  workflowId: string;
  /** Id of a trigger of type `call`; may be left out when the workflow has just one. */
  trigger?: string;
  input: JsonObject;
  /** Binds the run to a contact. */
  contact?: ContactReference;
  /** The same key for the same trigger gives the first run again. */
  idempotencyKey?: string;
}

/** An event that came through a webhook trigger; `event` is as expressions see it, without `at`. */
export interface WebhookStart {
  tenantId: string;
  /** What the door has looked up and checked the event against. */
  workflow: PublishedWorkflow;
  trigger: string;
  event: JsonObject;
  /** Binds the run to a contact. */
  contact?: ContactReference;
  /** The same key for the same trigger gives the first run again. */
  idempotencyKey?: string;
}

export interface Started {
  executionId: string;
  /** True: this key was used before, and `executionId` is the first run. */
  repeated: boolean;
}

/** Something that has happened, for the tenant's workflows. */
export interface EventRequest {
  tenantId: string;
  /** Words with dots between them, such as `order.paid`. */
  name: string;
  /** What it is about; without one nobody can wait for it. */
  key?: string;
  data?: Json;
  /** Who says so; workflows see it as `event.source`. */
  source?: string;
  /** The same key gives the first event again. */
  idempotencyKey?: string;
}

export interface Emitted {
  eventId: string;
  /** True: this key was used before, and `eventId` is the first event. */
  repeated: boolean;
}

/**
 * Starts runs, gives them orders, and emits events: the door for REST, webhooks and other modules. What it accepts is in
 * Postgres.
 */
@Injectable()
export class Workflows {
  constructor(
    private readonly published: PublishedWorkflows,
    private readonly inbound: InboundStore,
    private readonly orders: ExecutionOrders,
    private readonly contacts: ContactBinding,
    private readonly events: EventStore,
    private readonly doorbell: Doorbell,
  ) {}

  /** Starts a run by a trigger of type `call`. Throws StartRefused with every problem of the request. */
  async start(request: StartRequest): Promise<Started> {
    const workflow = await this.workflow(request.tenantId, request.workflowId);
    const trigger = chooseTrigger(workflow, request.trigger);
    const input = checkInput(trigger, request.input);
    return this.accept(request, workflow, { trigger: trigger.id, type: 'call', input });
  }

  /**
   * Starts a run by a webhook whose sender and body have been checked. Throws StartRefused when there is no such contact.
   */
  async startFromWebhook(request: WebhookStart): Promise<Started> {
    return this.accept(request, request.workflow, { ...request.event, trigger: request.trigger });
  }

  /**
   * Emits an event: runs that wait for it go on, and triggers of type `event` start runs, soon after. Throws StartRefused
   * when the name is none or the event too large.
   */
  async emit({ tenantId, name, key = '', data = null, source = 'module', idempotencyKey }: EventRequest): Promise<Emitted> {
    checkEvent(name, data);
    const id = eventIdOf(tenantId, idempotencyKey);
    const event = { id, name, key: key === '' ? null : key, data, source: { sender: source } };
    const isNew = await this.events.emit(tenantId, event);
    if (isNew) this.doorbell.ring('events');
    return { eventId: id, repeated: !isNew };
  }

  /**
   * Has a run stop between two steps: what comes for it is kept until it is resumed. This and the other orders to a run
   * are answered by whether it can be carried out on the run as it stands; the run itself carries it out a moment later.
   */
  pause(request: OrderRequest): Promise<OrderOutcome> {
    return this.orders.place(request, { type: 'pause' });
  }

  /** Has a paused run go on, with what has come meanwhile. */
  resume(request: OrderRequest): Promise<OrderOutcome> {
    return this.orders.place(request, { type: 'resume' });
  }

  /** Has a failed run go on: with the step that failed, or with a new visit of a node that it has visited before. */
  retry(request: OrderRequest & { from?: string }): Promise<OrderOutcome> {
    const { from } = request;
    return this.orders.place(request, { type: 'retry', ...(from === undefined ? {} : { from }) });
  }

  /** Has a step that waits, is to be retried or has failed leave its node as if the node had given this output. */
  skip(request: OrderRequest & { node: string; step?: number; port?: string; output?: JsonObject }): Promise<OrderOutcome> {
    const { node, step, port, output } = request;
    return this.orders.place(request, {
      type: 'skip',
      node,
      ...(step === undefined ? {} : { step }),
      ...(port === undefined ? {} : { port }),
      ...(output === undefined ? {} : { output }),
    });
  }

  /** Ends a run between two steps, undoes what can be undone, and sends nothing more of what it had decided to send. */
  cancel(request: OrderRequest & { reason: string }): Promise<OrderOutcome> {
    return this.orders.place(request, { type: 'cancel', reason: request.reason });
  }

  private async accept(
    request: { tenantId: string; contact?: ContactReference; idempotencyKey?: string },
    { workflowId, versionId, graph }: PublishedWorkflow,
    event: JsonObject & { trigger: string },
  ): Promise<Started> {
    const { tenantId, idempotencyKey } = request;
    const trigger = graph.triggers[event.trigger];
    if (trigger === undefined) throw new Error(`Workflow "${workflowId}" has no trigger "${event.trigger}".`);
    const contact: BoundContact | undefined = request.contact && (await this.contacts.resolve(tenantId, request.contact));
    const executionId = executionIdOf(tenantId, workflowId, event.trigger, idempotencyKey);
    const item = startItem({
      ...{ tenantId, executionId, workflowId, versionId, trigger, event: { id: executionId, ...event } },
      ...(contact === undefined ? {} : { contact }),
    });
    const [result] = await this.inbound.accept([item]);
    if (result !== undefined && needsBell([result])) this.doorbell.ring('advance');
    return { executionId, repeated: result?.outcome === 'duplicate' };
  }

  private async workflow(tenantId: string, workflowId: string): Promise<PublishedWorkflow> {
    const workflows = await this.published.latest(tenantId);
    const workflow = workflows.find((candidate) => candidate.workflowId === workflowId);
    if (workflow !== undefined) return workflow;
    throw new StartRefused(
      'not_published',
      `No workflow "${workflowId}" is published. Publish it first, or check its id.`,
      '/workflow',
    );
  }
}

/** As large as what a node may give (language, section 7). */
const MOST_EVENT_BYTES = 256 * 1024;

function checkEvent(name: string, data: Json): void {
  if (!EVENT_NAME_PATTERN.test(name)) {
    throw new StartRefused('event', 'The name of an event is made of words with dots between them, such as order.paid.', '/name');
  }
  if (Buffer.byteLength(JSON.stringify(data)) <= MOST_EVENT_BYTES) return;
  throw new StartRefused(
    'event',
    'The data of an event is over 256 KB. Keep it where it is, and send what leads to it.',
    '/data',
  );
}

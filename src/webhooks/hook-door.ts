import { Injectable } from '@nestjs/common';
import { checkValue, type Json, type JsonObject } from '@workflows/core';
import { ExecutionEnds, type PublishedWorkflow, PublishedWorkflows, type Started, Workflows } from '@workflows/engine';
import { type ExecutionEnd, type WebhookTarget, WorkflowStore } from '@workflows/storage';
import { headersOf, type HttpRequest } from '../http/exchange.js';
import { notFound, Refusal, unprocessable } from '../problems/refusal.js';
import { provesSender } from './hook-auth.js';
import { eventOf } from './hook-request.js';
import { HookSecrets } from './hook-secrets.js';
import { type HookTrigger, hookTriggerOf, startOf } from './hook-trigger.js';

/** What a hook is answered with: the run and its output, the run that goes on, or no run where the trigger wants none. */
export type HookAnswer =
  { kind: 'ended'; executionId: string; output: Json } | ({ kind: 'started' } & Started) | { kind: 'ignored' };

/** Lets a webhook in: finds its trigger, proves its sender over the raw bytes, checks its body, and starts the run. */
@Injectable()
export class HookDoor {
  constructor(
    private readonly workflows: WorkflowStore,
    private readonly published: PublishedWorkflows,
    private readonly secrets: HookSecrets,
    private readonly engine: Workflows,
    private readonly ends: ExecutionEnds,
  ) {}

  async receive(endpointId: string, request: HttpRequest): Promise<HookAnswer> {
    const endpoint = await this.workflows.findWebhook(endpointId);
    if (endpoint === null) throw notFound('webhook address');
    const { tenantId } = endpoint;
    const { workflow, trigger } = await this.openedBy(endpoint);
    if (trigger.method !== request.method) {
      throw new Refusal(405, 'method_not_allowed', `This trigger takes ${trigger.method}.`, {
        headers: { allow: trigger.method },
      });
    }
    await this.prove(tenantId, trigger, request);
    const raw = eventOf(request, trigger.id, trigger.authHeader);
    const event: JsonObject = { ...raw, body: checkedBody(trigger, raw.body) };
    const start = startOf(trigger, event);
    if (start === null) return { kind: 'ignored' };
    // The trigger's own key comes first: it is what the author knows of the sender.
    const idempotencyKey = start.idempotencyKey ?? headersOf(request)['idempotency-key'];
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const started = await this.engine.startFromWebhook({ tenantId, workflow, trigger: trigger.id, event, ...start, ...key });
    return this.answer(tenantId, trigger.waitMs, started);
  }

  private async openedBy(target: WebhookTarget): Promise<{ workflow: PublishedWorkflow; trigger: HookTrigger }> {
    const workflows = await this.published.of(target.tenantId, target.revision);
    const workflow = workflows.find(({ workflowId }) => workflowId === target.workflowId);
    const compiled = workflow?.graph.triggers[target.trigger];
    const trigger = compiled === undefined ? null : hookTriggerOf(compiled);
    if (workflow === undefined || trigger === null) throw notFound('webhook address');
    return { workflow, trigger };
  }

  private async prove(tenantId: string, { auth }: HookTrigger, request: HttpRequest): Promise<void> {
    if (auth.type === 'none') return;
    const presented = { headers: headersOf(request), rawBody: request.rawBody ?? Buffer.alloc(0) };
    const proven = await this.secrets.prove(tenantId, auth.secret, (secret) => provesSender(auth, secret, presented, Date.now()));
    if (proven === null) {
      throw new Refusal(
        503,
        'secret_missing',
        `The secret "${auth.secret}" of this trigger is not set, so no sender can be proven. Set it in the tenant.`,
      );
    }
    if (proven) return;
    const remedy =
      auth.type === 'hmac'
        ? 'Sign the bytes of the body with the secret of this trigger.'
        : 'Send the secret of this trigger in it.';
    throw new Refusal(401, 'signature', `The header "${auth.header}" is missing or proves nothing. ${remedy}`);
  }

  /** A repeat waits for the first run, so that it is answered like the first event. */
  private async answer(tenantId: string, waitMs: number | null, started: Started): Promise<HookAnswer> {
    const { executionId } = started;
    const end = waitMs === null ? null : await this.ends.wait(tenantId, executionId, waitMs);
    if (end === null) return { kind: 'started', ...started };
    if (end.status !== 'completed') throw notCompleted(executionId, end);
    return { kind: 'ended', executionId, output: end.output };
  }
}

/** The sender gets the code of the error and not its words, which are for the tenant. */
function notCompleted(executionId: string, { status, error }: ExecutionEnd): Refusal {
  const errors = error === null ? [] : [{ path: '', code: error.code, message: 'The run ended with this error.' }];
  const how = status === 'cancelled' ? 'was cancelled' : 'failed';
  return new Refusal(500, `execution_${status}`, `The run ${executionId} ${how}. Its timeline tells the tenant why.`, { errors });
}

function checkedBody(trigger: HookTrigger, body: Json): Json {
  if (trigger.body === undefined) return body;
  const checked = checkValue(trigger.body, body);
  if ('value' in checked) return checked.value ?? null;
  throw unprocessable(
    'The body does not fit the schema of the trigger; see errors.',
    checked.problems.map(({ path, message }) => ({ path: `/body${path}`, code: 'schema', message })),
  );
}

import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { forkAt } from '@workflows/core';
import { ExecutionForks, type ForkOutcome, TenantScope } from '@workflows/engine';
import type { EffectRecord } from '@workflows/ports';
import { ExecutionStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { RecordedWithChange } from '../../audit/audit.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { checkedKey } from '../../http/idempotency-key.js';
import { Operation } from '../../http/operation.js';
import { requestIdOf } from '../../http/request-id.js';
import { notFound, Refusal } from '../../problems/refusal.js';
import { ForkedView, ForkExecutionBody } from './execution-forks.dto.js';
import { RecordedExecutions } from './recorded-executions.js';

/** Whether they have come to an end, and how, nobody knows yet. */
const OPEN = ['intent', 'sending', 'unknown', 'held'];

/** New runs that begin where another run stood. */
@ApiTags('Executions')
@RecordedWithChange()
@Controller('v1/executions/:executionId')
export class ExecutionForksController {
  constructor(
    private readonly scope: TenantScope,
    private readonly recorded: RecordedExecutions,
    private readonly executions: ExecutionStore,
    private readonly forks: ExecutionForks,
  ) {}

  @Post('fork')
  @Needs('write')
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 200 characters. A repeat starts nothing more and is answered like the first.',
  })
  @Operation({
    summary: 'Fork a run from a step',
    description:
      'Starts a new run of the same version that begins with this step, with the state that the run had before it. The run itself stays as it is.',
    status: 202,
    type: ForkedView,
    refusals: {
      400: 'A field is wrong.',
      404: 'There is no such run.',
      409: 'The run cannot be forked there; the problem says why.',
    },
  })
  async fork(
    @Param('executionId', AnId) executionId: string,
    @Body() { step, replace }: ForkExecutionBody,
    @Headers() headers: Record<string, string | undefined>,
    @CurrentCaller() caller: Caller,
  ): Promise<ForkedView> {
    const { tenantId } = this.scope;
    const key = headers['idempotency-key'];
    const requestId = requestIdOf(headers);
    const request = {
      tenantId,
      executionId,
      step,
      replace,
      by: nameOf(caller),
      ...(key === undefined ? {} : { idempotencyKey: checkedKey(key) }),
      ...(requestId === undefined ? {} : { requestId }),
    };
    const placed = await this.forks.placed(request);
    if (placed !== null) return answer(placed);

    const { execution, segments, graphs } = await this.recorded.get(tenantId, executionId);
    const effects = await this.executions.effects(tenantId, executionId);
    const sent = new Set(effects.flatMap((effect) => (effect.state === 'sent' ? [effect.seq] : [])));
    const events = segments.flatMap((segment) => segment.events);
    const decision = forkAt(graphs.first, events, step, (seq) => sent.has(seq));
    if (!decision.accepted) throw refused(decision.code, decision.reason);
    const { state } = decision;
    mustBeSettled(effects, step, state.counters.effects);
    const { workflowId } = execution;
    return answer(await this.forks.place({ ...request, workflowId, graph: graphs.first, state }));
  }
}

/** What had been given out before the step, and may still come to an end this way or that, is no ground to stand on. */
function mustBeSettled(effects: EffectRecord[], step: number, upTo: number): void {
  const open = effects.find((effect) => effect.seq <= upTo && OPEN.includes(effect.state));
  if (open === undefined) return;
  const what = `The ${open.kind} that "${open.node}" (step ${open.step}) gave out before step ${step} is ${open.state}`;
  throw refused('fork.effect', `${what}. Fork when it is settled, or from step ${open.step} or an earlier one.`);
}

function answer(outcome: ForkOutcome): ForkedView {
  switch (outcome.outcome) {
    case 'placed':
      return { executionId: outcome.executionId, repeated: outcome.repeated };
    case 'not_found':
      throw notFound('execution');
    case 'refused':
      throw refused(outcome.code, outcome.reason);
  }
}

const refused = (code: string, reason: string): Refusal =>
  new Refusal(409, 'conflict', reason, { errors: [{ path: '', code, message: reason }] });

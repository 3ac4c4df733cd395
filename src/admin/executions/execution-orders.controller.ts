import { applyDecorators, Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { type OrderOutcome, type OrderRequest, TenantScope, Workflows } from '@workflows/engine';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { RecordedWithChange } from '../../audit/audit.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { checkedKey } from '../../http/idempotency-key.js';
import { Operation } from '../../http/operation.js';
import { requestIdOf } from '../../http/request-id.js';
import { notFound, Refusal } from '../../problems/refusal.js';
import { CancelExecutionBody, OrderedView, RetryExecutionBody, SkipStepBody } from './execution-orders.dto.js';

type OrderHeaders = Record<string, string | undefined>;

/** An order to a run: it is accepted when the run can carry it out as it stands, which it then does between two steps. */
const OrderOperation = (summary: string, description: string) =>
  applyDecorators(
    Needs('write'),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Up to 200 characters. A repeat orders nothing more and is answered like the first.',
    }),
    Operation({
      summary,
      description,
      status: 202,
      type: OrderedView,
      refusals: {
        400: 'A field is wrong.',
        404: 'There is no such run.',
        409: 'The run cannot carry this out as it stands; the problem says why.',
      },
    }),
  );

/** What operators order runs to do. Every order that is accepted is in the audit log. */
@ApiTags('Executions')
@RecordedWithChange()
@Controller('v1/executions/:executionId')
export class ExecutionOrdersController {
  constructor(
    private readonly scope: TenantScope,
    private readonly workflows: Workflows,
  ) {}

  @Post('cancel')
  @OrderOperation(
    'Cancel a run',
    'It ends between two steps; messages that it has not sent stay unsent, and what its steps say how to undo is undone first.',
  )
  async cancel(
    @Param('executionId', AnId) id: string,
    @Body() { reason }: CancelExecutionBody,
    @Headers() headers: OrderHeaders,
    @CurrentCaller() caller: Caller,
  ): Promise<OrderedView> {
    return answer(id, await this.workflows.cancel({ ...this.request(id, headers, caller), reason }));
  }

  @Post('pause')
  @OrderOperation('Pause a run', 'It stops between two steps. What comes for it is kept; its limit on duration runs on.')
  async pause(
    @Param('executionId', AnId) id: string,
    @Headers() headers: OrderHeaders,
    @CurrentCaller() caller: Caller,
  ): Promise<OrderedView> {
    return answer(id, await this.workflows.pause(this.request(id, headers, caller)));
  }

  @Post('resume')
  @OrderOperation('Resume a paused run', 'Messages and results that came meanwhile are acted upon, then what fell due.')
  async resume(
    @Param('executionId', AnId) id: string,
    @Headers() headers: OrderHeaders,
    @CurrentCaller() caller: Caller,
  ): Promise<OrderedView> {
    return answer(id, await this.workflows.resume(this.request(id, headers, caller)));
  }

  @Post('retry')
  @OrderOperation(
    'Have a failed run go on',
    'With the step that failed, under the same idempotency key and with all its attempts, or with a new visit of an earlier node.',
  )
  async retry(
    @Param('executionId', AnId) id: string,
    @Body() { from }: RetryExecutionBody,
    @Headers() headers: OrderHeaders,
    @CurrentCaller() caller: Caller,
  ): Promise<OrderedView> {
    const request = this.request(id, headers, caller);
    return answer(id, await this.workflows.retry({ ...request, ...(from === undefined ? {} : { from }) }));
  }

  @Post('skip')
  @OrderOperation(
    'Have a step leave its node with a given output',
    'A step that waits, is to be retried, or at which the run has failed. It leaves by next, or by the port that is named.',
  )
  async skip(
    @Param('executionId', AnId) id: string,
    @Body() { node, step, port, output }: SkipStepBody,
    @Headers() headers: OrderHeaders,
    @CurrentCaller() caller: Caller,
  ): Promise<OrderedView> {
    const outcome = await this.workflows.skip({
      ...this.request(id, headers, caller),
      node,
      ...(step === undefined ? {} : { step }),
      ...(port === undefined ? {} : { port }),
      ...(output === undefined ? {} : { output }),
    });
    return answer(id, outcome);
  }

  private request(executionId: string, headers: OrderHeaders, caller: Caller): OrderRequest {
    const key = headers['idempotency-key'];
    const requestId = requestIdOf(headers);
    return {
      tenantId: this.scope.tenantId,
      executionId,
      by: nameOf(caller),
      ...(key === undefined ? {} : { idempotencyKey: checkedKey(key) }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
}

function answer(executionId: string, outcome: OrderOutcome): OrderedView {
  switch (outcome.outcome) {
    case 'placed':
      return { executionId, order: outcome.order, repeated: outcome.repeated };
    case 'not_found':
      throw notFound('execution');
    case 'refused': {
      const { code, reason } = outcome;
      throw new Refusal(409, 'conflict', reason, { errors: [{ path: '', code, message: reason }] });
    }
  }
}

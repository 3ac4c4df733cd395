import { All, Controller, Param, Req, Res } from '@nestjs/common';
import { ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { assertNever } from '@workflows/core';
import { Public } from '../access/access.decorators.js';
import { AnId } from '../http/id-pipe.js';
import type { HttpReply, HttpRequest } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { HookDoor } from './hook-door.js';

class HookAnswerView {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: "Null: the trigger's condition says that this event starts no run.",
  })
  executionId: string | null;
  @ApiProperty({ description: 'True: this event came before, and this is the run it started.' }) repeated: boolean;
}

/** The door of the tenants' own webhook triggers. The address is unguessable, and the trigger says who may come in. */
@ApiTags('Webhooks')
@Public()
@Controller('hooks')
export class HooksController {
  constructor(private readonly door: HookDoor) {}

  @All(':endpointId')
  @Operation({
    summary: 'Start a run by its webhook trigger',
    description: 'A trigger with `"response": {"mode": "sync"}` answers with the output of the run, if it ends in time.',
    status: 202,
    type: HookAnswerView,
    open: true,
    refusals: {
      401: 'The signature or the token is missing or wrong.',
      404: 'There is no such address, or its trigger was removed.',
      405: 'The trigger takes another method.',
      413: 'The body is over 3 MB.',
      422: 'The body does not fit the schema of the trigger, or the event names no contact.',
      500: 'A run whose end was waited for failed or was cancelled; errors has the code.',
      503: 'The database is away, or the secret of the trigger is not set; try again.',
    },
  })
  @ApiResponse({
    status: 200,
    description: 'The run has ended. The body is the output of its end node, null where it has none.',
    headers: { 'execution-id': { description: 'Id of the run.', schema: { type: 'string', format: 'uuid' } } },
    content: { 'application/json': { schema: {} } },
  })
  async receive(
    @Param('endpointId', AnId) endpointId: string,
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const answer = await this.door.receive(endpointId, request);
    switch (answer.kind) {
      case 'ended':
        // The whole body is the author's, so the run's id has no room but here.
        return sendJson(reply.header('execution-id', answer.executionId), 200, answer.output);
      case 'started':
        return sendJson(reply, 202, { executionId: answer.executionId, repeated: answer.repeated } satisfies HookAnswerView);
      case 'ignored':
        return sendJson(reply, 202, { executionId: null, repeated: false } satisfies HookAnswerView);
      default:
        assertNever(answer);
    }
  }
}

/** By hand, because an output may be a text or null, which Nest would not send as JSON. */
function sendJson(reply: HttpReply, status: number, body: unknown): void {
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

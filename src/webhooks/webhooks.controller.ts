import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { assertNever } from '@workflows/core';
import type { WebhookRequest } from '@workflows/ports';
import { InboundService } from '@workflows/engine';
import { Public } from '../access/access.decorators.js';
import { FailedAttempts } from '../access/failed-attempts.js';
import { headersOf, type HttpReply, type HttpRequest, queryOf } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { badRequest, notFound, Refusal, tooManyAttempts } from '../problems/refusal.js';

/**
 * The door of the providers. It hands the bytes on as they came: what is signed is bytes, not JSON. A 200 means that
 * everything in the body is a row in Postgres.
 */
@ApiTags('Webhooks')
@Public()
@Controller('webhooks')
export class WebhooksController {
  private readonly attempts = new FailedAttempts();

  constructor(private readonly inbound: InboundService) {}

  @Get(':channel')
  @Operation({
    summary: "Answer a provider's subscription handshake",
    open: true,
    refusals: { 403: 'The verify token is wrong.', 429: 'Too many wrong tokens came from this address.' },
  })
  handshake(@Param('channel') channel: string, @Req() request: HttpRequest, @Res() reply: HttpReply): void {
    const wait = this.attempts.waitOf(request.ip);
    if (wait > 0) throw tooManyAttempts(wait);
    const answer = this.inbound.handshake(channel, webhookOf(request));
    if (answer === null) {
      this.attempts.count(request.ip);
      throw new Refusal(
        403,
        'handshake',
        'This is no valid subscription handshake. Enter the META_VERIFY_TOKEN of this deployment in the settings at the provider.',
      );
    }
    reply.code(200).header('content-type', 'text/plain; charset=utf-8').send(answer);
  }

  @Post(':channel')
  @Operation({
    summary: "Take a provider's webhook",
    open: true,
    refusals: {
      400: 'The body is signed and is no JSON.',
      401: 'The signature is missing or wrong.',
      404: 'There is no such channel.',
      413: 'The body is over 3 MB.',
    },
  })
  async receive(@Param('channel') channel: string, @Req() request: HttpRequest): Promise<void> {
    const { status } = await this.inbound.receive(channel, webhookOf(request));
    switch (status) {
      case 'accepted':
        return;
      case 'bad_signature':
        throw new Refusal(
          401,
          'signature',
          'The signature is missing or does not fit the bytes of the body. Sign the body as it is sent, with the secret of the app.',
        );
      case 'bad_json':
        throw badRequest('The body is signed and is no JSON. Send UTF-8 JSON.');
      case 'unknown_channel':
        throw notFound('channel');
      default:
        assertNever(status);
    }
  }
}

function webhookOf(request: HttpRequest): WebhookRequest {
  return { headers: headersOf(request), rawBody: request.rawBody ?? Buffer.alloc(0), query: queryOf(request) };
}

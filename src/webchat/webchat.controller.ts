import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { isVisitor, visitorToken } from '@workflows/channels';
import { ConnectionRoutes, InboundService, WEBHOOK_SECRETS, type WebhookSecretsByChannel } from '@workflows/engine';
import type { ConnectionRoute } from '@workflows/ports';
import { WebChatStore, type WebChatVisitor } from '@workflows/storage';
import { Public } from '../access/access.decorators.js';
import { headersOf, type HttpRequest } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { notFound, Refusal } from '../problems/refusal.js';
import { FetchQuery, VisitorView, WebChatMessages } from './webchat.dto.js';

const VISITOR_BYTES = 24;

/** Pause between two looks while a page waits. */
const LOOK_AGAIN_MS = 300;

/**
 * The doors of a web chat's page beside the one by which it writes (`POST /webhooks/webchat`): it becomes a visitor, and
 * fetches what is said to it. Whoever bears a visitor's token is that visitor, and sees nobody else's messages.
 */
@ApiTags('Web chat')
@Public()
@Controller('webchat/:account')
export class WebChatController implements BeforeApplicationShutdown {
  private leaving = false;

  constructor(
    private readonly routes: ConnectionRoutes,
    private readonly messages: WebChatStore,
    private readonly inbound: InboundService,
    @Inject(WEBHOOK_SECRETS) private readonly secrets: WebhookSecretsByChannel,
  ) {}

  @Post('visitors')
  @Operation({
    summary: 'Become a visitor of a web chat',
    type: VisitorView,
    status: 201,
    open: true,
    refusals: { 404: 'There is no such web chat.' },
  })
  async visit(@Param('account') account: string): Promise<VisitorView> {
    await this.routeOf(account);
    const visitor = randomBytes(VISITOR_BYTES).toString('base64url');
    const [secret = ''] = this.secrets('webchat').appSecrets;
    return { visitor, token: visitorToken(secret, { account, visitor }) };
  }

  @Get('visitors/:visitor/messages')
  @Operation({
    summary: 'Fetch what is said to a visitor',
    description: 'What the page has (`after`) counts as delivered.',
    type: WebChatMessages,
    open: true,
    refusals: { 401: 'The token is missing, or another visitor’s.', 404: 'There is no such web chat.' },
  })
  async fetch(
    @Param('account') account: string,
    @Param('visitor') visitor: string,
    @Query() { after = 0, wait = 0 }: FetchQuery,
    @Req() request: HttpRequest,
  ): Promise<WebChatMessages> {
    if (!isVisitor({ account, visitor }, headersOf(request)['authorization'], this.secrets('webchat').appSecrets))
      throw new Refusal(
        401,
        'visitor',
        'The token is missing or not this visitor’s. Become a visitor, and send the token you get.',
      );
    const { tenantId, connectionId } = await this.routeOf(account);
    const whose = { connectionId, visitor };
    await this.report(tenantId, account, whose, after);
    const until = performance.now() + wait * 1_000;
    for (;;) {
      const items = await this.messages.fetch(tenantId, whose, after);
      if (items.length > 0 || this.leaving || performance.now() >= until) return { items };
      await pause(LOOK_AGAIN_MS);
    }
  }

  /** A process that is told to stop keeps no page waiting. */
  beforeApplicationShutdown(): void {
    this.leaving = true;
  }

  /** Settles the messages that the page has by now. Twice is harmless, so it counts as done only behind that. */
  private async report(tenantId: string, account: string, whose: WebChatVisitor, upTo: number): Promise<void> {
    const ids = await this.messages.unreported(tenantId, whose, upTo);
    if (ids.length === 0) return;
    await this.inbound.settle('webchat', account, ids);
    await this.messages.reported(tenantId, whose, upTo);
  }

  private async routeOf(account: string): Promise<ConnectionRoute> {
    const route = (await this.routes.find('webchat', [account])).get(account);
    if (route === undefined) throw notFound('web chat');
    return route;
  }
}

import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ChannelRegistry, SecretBox, TenantScope } from '@workflows/engine';
import { ConnectionStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { Operation } from '../../http/operation.js';
import { notFound } from '../../problems/refusal.js';
import { channelNamed, checkForm } from './connection-form.js';
import { ConnectionList, ConnectionView, CreateConnectionBody, UpdateConnectionBody } from './connections.dto.js';

@ApiTags('Connections')
@Controller('v1/connections')
export class ConnectionsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly connections: ConnectionStore,
    private readonly channels: ChannelRegistry,
    private readonly box: SecretBox,
  ) {}

  @Post()
  @Needs('admin')
  @Operation({
    summary: 'Connect an account of a channel',
    status: 201,
    type: ConnectionView,
    refusals: {
      400: 'A field is wrong.',
      409: 'The name or the account is taken.',
      422: 'Settings or secrets do not fit the channel.',
    },
  })
  create(@Body() body: CreateConnectionBody): Promise<ConnectionView> {
    const { settings = {}, secrets = {} } = checkForm(channelNamed(body.channel, this.channels), body);
    // The id is chosen here, because the sealed secrets are bound to it.
    const id = randomUUID();
    const { channel, name, account } = body;
    return this.connections.create(this.scope.tenantId, {
      id,
      channel,
      name,
      account,
      settings,
      secrets: this.seal(id, secrets),
    });
  }

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the connections', type: ConnectionList })
  async list(): Promise<ConnectionList> {
    return { items: await this.connections.list(this.scope.tenantId) };
  }

  @Get(':connectionId')
  @Needs('read')
  @Operation({ summary: 'Get a connection', type: ConnectionView, refusals: { 404: 'There is no such connection.' } })
  async get(@Param('connectionId', AnId) id: string): Promise<ConnectionView> {
    return found(await this.connections.get(this.scope.tenantId, id));
  }

  @Patch(':connectionId')
  @Needs('admin')
  @Operation({
    summary: 'Change a connection; secrets are write-only',
    type: ConnectionView,
    refusals: {
      400: 'A field is wrong.',
      404: 'There is no such connection.',
      409: 'The name is taken.',
      422: 'Settings or secrets do not fit the channel.',
    },
  })
  async update(@Param('connectionId', AnId) id: string, @Body() body: UpdateConnectionBody): Promise<ConnectionView> {
    const present = found(await this.connections.get(this.scope.tenantId, id));
    const { settings, secrets } = checkForm(channelNamed(present.channel, this.channels), body);
    const change = {
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.status === undefined ? {} : { status: body.status }),
      ...(settings === undefined ? {} : { settings }),
      ...(secrets === undefined
        ? {}
        : { secrets: { ...Object.fromEntries(present.secretsSet.map((name) => [name, null])), ...this.seal(id, secrets) } }),
    };
    return found(await this.connections.update(this.scope.tenantId, id, change));
  }

  @Post(':connectionId/disable')
  @Needs('admin')
  @Operation({
    summary: 'Disable a connection: it neither receives nor sends',
    type: ConnectionView,
    refusals: { 404: 'There is no such connection.' },
  })
  async disable(@Param('connectionId', AnId) id: string): Promise<ConnectionView> {
    return found(await this.connections.disable(this.scope.tenantId, id));
  }

  private seal(connectionId: string, secrets: Record<string, string>): Record<string, string> {
    const { tenantId } = this.scope;
    return Object.fromEntries(
      Object.entries(secrets).map(([name, secret]) => [name, this.box.seal({ tenantId, connectionId, name }, secret)]),
    );
  }
}

function found<Found>(connection: Found | null): Found {
  if (connection === null) throw notFound('connection');
  return connection;
}

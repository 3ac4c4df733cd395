import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SecretBox, TenantScope } from '@workflows/engine';
import { SecretStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { notFound } from '../../problems/refusal.js';
import { ASecretName } from './secret-name.js';
import { PutSecretBody, SecretList, SecretView } from './secrets.dto.js';

/** What webhook triggers prove their senders with. Values go in and never come out. */
@ApiTags('Secrets')
@Controller('v1/secrets')
export class SecretsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly secrets: SecretStore,
    private readonly box: SecretBox,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the secrets: names and dates, never values', type: SecretList })
  async list(): Promise<SecretList> {
    return { items: await this.secrets.list(this.scope.tenantId) };
  }

  @Put(':name')
  @Needs('admin')
  @Operation({
    summary: 'Set a secret, or replace its value',
    description: 'The new value counts at once. The old one may prove a sender for some seconds more.',
    type: SecretView,
    refusals: { 400: 'The name or the value has another form.' },
  })
  put(@Param('name', ASecretName) name: string, @Body() { value }: PutSecretBody): Promise<SecretView> {
    const { tenantId } = this.scope;
    return this.secrets.put(tenantId, name, this.box.seal({ tenantId, name }, value));
  }

  @Delete(':name')
  @Needs('admin')
  @Operation({
    summary: 'Delete a secret',
    description: 'Webhook triggers that name it answer 503 within seconds, until it is set again.',
    status: 204,
    refusals: { 400: 'The name has another form.', 404: 'There is no such secret.' },
  })
  async delete(@Param('name', ASecretName) name: string): Promise<void> {
    if (!(await this.secrets.delete(this.scope.tenantId, name))) throw notFound('secret');
  }
}

import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { credentialPlace, SecretBox, TenantScope } from '@workflows/engine';
import { CredentialStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { notFound } from '../../problems/refusal.js';
import { ASecretName } from '../secrets/secret-name.js';
import { settingsOf } from './credential-form.js';
import { CredentialList, CredentialView, PutCredentialBody } from './credentials.dto.js';

/** What HTTP nodes prove themselves with. Secrets go in and never come out, except to the hosts that are named. */
@ApiTags('Credentials')
@Controller('v1/credentials')
export class CredentialsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly credentials: CredentialStore,
    private readonly box: SecretBox,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the credentials: types and hosts, never secrets', type: CredentialList })
  async list(): Promise<CredentialList> {
    return { items: await this.credentials.list(this.scope.tenantId) };
  }

  @Put(':name')
  @Needs('admin')
  @Operation({
    summary: 'Set a credential, or replace it whole',
    description: 'The next call uses it.',
    type: CredentialView,
    refusals: { 400: 'The name or a field has another form.' },
  })
  put(@Param('name', ASecretName) name: string, @Body() body: PutCredentialBody): Promise<CredentialView> {
    const { tenantId } = this.scope;
    const sealed = this.box.seal(credentialPlace(tenantId, name), body.secret);
    const { type, hosts } = body;
    return this.credentials.put(tenantId, { name, type, hosts, settings: settingsOf(body), sealed });
  }

  @Delete(':name')
  @Needs('admin')
  @Operation({
    summary: 'Delete a credential',
    description: 'Calls that name it fail with resource.missing until it is set again.',
    status: 204,
    refusals: { 400: 'The name has another form.', 404: 'There is no such credential.' },
  })
  async delete(@Param('name', ASecretName) name: string): Promise<void> {
    if (!(await this.credentials.delete(this.scope.tenantId, name))) throw notFound('credential');
  }
}

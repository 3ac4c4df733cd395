import { Injectable } from '@nestjs/common';
import { ApiKeyStore } from '@workflows/storage';
import { createApiKey } from '../../access/api-key.js';
import { badRequest } from '../../problems/refusal.js';
import type { CreateApiKeyBody, CreatedApiKeyView } from './api-keys.dto.js';

/** Makes keys for a tenant. The key leaves this class once, towards the one who asked. */
@Injectable()
export class ApiKeyIssuer {
  constructor(private readonly keys: ApiKeyStore) {}

  async issue(tenantId: string, body: CreateApiKeyBody): Promise<CreatedApiKeyView> {
    if (body.expiresAt !== undefined && Date.parse(body.expiresAt) <= Date.now()) {
      throw badRequest('expiresAt lies in the past.', [
        {
          path: '/expiresAt',
          code: 'past',
          message: 'expiresAt lies in the past.',
          hint: 'Give a later time, or leave it out for a key without an end.',
        },
      ]);
    }
    const { key, prefix, hash } = createApiKey();
    const record = await this.keys.create(tenantId, {
      name: body.name,
      scopes: body.scopes,
      prefix,
      hash,
      ...(body.expiresAt === undefined ? {} : { expiresAt: body.expiresAt }),
    });
    return { ...record, key };
  }
}

import { Injectable } from '@nestjs/common';
import { assertNever, type StoreEffect } from '@workflows/core';
import { type StoreAnswer, StorePerformer, type StoreStep } from '@workflows/ports';
import { RowAccess } from './row-access.js';

/** Store effects through the database's functions, as the tenant that they belong to. */
@Injectable()
export class DatabaseStorePerformer extends StorePerformer {
  constructor(private readonly rows: RowAccess) {
    super();
  }

  override async perform({ request, idempotencyKey }: StoreEffect, { tenantId, ...step }: StoreStep): Promise<StoreAnswer> {
    switch (request.do) {
      case 'read':
        return { outcome: 'settled', result: await this.rows.read(tenantId, request) };
      case 'search':
        return { outcome: 'settled', result: await this.rows.search(tenantId, request) };
      case 'write':
        return this.rows.write(tenantId, request, { ...step, idempotencyKey });
      default:
        return assertNever(request);
    }
  }
}

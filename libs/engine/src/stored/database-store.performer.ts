import { Injectable } from '@nestjs/common';
import { assertNever, type ContactChange, type StoreEffect } from '@workflows/core';
import { type StoreAnswer, StorePerformer, type StoreStep } from '@workflows/ports';
import { ContactStore, TenantStore, type WritingStep } from '@workflows/storage';
import { fitAttributes } from './attribute-check.js';
import { CallTargets } from './call-targets.js';
import { RowAccess } from './row-access.js';

/** Store effects through the database's functions, as the tenant that they belong to. */
@Injectable()
export class DatabaseStorePerformer extends StorePerformer {
  constructor(
    private readonly rows: RowAccess,
    private readonly contacts: ContactStore,
    private readonly calls: CallTargets,
    private readonly tenants: TenantStore,
  ) {
    super();
  }

  override async perform(
    { request, idempotencyKey }: StoreEffect,
    { tenantId, contactId, ...step }: StoreStep,
  ): Promise<StoreAnswer> {
    switch (request.do) {
      case 'read':
        return { outcome: 'settled', result: await this.rows.read(tenantId, request) };
      case 'search':
        return { outcome: 'settled', result: await this.rows.search(tenantId, request) };
      case 'write':
        return this.rows.write(tenantId, request, { ...step, idempotencyKey });
      case 'contact':
        return this.change(tenantId, contactId, request, { ...step, idempotencyKey });
      case 'call':
        return { outcome: 'settled', result: await this.calls.find(tenantId, request) };
      default:
        return assertNever(request);
    }
  }

  private async change(
    tenantId: string,
    contactId: string | null,
    change: ContactChange,
    step: WritingStep,
  ): Promise<StoreAnswer> {
    if (contactId === null) return refused('resource.missing', 'The run has no contact that could be changed.');
    const fitted = await this.fitted(tenantId, change);
    if ('problems' in fitted) {
      const message = `The attributes do not fit the schema of the tenant: ${fitted.problems.join('; ')}. Check the expressions under "set".`;
      return refused('expr.failed', message);
    }
    const changed = await this.contacts.update(tenantId, contactId, { ...change, ...fitted }, step);
    switch (changed.outcome) {
      case 'done': {
        const { version, contact } = changed;
        return { outcome: 'settled', result: { outcome: 'done', data: { version } }, contact };
      }
      case 'too_large':
        return refused('quota.exceeded', 'The contact would have more than 100 tags or 32 KB of attributes. Keep less on it.');
      case 'missing':
        return refused('resource.missing', 'The contact of the run does not exist any more.');
      case 'fenced':
        return changed;
      default:
        return assertNever(changed);
    }
  }

  private async fitted(tenantId: string, { attributes }: ContactChange): Promise<ReturnType<typeof fitAttributes>> {
    if (Object.keys(attributes).length === 0) return { attributes };
    return fitAttributes(await this.tenants.attributes(tenantId), attributes);
  }
}

function refused(code: string, message: string): StoreAnswer {
  return { outcome: 'settled', result: { outcome: 'failed', failure: { code, kind: 'terminal', message } } };
}

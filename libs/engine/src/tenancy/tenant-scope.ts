import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';

/** What a durable context of a tenant carries. A class, so that no request object can pass for it. */
export class TenantPayload {
  constructor(readonly tenantId: string) {}
}

/**
 * The tenant for whom a request is answered. Controllers inject it and hand its id to the stores, so that no handler
 * can take a tenant from a header, a path or a body. Made once per tenant, not once per request.
 *
 * Only for classes that answer requests. A static class that injects it would be found by Nest as an empty shell:
 * processors, listeners, nodes and channels are handed a tenant id instead.
 */
@Injectable({ scope: Scope.REQUEST, durable: true })
export class TenantScope {
  constructor(@Inject(REQUEST) private readonly payload: unknown) {}

  /** Throws when the caller belongs to no tenant; the access guard refuses such callers before. */
  get tenantId(): string {
    if (!(this.payload instanceof TenantPayload)) {
      throw new Error('This request belongs to no tenant. Put @Needs(...) on the route, so that only a tenant gets here.');
    }
    return this.payload.tenantId;
  }
}

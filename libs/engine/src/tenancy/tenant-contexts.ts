import {
  type ContextId,
  ContextIdFactory,
  type ContextIdResolver,
  type ContextIdResolverFn,
  type ContextIdStrategy,
  type HostComponentInfo,
} from '@nestjs/core';
import { TenantPayload } from './tenant-scope.js';

const MOST_TENANTS = 5_000;

/** Gives every request of a tenant the same durable context; requests without a tenant keep one of their own. */
export class TenantContexts<Request> implements ContextIdStrategy<Request> {
  private readonly contexts = new Map<string, ContextId>();

  /** `tenantOf` says to which tenant a request belongs, from nothing but its proven key. */
  constructor(private readonly tenantOf: (request: Request) => string | undefined) {}

  attach(contextId: ContextId, request: Request): ContextIdResolver | ContextIdResolverFn {
    const tenantId = this.tenantOf(request);
    if (tenantId === undefined) return () => contextId;
    const tenantContext = this.contextOf(tenantId);
    return {
      resolve: (info: HostComponentInfo) => (info.isTreeDurable ? tenantContext : contextId),
      payload: new TenantPayload(tenantId),
    };
  }

  /** Nest holds what it made for a context weakly, so a context that falls out of this map takes its objects along. */
  private contextOf(tenantId: string): ContextId {
    const known = this.contexts.get(tenantId);
    if (known !== undefined) return known;
    const [oldest] = this.contexts.keys();
    if (oldest !== undefined && this.contexts.size >= MOST_TENANTS) this.contexts.delete(oldest);
    const created = ContextIdFactory.create();
    this.contexts.set(tenantId, created);
    return created;
  }
}

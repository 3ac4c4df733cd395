import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuditStore } from '@workflows/storage';
import { from, map, mergeMap, type Observable, of } from 'rxjs';
import { nameOf } from '../access/caller.js';
import { headersOf, type HttpRequest } from '../http/exchange.js';
import { requestIdOf } from '../http/request-id.js';
import { AUDIT_RULE, type AuditRule } from './audit.decorators.js';
import { nameChange } from './change-name.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Writes one row of the audit log for each request of a key or the operator that has changed something, before it is
 * answered. A request that was refused, or that only gave an earlier answer again, has changed nothing.
 */
@Injectable()
export class RecordChangesInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly audit: AuditStore,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const { caller } = request;
    const isOurs = caller?.kind === 'tenant' || caller?.kind === 'operator';
    if (!CHANGING.has(request.method) || !isOurs) return next.handle();
    const rule = this.reflector.getAllAndOverride<AuditRule | undefined>(AUDIT_RULE, [context.getHandler(), context.getClass()]);
    if (rule !== undefined && rule.kind !== 'as') return next.handle();
    return next
      .handle()
      .pipe(
        mergeMap((answer: unknown) =>
          isRepeat(answer) ? of(answer) : from(this.record(request, answer, rule)).pipe(map(() => answer)),
        ),
      );
  }

  private async record(request: HttpRequest, answer: unknown, rule: AuditRule | undefined): Promise<void> {
    const { method, params = {}, caller } = request;
    const { action, target } = nameChange({ method, route: request.routeOptions?.url ?? '', params, answer });
    const tenantId = caller?.kind === 'tenant' ? caller.tenantId : (params['tenantId'] ?? fieldOf(answer, 'id'));
    // What the operator does above all tenants is in none of their logs.
    if (typeof tenantId !== 'string') return;
    const version = fieldOf(answer, 'version');
    const requestId = requestIdOf(headersOf(request));
    await this.audit.record(tenantId, {
      actor: nameOf(caller),
      action: rule?.kind === 'as' ? rule.action : action,
      target,
      ...(requestId === undefined ? {} : { requestId }),
      details: typeof version === 'number' ? { version } : {},
    });
  }
}

const isRepeat = (answer: unknown): boolean => fieldOf(answer, 'repeated') === true;

function fieldOf(answer: unknown, name: string): unknown {
  return typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
}

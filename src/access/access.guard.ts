import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { assertNever } from '@workflows/core';
import type { HttpRequest } from '../http/exchange.js';
import { forbidden, type Refusal, tooManyAttempts, tooManyRequests, unauthorized } from '../problems/refusal.js';
import { ACCESS_RULE, type AccessRule } from './access.decorators.js';
import type { Caller } from './caller.js';

/** Stands before every route. What is not expressly allowed is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    const caller = context.switchToHttp().getRequest<HttpRequest>().caller ?? { kind: 'anonymous' };
    const refusal = refusalOf(rule, caller);
    if (refusal !== null) throw refusal;
    return true;
  }
}

/** Why this caller may not pass, or null. */
export function refusalOf(rule: AccessRule | undefined, caller: Caller): Refusal | null {
  if (rule?.kind === 'public') return null;
  switch (caller.kind) {
    case 'anonymous':
      return unauthorized('This operation needs a key. Send it as "Authorization: Bearer <key>".');
    case 'refused':
      return unauthorized(caller.reason);
    case 'blocked':
      return tooManyAttempts(caller.retryAfterSeconds);
    case 'hurried':
      return tooManyRequests(caller.retryAfterSeconds);
    case 'operator':
      if (rule?.kind === 'operator') return null;
      return forbidden(
        'The operator key belongs to no tenant. Use an API key of the tenant; POST /v1/tenants/{tenantId}/api-keys makes one.',
      );
    case 'tenant':
      if (rule?.kind === 'scope' && caller.scopes.includes(rule.scope)) return null;
      if (rule?.kind === 'scope')
        return forbidden(
          `This operation needs the scope "${rule.scope}", which this key does not have. Use or create a key that has it.`,
        );
      return forbidden('This operation is for the operator of the platform. Use the operator key.');
    default:
      return assertNever(caller);
  }
}

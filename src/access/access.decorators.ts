import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { HttpRequest } from '../http/exchange.js';
import type { ApiKeyScope } from './api-key.js';
import type { Caller } from './caller.js';

/** What a route asks of its caller. A route without a rule is refused at boot. */
export type AccessRule = { kind: 'public' } | { kind: 'operator' } | { kind: 'scope'; scope: ApiKeyScope };

export const ACCESS_RULE = 'workflows:access-rule';

const rule = (value: AccessRule) => SetMetadata(ACCESS_RULE, value);

/** Open to everybody: health, documentation, and doors that check a signature of their own. */
export const Public = () => rule({ kind: 'public' });

/** For the operator of the platform, above tenants. */
export const OperatorOnly = () => applyDecorators(rule({ kind: 'operator' }), ApiSecurity('operator'));

/** For API keys of a tenant with this scope. */
export const Needs = (scope: ApiKeyScope) => applyDecorators(rule({ kind: 'scope', scope }), ApiSecurity('tenant', [scope]));

/** The caller, as a parameter of a handler. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  return context.switchToHttp().getRequest<HttpRequest>().caller ?? { kind: 'anonymous' };
});

/** A request that has changed something. */
export interface Change {
  method: string;
  /** Path of the route, with `:name` for its parameters. */
  route: string;
  params: Record<string, string>;
  answer: unknown;
}

const VERBS: Record<string, string> = { POST: 'create', PUT: 'put', PATCH: 'update', DELETE: 'delete' };

/**
 * What the audit log calls a change: of `PUT /v1/tables/:table/rows/:row` the action is `row.put` and the target
 * `row:prices/lamp`, of `POST /v1/connections/:id/disable` they are `connection.disable` and `connection:<id>`. What is new
 * is named by the answer. The tenant is none of it: the log is the tenant's own.
 */
export function nameChange({ method, route, params, answer }: Change): { action: string; target: string } {
  const parts = route.split('/').filter((part) => part !== '' && part !== 'v1' && part !== ':tenantId');
  if (parts.length > 1 && parts[0] === 'tenants') parts.shift();
  const words = parts.filter((part) => !part.startsWith(':'));
  // Two words beside each other, or one behind the thing itself, end with what is done.
  const isVerb = method === 'POST' && words.length > 1 && !parts.at(-1)?.startsWith(':');
  const kind = singular((isVerb ? words.at(-2) : words.at(-1)) ?? '');
  const verb = (isVerb ? words.at(-1) : undefined) ?? VERBS[method] ?? method.toLowerCase();
  const named = parts.flatMap((part) => (part.startsWith(':') ? [params[part.slice(1)] ?? ''] : [])).join('/');
  const id = named === '' ? idIn(answer, kind) : named;
  return { action: `${kind}.${verb}`, target: id === '' ? kind : `${kind}:${id}` };
}

function idIn(answer: unknown, kind: string): string {
  if (typeof answer !== 'object' || answer === null) return '';
  for (const field of ['id', `${kind}Id`, 'name']) {
    const value: unknown = Reflect.get(answer, field);
    if (typeof value === 'string') return value;
  }
  return '';
}

const singular = (word: string): string => word.replace(/ies$/, 'y').replace(/s$/, '');

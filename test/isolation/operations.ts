/** Who may use an operation, as the document says it. */
export type Audience = { kind: 'public' } | { kind: 'operator' } | { kind: 'tenant'; scope: string };

/** One operation of the OpenAPI document. */
export interface Operation {
  /** `GET /v1/things/{thingId}`: how the matrix and `requests.ts` call it. */
  name: string;
  method: string;
  /** With its parameters in braces. */
  path: string;
  parameters: string[];
  audience: Audience;
}

interface OpenApiDocument {
  paths: Record<string, Record<string, { security?: Array<Record<string, string[]>> }>>;
}

export function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
      audience: audienceOf(security),
    })),
  );
}

function audienceOf(security: Array<Record<string, string[]>>): Audience {
  for (const scheme of security) {
    if ('operator' in scheme) return { kind: 'operator' };
    const scope = scheme['tenant']?.[0];
    if (scope !== undefined) return { kind: 'tenant', scope };
  }
  return { kind: 'public' };
}

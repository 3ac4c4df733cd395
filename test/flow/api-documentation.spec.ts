import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest, OPERATOR_KEY } from './api-under-test.js';

interface Documented {
  summary?: string;
  responses: Record<string, { content?: Record<string, unknown> }>;
}

describe('the documentation of the API', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });

  afterAll(async () => {
    await api.stop();
  });

  it('gives every operation a summary, a success and a problem', async () => {
    const { json } = await api.ask('GET', '/openapi.json');
    const operations = Object.entries<Record<string, Documented>>(json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
    expect(operations.length).toBeGreaterThan(30);
    for (const { name, operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect([name, typeof operation.summary, statuses.some((status) => status.startsWith('2'))]).toEqual([name, 'string', true]);
      if (!name.endsWith('z')) {
        const problems = Object.values(operation.responses).filter(
          (response) => response.content?.['application/problem+json'] !== undefined,
        );
        expect([name, problems.length > 0]).toEqual([name, true]);
      }
    }
    expect(json.components.schemas.ProblemView.properties.errors).toBeDefined();
  });

  it('shows a page that asks nobody else on the network', async () => {
    const page = await api.ask('GET', '/docs');
    expect(page.status).toBe(200);
    const assets = [...page.text.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      const url = new URL(asset, `${api.url}/docs`);
      expect(url.origin).toBe(api.url);
      expect((await api.ask('GET', url.pathname)).status).toBe(200);
    }
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toContain('http');
  });

  it('forbids everything to a browser that shows an answer of the API', async () => {
    const { headers } = await api.ask('GET', '/v1/tenants', { key: OPERATOR_KEY });
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

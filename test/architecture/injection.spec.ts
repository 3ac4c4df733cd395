import { ModulesContainer, REQUEST } from '@nestjs/core';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../flow/api-under-test.js';

/**
 * What depends on a request is made anew for a tenant, and everything that injects it as well. A static class that did
 * so would be found as an empty shell by registries and listeners, without an error. So only doors may: controllers.
 */
let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
}, 60_000);

afterAll(() => api.stop(), 30_000);

it('lets nothing but controllers depend on a request', () => {
  const modules = [...api.app.get(ModulesContainer).values()];
  const dependent = modules
    .flatMap((module) => [...module.providers.values(), ...module.injectables.values()])
    .filter((wrapper) => !wrapper.isDependencyTreeStatic())
    .map(({ name }) => String(name));
  expect(new Set(dependent)).toEqual(new Set([REQUEST, 'TenantScope']));
});

it('makes what depends on a tenant once for the tenant, and not for each request', () => {
  const modules = [...api.app.get(ModulesContainer).values()];
  const perRequest = modules
    .flatMap((module) => [...module.controllers.values()])
    .filter((wrapper) => !wrapper.isDependencyTreeStatic() && !wrapper.isDependencyTreeDurable())
    .map(({ name }) => String(name));
  expect(perRequest).toEqual([]);
});

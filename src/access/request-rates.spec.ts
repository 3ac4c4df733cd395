import { describe, expect, it } from '@jest/globals';
import { RequestRates } from './request-rates.js';

describe('S22: the rates of requests', () => {
  const many = (rates: RequestRates, passage: Parameters<RequestRates['take']>[0], times: number): number[] =>
    Array.from({ length: times }, () => rates.take(passage));

  it('S22: makes a key wait at ten times its rate, and lets it in again when its time has come', () => {
    let now = 0;
    const rates = new RequestRates(10, () => now);
    const busy = { address: 'a', tenantId: 't', keyId: 'k' };
    expect(many(rates, busy, 100).filter((wait) => wait === 0)).toHaveLength(20);
    expect(rates.take(busy)).toBe(1);
    now = 1_000;
    expect(many(rates, busy, 100).filter((wait) => wait === 0)).toHaveLength(10);
  });

  it('S22: leaves another tenant alone, and another key of the tenant its share', () => {
    const rates = new RequestRates(10, () => 0);
    many(rates, { address: 'a', tenantId: 't', keyId: 'k' }, 1_000);
    expect(many(rates, { address: 'b', tenantId: 'other', keyId: 'o' }, 20)).toEqual(Array(20).fill(0));
    expect(rates.take({ address: 'c', tenantId: 't', keyId: 'second' })).toBe(0);
  });

  it('S22: bounds a tenant with many keys, and an address with many tenants', () => {
    const rates = new RequestRates(10, () => 0);
    const keys = Array.from({ length: 100 }, (_, n) => rates.take({ address: `a${n}`, tenantId: 't', keyId: `k${n}` }));
    expect(keys.filter((wait) => wait === 0)).toHaveLength(40);
    const tenants = Array.from({ length: 100 }, (_, n) => rates.take({ address: 'a', tenantId: `t${n}`, keyId: `k${n}` }));
    expect(tenants.filter((wait) => wait === 0).length).toBeLessThanOrEqual(40);
  });

  it('S22: keeps a bounded number of buckets, and none without a limit', () => {
    const unlimited = new RequestRates(0, () => 0);
    expect(many(unlimited, { address: 'a' }, 1_000)).toEqual(Array(1_000).fill(0));
    const rates = new RequestRates(1, () => 0);
    for (let n = 0; n < 60_000; n += 1) rates.take({ address: `flood-${n}` });
    expect(rates.take({ address: 'new' })).toBe(0);
  });
});

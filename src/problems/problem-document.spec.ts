import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { DatabaseRefusal, DatabaseUnavailable } from '@workflows/ports';
import { problemOf } from './problem-document.js';
import { notFound, tooManyAttempts, unprocessable } from './refusal.js';

describe('problemOf', () => {
  it('shows a refusal with its findings', () => {
    const { document, defect } = problemOf(
      unprocessable('Two fields are wrong.', [{ path: '/a', code: 'x', message: 'A is wrong.' }]),
      'PUT',
      '/v1/x',
    );
    expect(document).toEqual({
      type: 'urn:workflows:problem:invalid',
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'Two fields are wrong.',
      instance: '/v1/x',
      errors: [{ path: '/a', code: 'x', message: 'A is wrong.' }],
    });
    expect(defect).toBe(false);
  });

  it('asks to come back when the database is away', () => {
    const { document, headers } = problemOf(new DatabaseUnavailable('connect ECONNREFUSED 10.0.0.7:5432'), 'GET', '/v1/x');
    expect(document.status).toBe(503);
    expect(headers['retry-after']).toBe('2');
    expect(JSON.stringify(document)).not.toContain('10.0.0.7');
  });

  it.each([
    ['not_found', 404],
    ['conflict', 409],
    ['precondition', 412],
    ['invalid', 422],
  ])('maps the database refusal %s to %i', (code, status) => {
    expect(problemOf(new DatabaseRefusal(code, 'The reason.'), 'GET', '/').document).toMatchObject({
      status,
      detail: 'The reason.',
    });
  });

  it('says of a missing route which one it was', () => {
    expect(problemOf(new NotFoundException(), 'GET', '/v2').document.detail).toContain('There is no GET /v2');
  });

  it.each([
    [413, 'too_large'],
    [400, 'bad_request'],
    [415, 'unsupported_media_type'],
  ])("translates the web server's own %i", (statusCode, code) => {
    const { document } = problemOf(Object.assign(new Error('FST internal words'), { statusCode }), 'POST', '/');
    expect(document).toMatchObject({ status: statusCode, type: `urn:workflows:problem:${code}` });
    expect(document.detail).not.toContain('FST');
  });

  it('hides a defect behind an id', () => {
    const { document, defect } = problemOf(new TypeError('x is not a function'), 'GET', '/');
    expect(defect).toBe(true);
    expect(document.status).toBe(500);
    expect(document.detail).toMatch(/under [0-9a-f-]{36}/);
    expect(JSON.stringify(document)).not.toContain('not a function');
  });

  it('names how long to wait after too many attempts', () => {
    expect(problemOf(tooManyAttempts(42), 'GET', '/').headers).toEqual({ 'retry-after': '42' });
  });

  it('says the same of a thing that never was and of one that belongs to another tenant', () => {
    expect(problemOf(notFound('workflow'), 'GET', '/v1/workflows/a').document).toEqual(
      problemOf(notFound('workflow'), 'GET', '/v1/workflows/a').document,
    );
  });
});

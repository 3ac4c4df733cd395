import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../graph/compiled-graph.js';
import { WorkflowError } from '../failure.js';
import { compileProgram, evaluate } from './program.js';
import { typeOfSchema, TIMESTAMP, objectType } from './type.js';

const now = '2026-03-02T02:30:00.000Z';
const scope: Scope = {
  run: { id: 'r', now, startedAt: now, workflow: 'w', version: 1 },
  vars: {
    words: ['b', 'a', 'b'],
    whole: [3, 1, 2],
    decimal: [1.5, 2.5],
    none: [],
    n: 7,
    x: 2.345,
    text: 'Olá,  São Paulo',
    json: '{"a":[1,2]}',
  },
};
const types = {
  events: {},
  roots: {
    run: objectType({ now: TIMESTAMP }),
    vars: typeOfSchema({
      type: 'object',
      properties: {
        words: { type: 'array', items: { type: 'string' } },
        whole: { type: 'array', items: { type: 'integer' } },
        decimal: { type: 'array', items: { type: 'number' } },
        none: { type: 'array', items: { type: 'integer' } },
        n: { type: 'integer' },
        x: { type: 'number' },
        text: { type: 'string' },
        json: { type: 'string' },
      },
    }),
  },
};

const value = (source: string) => evaluate(compileProgram(source, types), scope);

describe('the library', () => {
  it.each([
    ["lower('ÀB')", 'àb'],
    ["upper('straße')", 'STRASSE'],
    ["title('ana MARIA o’neill')", 'Ana Maria O’neill'],
    ['fold(vars.text)', 'ola, sao paulo'],
    ["truncate('a😀bc', 2)", 'a😀'],
    ["truncate('ab', 9)", 'ab'],
    ["replace('a.b.c', '.', '$&')", 'a$&b$&c'],
    ["default('', 'x') + default('y', 'x')", 'xy'],
    ["digits('+55 (11) 9')", '55119'],
    ["urlEncode('a b/é')", 'a%20b%2F%C3%A9'],
    ["sha256('a')", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ["regexMatch('order 42', '[0-9]+')", true],
    ["regexMatch('order', '^[0-9]+$')", false],
    ["regexFind('order 42!', '[0-9]+')", '42'],
    ["regexFind('order', '[0-9]+')", ''],
    ["first(vars.words).orValue('-') + last(vars.words).orValue('-')", 'bb'],
    ['first(vars.none).orValue(0)', 0],
    ['slice(vars.whole, 1, 3)', [1, 2]],
    ['unique(vars.words)', ['b', 'a']],
    ['sum(vars.whole)', 6],
    ['sum(vars.decimal)', 4],
    ['sum(vars.none)', 0],
    ['min(vars.words) + max(vars.words)', 'ab'],
    ['max(vars.whole) - min(vars.whole)', 2],
    ['round(1.005, 2)', 1.01],
    ['round(-2.5, 0)', -3],
    ['round(vars.n, 2)', 7],
    ["formatNumber(1234567.891, 'de-DE')", '1.234.567,891'],
    ["formatMoney(12, 'BRL', 'pt-BR')", 'R$\u00a012,00'],
    ["date(run.now, 'America/Sao_Paulo')", '2026-03-01'],
    ["time(run.now, 'America/Sao_Paulo')", '23:30'],
    ["at('2026-03-03', '09:30', 'America/Sao_Paulo')", '2026-03-03T12:30:00.000Z'],
    ["addDays('2026-02-27', 3)", '2026-03-02'],
    ["addDays('2026-03-01', -1)", '2026-02-28'],
    ["daysBetween('2026-03-01', '2026-04-01')", 31],
    ["formatDate(run.now, 'EEEE d MMMM HH:mm', 'UTC', 'en')", 'Monday 2 March 02:30'],
    ["run.now + iso('PT2H')", '2026-03-02T04:30:00.000Z'],
    ["iso('P1D') + iso('PT1.5S')", 'PT86401.5S'],
    ['toJson(vars.whole)', '[3,1,2]'],
    ['parseJson(vars.json).a[1]', 2],
    ['vars.whole.map(n, n * 2).filter(n, n > 2)', [6, 4]],
    ["vars.words.join('-')", 'b-a-b'],
    ['vars.n / 2', 3],
    ["vars.?gone.orValue('-')", '-'],
    ['cel.bind(n, vars.n, n + n)', 14],
  ])('%s', (source, result) => {
    expect(value(source)).toEqual(result);
  });

  it('springs over the hour that daylight saving time skips', () => {
    expect(value("at('2026-03-29', '02:30', 'Europe/Berlin')")).toBe('2026-03-29T01:30:00.000Z');
  });

  it('S14: does not hang on a pattern that runs away elsewhere', () => {
    expect(value(`regexMatch('${'a'.repeat(60)}!', '^(a+)+$')`)).toBe(false);
  });

  it.each([
    ["date(run.now, 'Mars/Base')", /time zone/],
    ["addDays('tomorrow', 1)", /YYYY-MM-DD/],
    ["iso('P1M')", /duration/],
    ["parseJson('{')", /not JSON/],
    ['min(vars.none)', /empty list/],
    ['vars.whole[9]', /list is shorter/],
    ['1 / 0', /divided by zero/],
    ["int('x')", /whole number/],
    ['vars.gone', /nothing of this name/],
    ['toJson(9007199254740993)', /2\^53/],
  ])('%s fails with expr.failed and a reason', (source, reason) => {
    expect(() => value(source)).toThrow(WorkflowError);
    expect(() => value(source)).toThrow(reason);
  });
});

describe('S14: limits at run time', () => {
  const run = (vars: Scope['vars'] & object, source: string) =>
    evaluate(compileProgram(source, { roots: {}, events: {} }), { vars });

  it('keeps out lists of more than 1000 items and texts of more than 64 KB', () => {
    expect(() => run({ list: Array.from({ length: 1001 }, () => 0) }, 'size(vars.list)')).toThrow(/1001 items/);
    expect(() => run({ text: 'é'.repeat(32_769) }, 'size(vars.text)')).toThrow(/65536 bytes/);
    expect(
      run({ list: Array.from({ length: 1000 }, () => 0), text: 'é'.repeat(32_768) }, 'size(vars.list) + size(vars.text)'),
    ).toBe(33_768);
  });

  it('does not mind what an expression does not read', () => {
    expect(run({ list: Array.from({ length: 5000 }, () => 0), n: 'x' }, 'vars.n')).toBe('x');
  });

  it('keeps a result within 256 KB', () => {
    const text = 'x'.repeat(60_000);
    expect(() => run({ text }, '[vars.text, vars.text, vars.text, vars.text, vars.text]')).toThrow(/larger than/);
  });
});

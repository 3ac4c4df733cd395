import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../json.js';
import { compileText, compileValue, asRender } from './render.js';
import { scanTemplate } from './template.js';

const NO_TYPES = { roots: {}, events: {} };

describe('scanTemplate', () => {
  it.each([
    ['plain text', [{ kind: 'literal', text: 'plain text' }]],
    ['', []],
    ['a } b }} c { d', [{ kind: 'literal', text: 'a } b }} c { d' }]],
    ['{{ a }}', [{ kind: 'expression', source: 'a', start: 3 }]],
    ["{{ '}}' }}", [{ kind: 'expression', source: "'}}'", start: 3 }]],
    ['{{ "\\"}}" }}', [{ kind: 'expression', source: '"\\"}}"', start: 3 }]],
    [
      "{{ r'\\' }}!",
      [
        { kind: 'expression', source: "r'\\'", start: 3 },
        { kind: 'literal', text: '!' },
      ],
    ],
    ["{{ '''it's }}''' }}", [{ kind: 'expression', source: "'''it's }}'''", start: 3 }]],
    ["{{ {'a': {'b': 1}} }}", [{ kind: 'expression', source: "{'a': {'b': 1}}", start: 3 }]],
    ['{{{"a": 1}}}', [{ kind: 'expression', source: '{"a": 1}', start: 2 }]],
    [
      'x{{a}}{{b}}y',
      [
        { kind: 'literal', text: 'x' },
        { kind: 'expression', source: 'a', start: 3 },
        { kind: 'expression', source: 'b', start: 8 },
        { kind: 'literal', text: 'y' },
      ],
    ],
  ])('splits %p', (text, parts) => {
    expect(scanTemplate(text)).toEqual({ parts });
  });

  it.each(['{{', 'a {{ b', "{{ 'open }}", '{{ {1: 2 }}', '{{}}', '{{   }}'])('refuses %p', (text) => {
    expect(scanTemplate(text)).toHaveProperty('error.range');
  });

  it('never throws and gives parts that cover the text', () => {
    const piece = fc.constantFrom('{{', '}}', '{', '}', "'", '"', '\\', 'r', 'a', ' ', '\n', '😀');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const template = scanTemplate(text);
        if ('error' in template) return;
        for (const part of template.parts) {
          if (part.kind === 'expression') expect(text.slice(part.start, part.start + part.source.length)).toBe(part.source);
          else expect(text).toContain(part.text);
        }
      }),
    );
  });
});

describe('rendering', () => {
  it('prints braces that are written as an expression', () => {
    expect(asRender(compileText("a {{ '{{' }} b {{ '}}' }}", NO_TYPES))({})).toBe('a {{ b }}');
  });

  it('gives back every text that is written out as literals and quoted parts', () => {
    const part = fc.record({ text: fc.string({ unit: 'binary', maxLength: 12 }), quoted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const template = parts.map(({ text, quoted }) => (quoted || text.includes('{') ? `{{ ${quote(text)} }}` : text)).join('');
        expect(asRender(compileText(template, NO_TYPES))({})).toBe(parts.map(({ text }) => text).join(''));
      }),
    );
  });

  it('S15: keeps a field that is called like the prototype, and leaves the prototype alone', () => {
    const document: Json = JSON.parse('{"list":[{"__proto__":{"admin":true}}]}');
    const rendered = asRender(compileValue(document, NO_TYPES))({});
    expect(JSON.stringify(rendered)).toBe(JSON.stringify(document));
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  it('gives back every JSON value that holds no expression', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value).replaceAll('{{', '{ {'));
        expect(asRender(compileValue(plain, NO_TYPES))({})).toEqual(plain);
      }),
    );
  });

  it('keeps the type of a whole expression, inside lists and objects too', () => {
    const types = { roots: {}, events: {} };
    const render = asRender(
      compileValue(
        { list: ['{{ vars.n }}', 'n = {{ vars.n }}'], map: "{{ {'a': [1, 2.5, true]} }}", none: '{{ vars.?gone }}' },
        types,
      ),
    );
    expect(render({ vars: { n: 3 } })).toEqual({ list: [3, 'n = 3'], map: { a: [1, 2.5, true] }, none: null });
  });
});

/** A CEL string literal with everything but plain characters as escapes. */
function quote(text: string): string {
  const escaped = Array.from(text).map((character) =>
    /^[A-Za-z0-9 {}]$/.test(character) ? character : `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  );
  return `'${escaped.join('')}'`;
}

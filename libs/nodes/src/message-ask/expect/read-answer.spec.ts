import { describe, expect, it } from '@jest/globals';
import { textOf } from '../../__fixtures__/context.js';
import type { Expect } from './expect.config.js';
import { parseNumber } from './number.js';
import { readAnswer } from './read-answer.js';

const read = (expect: Expect, text: string, locale: string) => readAnswer({ expect, options: [], locale }, [textOf(text)]);

describe('an answer', () => {
  it.each<[Expect, string, string, string | number | undefined]>([
    [{ kind: 'text' }, 'en', 'hello', 'hello'],
    [{ kind: 'text', minLength: 6 }, 'en', 'hello', undefined],
    [{ kind: 'text', maxLength: 4 }, 'en', 'hello', undefined],
    [{ kind: 'text', pattern: '^h.*o$' }, 'en', 'hello', 'hello'],
    [{ kind: 'text', pattern: '^x' }, 'en', 'hello', undefined],
    [{ kind: 'email' }, 'en', ' Lead@Example.COM ', 'lead@example.com'],
    [{ kind: 'email' }, 'en', 'lead@', undefined],
    [{ kind: 'email' }, 'en', 'lead@host', undefined],
    [{ kind: 'email' }, 'en', 'it is lead@example.com', undefined],
    [{ kind: 'number' }, 'en', '1,234.5', 1234.5],
    [{ kind: 'number' }, 'pt-BR', '1.234,5', 1234.5],
    [{ kind: 'number' }, 'en', '12 seats', undefined],
    [{ kind: 'number', integer: true }, 'en', '2.5', undefined],
    [{ kind: 'number', min: 1 }, 'en', '0', undefined],
    [{ kind: 'number', max: 10 }, 'en', '11', undefined],
    [{ kind: 'phone' }, 'en', '+55 11 99999-0000', '+5511999990000'],
    [{ kind: 'phone' }, 'pt-BR', '(11) 99999-0000', '+5511999990000'],
    [{ kind: 'phone', region: 'DE' }, 'en', '030 901820', '+4930901820'],
    [{ kind: 'phone' }, 'en', '12', undefined],
    [{ kind: 'date' }, 'en', '2026-03-31', '2026-03-31'],
    [{ kind: 'date' }, 'en-US', '3/31/2026', '2026-03-31'],
    [{ kind: 'date' }, 'pt-BR', '31/03/2026', '2026-03-31'],
    [{ kind: 'date' }, 'de', '31.3.26', '2026-03-31'],
    [{ kind: 'date' }, 'pt-BR', '31/02/2026', undefined],
    [{ kind: 'date' }, 'en', 'tomorrow', undefined],
    [{ kind: 'date', min: '2026-04-01' }, 'en', '2026-03-31', undefined],
    [{ kind: 'date', max: '2026-03-30' }, 'en', '2026-03-31', undefined],
    [{ kind: 'date' }, 'no such locale', '5/4/2026', '2026-04-05'],
    [{ kind: 'any' }, 'en', '', ''],
    [{ kind: 'location' }, 'en', 'here', undefined],
    [{ kind: 'media' }, 'en', 'a picture', undefined],
  ])('to %j in %s: "%s" is %s', (expected, locale, text, value) => {
    expect(read(expected, text, locale)).toBe(value);
  });

  it('that is a burst is read as one text', () => {
    expect(
      readAnswer({ expect: { kind: 'text' }, options: [], locale: 'en' }, [textOf('20 licences'), textOf('and training')]),
    ).toBe('20 licences\nand training');
  });

  it('that is no text is no text', () => {
    expect(
      readAnswer({ expect: { kind: 'text' }, options: [], locale: 'en' }, [textOf('a caption', { kind: 'media' })]),
    ).toBeUndefined();
  });

  it('chooses the last option that a burst names', () => {
    const options = [
      { id: 'a', title: 'Yes' },
      { id: 'b', title: 'No' },
    ];
    expect(readAnswer({ expect: { kind: 'option' }, options, locale: 'en' }, [textOf('yes'), textOf('eh'), textOf('NO')])).toBe(
      'b',
    );
  });

  it('gives media of the wanted type and size', () => {
    const photo = { mediaId: 'm1', type: 'image', mime: 'image/png', bytes: 900 } as const;
    const messages = [textOf('look', { kind: 'media', media: photo })];
    const media = (expected: Expect) => readAnswer({ expect: expected, options: [], locale: 'en' }, messages);
    expect(media({ kind: 'media', types: ['image'] })).toEqual(photo);
    expect(media({ kind: 'media', types: ['audio'] })).toBeUndefined();
    expect(media({ kind: 'media', maxBytes: 800 })).toBeUndefined();
  });

  it('gives the place that was sent', () => {
    const place = { latitude: 1, longitude: 2, name: 'Home' };
    expect(
      readAnswer({ expect: { kind: 'location' }, options: [], locale: 'en' }, [
        textOf('', { kind: 'location', location: place }),
      ]),
    ).toEqual(place);
  });
});

describe('a number as people write it', () => {
  it.each([
    ['1.234', 'de', 1234],
    ['3.5', 'de', 3.5],
    ['3,5', 'en', 3.5],
    ['1,234', 'en', 1234],
    ["1'234.50", 'de-CH', 1234.5],
    ['1 234,5', 'fr', 1234.5],
    ['1,23,456', 'en-IN', 123456],
    ['-7', 'en', -7],
    ['٢٠', 'ar', 20],
    ['२५', 'hi', 25],
    ['1.2.3', 'en', undefined],
    ['', 'en', undefined],
    ['5', '???', 5],
  ])('"%s" in %s is %s', (text, locale, value) => {
    expect(parseNumber(text, locale)).toBe(value);
  });
});

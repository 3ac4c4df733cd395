/** A part of a text: literal, or an expression between `{{` and `}}`. Offsets are into the whole text. */
export type TemplatePart =
  | { kind: 'literal'; text: string }
  /** `source` without the blanks around it; `start` is its offset. */
  | { kind: 'expression'; source: string; start: number };

export type Template = { parts: TemplatePart[] } | { error: { message: string; range: [number, number] } };

/**
 * Splits a text at its expressions. Quotes and braces inside an expression are understood, so that `}}` in a string or
 * at the end of a map literal does not end it; `{{ '{{' }}` prints braces. `}}` outside of an expression is plain text.
 */
export function scanTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let position = 0;
  for (;;) {
    const open = text.indexOf('{{', position);
    if (open === -1) {
      if (position < text.length) parts.push({ kind: 'literal', text: text.slice(position) });
      return { parts };
    }
    if (open > position) parts.push({ kind: 'literal', text: text.slice(position, open) });
    const close = endOfExpression(text, open + 2);
    if (close === -1) {
      return {
        error: {
          message: 'The expression that begins here with {{ has no closing }}.',
          range: [open, Math.min(open + 2, text.length)],
        },
      };
    }
    const inner = text.slice(open + 2, close);
    const source = inner.trim();
    if (source === '') return { error: { message: 'There is nothing between {{ and }}.', range: [open, close + 2] } };
    parts.push({ kind: 'expression', source, start: open + 2 + inner.indexOf(source) });
    position = close + 2;
  }
}

/** The source of a text that is exactly one expression, such as `{{ vars.seats }}`; undefined for any other. */
export function wholeExpression(parts: TemplatePart[]): (TemplatePart & { kind: 'expression' }) | undefined {
  const [first, second] = parts;
  return first?.kind === 'expression' && second === undefined ? first : undefined;
}

/** Offset of the `}}` that ends the expression, or -1. */
function endOfExpression(text: string, start: number): number {
  let depth = 0;
  for (let position = start; position < text.length; position += 1) {
    const character = text[position];
    if (character === '"' || character === "'") {
      position = endOfString(text, position);
      if (position === -1) return -1;
    } else if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth > 0) depth -= 1;
      else if (text[position + 1] === '}') return position;
    }
  }
  return -1;
}

/** Offset of the quote that ends a string, triple quotes and raw strings included; -1 when it stays open. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? '';
  const triple = quote.repeat(3);
  const delimiter = text.startsWith(triple, start) ? triple : quote;
  const raw = isRawPrefix(text, start);
  for (let position = start + delimiter.length; position < text.length; position += 1) {
    if (text[position] === '\\' && !raw) position += 1;
    else if (text.startsWith(delimiter, position)) return position + delimiter.length - 1;
  }
  return -1;
}

/** `r'...'` and `br'...'`, but not the end of a name such as `number'`. */
function isRawPrefix(text: string, quote: number): boolean {
  const before = /(^|[^A-Za-z0-9_])([rRbB]{1,2})$/.exec(text.slice(Math.max(0, quote - 3), quote));
  return before !== null && /[rR]/.test(before[2] ?? '');
}

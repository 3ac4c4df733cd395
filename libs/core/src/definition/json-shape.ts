/** Deepest nesting of a JSON text from outside: far beyond any document, far below what exhausts the stack of a reader. */
const DEEPEST = 100;

/** Most values and names in one text: what 3 MB of honest data stay below. */
const MOST_VALUES = 250_000;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Looks over a JSON text before anybody parses it: too deep or too many values, in words that say the limit, or null.
 * Reads each character once and builds nothing, so that a hostile text costs its length and no more. Whether it is JSON
 * at all is for the parser to say.
 */
export function jsonShapeProblem(text: string): string | null {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(text, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        if (depth > DEEPEST) return `it is nested deeper than ${DEEPEST} levels`;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
      case COLON:
        values += 1;
        if (values > MOST_VALUES) return `it has more than ${MOST_VALUES} values`;
        break;
      default:
    }
  }
  return null;
}

/** Where the text that begins at `start` ends; the end of everything when it does not. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

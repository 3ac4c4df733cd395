/** Something wrong with an expression, at offsets into its source. */
export interface Finding {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  hint?: string;
  range: [number, number];
}

export function finding(code: string, range: [number, number], message: string, hint?: string): Finding {
  return { code, severity: 'error', message, range, ...(hint === undefined ? {} : { hint }) };
}

export function rangeOf(node: { start: number; end: number }): [number, number] {
  return [node.start, node.end];
}

import type { Render, Scope } from '../graph/compiled-graph.js';
import { type Json, type JsonObject, setField } from '../json.js';
import { textOf } from './convert.js';
import { compileProgram, evaluate, type ScopeTypes } from './program.js';
import { scanTemplate, wholeExpression, type TemplatePart } from './template.js';

/** Something that is either the same for every scope, or has to be rendered. */
export type Rendering<T extends Json = Json> = { constant: T } | { render: Render<T> };

export const isConstant = <T extends Json>(rendering: Rendering<T>): rendering is { constant: T } => 'constant' in rendering;

export function asRender<T extends Json>(rendering: Rendering<T>): Render<T> {
  if (!isConstant(rendering)) return rendering.render;
  const { constant } = rendering;
  return () => constant;
}

/** A field of kind `text`: a string whose `{{ }}` parts are printed. */
export function compileText(text: string, types: ScopeTypes): Rendering<string> {
  const parts = partsOf(text);
  if (parts.every((part) => part.kind === 'literal')) return { constant: parts.map((part) => part.text).join('') };
  const printers = parts.map((part): ((scope: Scope) => string) => {
    if (part.kind === 'literal') return () => part.text;
    const program = compileProgram(part.source, types);
    return (scope) => textOf(program.run(scope));
  });
  return {
    render: (scope) => {
      let rendered = '';
      for (const print of printers) rendered += print(scope);
      return rendered;
    },
  };
}

/** A field of kind `value`: JSON whose strings may hold `{{ }}`; a string that is one expression keeps its type. */
export function compileValue(value: Json, types: ScopeTypes): Rendering {
  if (typeof value === 'string') {
    const whole = wholeExpression(partsOf(value));
    if (!whole) return compileText(value, types);
    const program = compileProgram(whole.source, types);
    return { render: (scope) => evaluate(program, scope) };
  }
  if (Array.isArray(value)) return listRendering(value.map((item) => compileValue(item, types)));
  if (typeof value === 'object' && value !== null) {
    return objectRendering(Object.entries(value).map(([key, item]) => [key, compileValue(item, types)]));
  }
  return { constant: value };
}

export function listRendering(items: Rendering[]): Rendering {
  if (items.every(isConstant)) return { constant: items.map((item) => item.constant) };
  const renders = items.map(asRender);
  return { render: (scope) => renders.map((render) => render(scope)) };
}

/** What is constant is copied, not computed again. */
export function objectRendering(entries: Array<[string, Rendering]>): Rendering {
  const constants: JsonObject = {};
  const renders: Array<[string, Render]> = [];
  for (const [key, rendering] of entries) {
    if (isConstant(rendering)) setField(constants, key, rendering.constant);
    else renders.push([key, rendering.render]);
  }
  if (renders.length === 0) return { constant: constants };
  return {
    render: (scope) => {
      const rendered: JsonObject = { ...constants };
      for (const [key, render] of renders) setField(rendered, key, render(scope));
      return rendered;
    },
  };
}

function partsOf(text: string): TemplatePart[] {
  // Most texts of a document hold no expression at all.
  if (!text.includes('{{')) return [{ kind: 'literal', text }];
  const template = scanTemplate(text);
  if ('error' in template) throw new Error(template.error.message);
  return template.parts;
}

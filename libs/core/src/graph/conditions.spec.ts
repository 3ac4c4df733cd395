import { describe, expect, it } from '@jest/globals';
import type { ASTNode } from '@marcbachmann/cel-js';
import { checkSyntax } from '../expression/syntax.js';
import { decide, openMinutes } from './conditions.js';

function ast(source: string): ASTNode {
  const { ast: parsed } = checkSyntax(source);
  if (!parsed) throw new Error(`${source} cannot be read`);
  return parsed;
}

const known = new Map([
  ['event.trigger', 'hook'],
  ['conversation.channel', 'whatsapp'],
]);

describe('what a condition is for runs of one origin', () => {
  it.each([
    ["event.trigger == 'hook'", true],
    ["'hook' == event.trigger", true],
    ["event.trigger != 'hook'", false],
    ["event.trigger in ['api', 'hook']", true],
    ["event['trigger'] == 'api'", false],
    ["!(conversation.channel == 'whatsapp')", false],
    ["event.trigger == 'hook' && vars.x", undefined],
    ["event.trigger == 'api' && vars.x", false],
    ["event.trigger == 'hook' || vars.x", true],
    ["event.trigger == 'hook' && conversation.channel == 'whatsapp'", true],
    ['event.trigger == vars.x', undefined],
    ["vars.x == 'hook'", undefined],
    ['true', true],
  ])('%s', (source, expected) => {
    expect(decide(ast(source), known)).toBe(expected);
  });
});

describe('the minutes that a window is surely open', () => {
  it.each([
    ['conversation.windowMinutes >= 60', 60, 0],
    ['conversation.windowMinutes > 60', 61, 0],
    ['60 <= conversation.windowMinutes', 60, 0],
    ['conversation.windowMinutes < 60', 0, 60],
    ['conversation.windowMinutes <= 60', 0, 61],
    ['conversation.windowMinutes == 0', 0, 1],
    ['conversation.windowMinutes != 0', 1, 0],
    ['!(conversation.windowMinutes < 5)', 5, 0],
    ['conversation.windowMinutes >= 5 && vars.x', 5, 0],
    ['conversation.windowMinutes >= 5 || vars.x', 0, 0],
    ['conversation.windowMinutes < 5 || vars.x', 0, 5],
    ['conversation.windowMinutes >= 5 && conversation.windowMinutes >= 9', 9, 0],
    ['conversation.windowMinutes >= 5 || conversation.windowMinutes >= 9', 5, 0],
    ['conversation.windowMinutes >= -5', 0, 0],
    ['vars.windowMinutes >= 5', 0, 0],
  ])('%s', (source, whenTrue, whenFalse) => {
    expect([openMinutes(ast(source), true), openMinutes(ast(source), false)]).toEqual([whenTrue, whenFalse]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { inboundLine, outboundLine, type TranscriptLine, transcriptText, withLine } from './transcript.js';

const all = (texts: string[]): TranscriptLine[] =>
  texts.reduce<TranscriptLine[]>((lines, text) => withLine(lines, { from: 'contact', text }), []);

describe('a transcript', () => {
  it('holds the last 30 messages', () => {
    const lines = all(Array.from({ length: 40 }, (_, index) => String(index)));
    expect([lines.length, lines[0]?.text, lines.at(-1)?.text]).toEqual([30, '10', '39']);
  });

  it('holds at most 8 KB, the latest messages', () => {
    const lines = all(Array.from({ length: 20 }, (_, index) => `${index} ${'é'.repeat(500)}`));
    expect(Buffer.byteLength(transcriptText(lines))).toBeLessThanOrEqual(8192);
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.at(-1)?.text).toMatch(/^19 /);
  });

  it('shortens a message that would push out all others, at a whole character', () => {
    const lines = all(['before', '😀'.repeat(5000)]);
    expect(lines.map(({ text }) => text.slice(0, 6))).toEqual(['before', '😀😀😀']);
    expect(lines.at(-1)?.text).toMatch(/^(?:😀)+\.\.\.$/u);
  });

  it('says in words what is no text', () => {
    const at = '2026-03-02T17:00:00.000Z';
    const media = { mediaId: '1', type: 'image', mime: 'image/png' } as const;
    expect(inboundLine({ id: '1', at, kind: 'media', text: 'my roof', media }).text).toBe('[image] my roof');
    expect(inboundLine({ id: '1', at, kind: 'location', text: '', location: { latitude: 1, longitude: 2 } }).text).toBe(
      '[location]',
    );
    expect(inboundLine({ id: '1', at, kind: 'option', text: 'Repair', option: { id: 'r', title: 'Repair' } }).text).toBe(
      'Repair',
    );
    expect(
      outboundLine({ type: 'template', name: 'ready', language: 'en', category: 'utility', params: { order: '77' } }).text,
    ).toBe('[template ready: 77]');
  });
});

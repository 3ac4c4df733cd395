import { describe, expect, it } from '@jest/globals';
import { JsonLogger } from './json-logger.js';
import { redact } from './redaction.js';

function captured(log: (logger: JsonLogger) => void): string {
  let text = '';
  log(new JsonLogger('info', { write: (line) => (text += line) }));
  return text;
}

describe('JsonLogger', () => {
  it('writes one JSON object per line with the name of the logger', () => {
    const line = captured((logger) => logger.log('listening', 'Application'));
    expect(JSON.parse(line)).toMatchObject({ level: 30, msg: 'listening', context: 'Application' });
  });

  it('S17: lets no canary through, wherever it stands', () => {
    const text = captured((logger) => {
      logger.log('GET /v1/x?access_token=canary');
      logger.log({ msg: 'call', headers: { authorization: 'Bearer canary', 'x-api-token': 'canary' } });
      logger.error(Object.assign(new Error('https://h/p?q=canary refused Bearer canary'), { config: { secret: 'canary' } }));
      logger.warn('wrapped', new Error('outer', { cause: new Error('token=canary') }), 'Test');
    });
    expect(text).not.toContain('canary');
    expect(text.trim().split('\n')).toHaveLength(4);
  });

  it('is quiet below its level', () => {
    expect(captured((logger) => logger.debug('details'))).toBe('');
  });
});

describe('redact', () => {
  it.each([
    ['from +5511987654321', 'from [number]'],
    ['wa_id 15550783881 wrote', 'wa_id [number] wrote'],
    ['key wf_abcdefghij_c2VjcmV0LXNlY3JldA refused', 'key wf_[redacted] refused'],
    ['postgres://engine:pass@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['https://a.example/path?x=1 failed', 'https://a.example/path?[redacted] failed'],
    ['run 0193a1f2-7c1e-7000-8000-123456789012 ended', 'run 0193a1f2-7c1e-7000-8000-123456789012 ended'],
  ])('turns "%s" into "%s"', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

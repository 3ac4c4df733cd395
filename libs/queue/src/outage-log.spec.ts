import { describe, expect, it } from '@jest/globals';
import { OutageLog } from './outage-log.js';

describe('OutageLog', () => {
  it('says once that the queue fails, reminds after ten seconds, and says when it is back', () => {
    const lines: string[] = [];
    let now = 0;
    const log = new OutageLog({ warn: (line) => lines.push(line), log: (line) => lines.push(line) }, () => now);
    log.failed(new Error('connect ECONNREFUSED'));
    log.failed(new Error('connect ECONNREFUSED'));
    now = 10_000;
    log.failed(new Error('connect ECONNREFUSED'));
    log.recovered();
    log.recovered();
    expect(lines.map((line) => line.slice(0, 40))).toEqual([
      'The queue fails: connect ECONNREFUSED. N',
      'The queue fails: connect ECONNREFUSED. N',
      'The queue answers again.',
    ]);
  });

  it('names the reasons inside an error that holds several', () => {
    const lines: string[] = [];
    const log = new OutageLog({ warn: (line) => lines.push(line), log: (line) => lines.push(line) });
    log.failed(new AggregateError([new Error('refused on IPv6'), new Error('refused on IPv4')], ''));
    expect(lines[0]).toContain('refused on IPv6; refused on IPv4');
  });
});

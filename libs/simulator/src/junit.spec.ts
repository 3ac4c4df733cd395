import { describe, expect, it } from '@jest/globals';
import { DESK, playAll } from './__fixtures__/desk.js';
import { junitXml } from './junit.js';
import { runTests } from './run-tests.js';

describe('junitXml', () => {
  it('has a test case for each test, and the difference of those that failed', async () => {
    const report = await playAll([{ script: [{ in: 'help' }] }, { script: [{ in: 'help' }, { out: 'a < "b" & c' }] }]);
    expect(junitXml(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
  <testsuite name="desk" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="desk" name="test 0" time="0"/>
    <testcase classname="desk" name="test 1" time="0">
      <failure type="test.failed" message="The next message, from 'ask_topic', says something else.">/tests/1/script/1/out  The next message, from 'ask_topic', says something else. [test.failed]&#10;  expected  &quot;a &lt; \\&quot;b\\&quot; &amp; c&quot;&#10;  got       &quot;Hello , what is it about?&quot;</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('fails as a whole when the document does not compile', async () => {
    expect(junitXml(await runTests({ ...DESK, start: 'nowhere' }))).toContain(
      '<testcase classname="desk" name="the document" time="0">',
    );
  });
});

import { describe, it } from '@jest/globals';
import { hasRedis } from '@workflows/testing';
import { crashPointSuite } from '../support/crash-point-suite.js';

if (hasRedis()) crashPointSuite('redis');
else
  describe('crash points with the doorbell on redis', () =>
    it.skip('need redis-server, which is not installed here', () => undefined));

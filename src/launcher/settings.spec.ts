import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { requireFreePort } from './port-check.js';
import { launcherSettings } from './settings.js';

describe('launcherSettings', () => {
  it('needs nothing', () => {
    expect(launcherSettings({})).toMatchObject({ port: 3000, emulatorPort: 3900, crmPort: 3901, databaseUrl: null });
  });

  it('names everything that is wrong at once', () => {
    expect(() => launcherSettings({ PORT: 'http', EMULATOR_PORT: '70000' })).toThrow(
      /PORT is no port[^]*EMULATOR_PORT is no port/,
    );
  });

  it('refuses one port for two programs', () => {
    expect(() => launcherSettings({ PORT: '3900' })).toThrow('must differ');
  });
});

describe('requireFreePort', () => {
  it('says which variable moves us away from a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(requireFreePort(port, 'PORT')).rejects.toThrow(new RegExp(`Port ${port} is taken[^]*PORT=\\d+ npm start`));
    other.close();
    await requireFreePort(port, 'PORT');
  });
});

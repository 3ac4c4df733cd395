import { once } from 'node:events';
import { createServer } from 'node:net';

/** Rejects when somebody listens on the port already, and says which variable moves ours. */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch {
    const other = port < 65_000 ? port + 100 : port - 100;
    throw new Error(
      `Port ${port} is taken. Stop what listens there (is another npm start running?), or choose another: ${variable}=${other} npm start`,
    );
  }
  probe.close();
  await once(probe, 'close');
}

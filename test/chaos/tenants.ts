import type { EmulatorClient } from '@workflows/emulator';
import { RestClient } from '../support/rest-client.js';
import { orderWorkflow } from './order.workflow.js';

export const OPERATOR_KEY = 'operator-key-of-the-chaos-suite';
export const APP_SECRET = 'app-secret-of-the-chaos-suite';
export const VERIFY_TOKEN = 'verify-token';
const ACCESS_TOKEN = 'access-token';

export interface ChaosTenant {
  id: string;
  connectionId: string;
  /** Its number at the emulator. */
  number: string;
}

/** Two tenants, so that what leaks from one to the other shows; each with a number and the workflow. */
export async function makeTenants(url: string, emulator: EmulatorClient, deskUrl: string): Promise<ChaosTenant[]> {
  const tenants: ChaosTenant[] = [];
  for (const number of ['106540352242001', '106540352242002']) {
    const operator = new RestClient(url, OPERATOR_KEY);
    const { id } = await operator.post<{ id: string }>('/v1/tenants', { slug: `tenant-${number}`, name: 'Tenant' });
    const scopes = ['read', 'write', 'admin'];
    const { key } = await operator.post<{ key: string }>(`/v1/tenants/${id}/api-keys`, { name: 'chaos', scopes });
    const rest = new RestClient(url, key);
    const connection = await rest.post<{ id: string }>('/v1/connections', {
      channel: 'whatsapp',
      name: 'main',
      account: number,
      secrets: { accessToken: ACCESS_TOKEN },
    });
    await rest.put('/v1/workflows/order', orderWorkflow(deskUrl));
    await rest.post('/v1/workflows/order/publish', {});
    await emulator.registerNumber(number, {
      accessToken: ACCESS_TOKEN,
      appSecret: APP_SECRET,
      verifyToken: VERIFY_TOKEN,
      callbackUrl: `${url}/webhooks/whatsapp`,
    });
    tenants.push({ id, connectionId: connection.id, number });
  }
  return tenants;
}

export { EmulatorClient } from './client.js';
export type { CustomerMessageRequest, LedgerQuery, NumberRequest, TemplateRequest } from './control/requests.js';
export { EmulatorServer } from './emulator-server.js';
export type { Fault, FaultKind, FaultRequest } from './faults.js';
export { mulberry32 } from './mulberry32.js';
export type {
  BusinessNumber,
  Customer,
  DeliveryState,
  LedgerEntry,
  MessageTemplate,
  ReadMark,
  Tappable,
  WebhookDelivery,
} from './records.js';

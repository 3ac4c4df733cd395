import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Emulation } from '../emulation.js';
import type { BusinessNumber } from '../records.js';
import { handshakeProblem } from '../webhooks/handshake.js';
import { bodyOf, check } from './control-body.js';
import { ControlError } from './control-error.js';
import { playCustomer } from './customer.js';
import {
  clockRequest,
  customerMessageRequest,
  faultRequest,
  idleQuery,
  ledgerQuery,
  numberRequest,
  resetRequest,
  templateRequest,
} from './requests.js';

const IDLE_POLL_MS = 10;

/** Everything that Meta has no door for: setting up, playing customers, looking at what was sent, breaking things. */
export function controlRoutes(app: FastifyInstance, emulation: Emulation): void {
  const { clock, courier, faults, ledger, world } = emulation;

  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof ControlError ? error.status : 500;
    return reply.status(status).send({ error: error instanceof Error ? error.message : 'unknown' });
  });

  app.put<{ Params: { id: string }; Body: Buffer }>('/numbers/:id', async (request) => {
    const { skipHandshake, ...fields } = bodyOf(numberRequest, request.body);
    const number: BusinessNumber = { phoneNumberId: request.params.id, ...fields };
    const problem = skipHandshake ? null : await handshakeProblem(number);
    if (problem !== null) throw new ControlError(422, problem);
    world.numbers.set(number.phoneNumberId, number);
    return number;
  });
  app.get('/numbers', () => [...world.numbers.values()]);

  app.put<{ Body: Buffer }>('/templates', (request) => {
    const template = bodyOf(templateRequest, request.body);
    world.addTemplate(template);
    return template;
  });
  app.get('/templates', () => world.listTemplates());

  app.post<{ Params: { waId: string }; Body: Buffer }>('/contacts/:waId/messages', (request) => {
    const { waId } = request.params;
    if (!/^\d{5,15}$/.test(waId))
      throw new ControlError(400, 'wa_id must be a phone number in digits, country code first, without +.');
    return playCustomer(emulation, waId, bodyOf(customerMessageRequest, request.body));
  });

  app.get('/messages', async (request) => {
    const { waitMs, ...filter } = check(ledgerQuery, request.query);
    return ledger.follow(filter, waitMs);
  });
  app.get('/reads', () => ledger.reads);

  app.get('/clock', () => ({ now: clock.now().toISOString() }));
  app.post<{ Body: Buffer }>('/clock', (request) => {
    clock.advance(bodyOf(clockRequest, request.body).advanceMs);
    return { now: clock.now().toISOString() };
  });

  app.get('/faults', () => faults.list());
  app.post<{ Body: Buffer }>('/faults', (request) => faults.add(bodyOf(faultRequest, request.body)));
  app.delete('/faults', () => {
    faults.clear();
    return [];
  });

  app.get('/webhooks', () => courier.list());
  app.get('/idle', async (request) => {
    const until = performance.now() + check(idleQuery, request.query).waitMs;
    while (emulation.pending() > 0 && performance.now() < until) await pause(IDLE_POLL_MS);
    return { pending: emulation.pending() };
  });

  app.post<{ Body: Buffer }>('/reset', (request) => {
    emulation.reset(bodyOf(resetRequest, request.body).keepNumbers);
    return {};
  });
}

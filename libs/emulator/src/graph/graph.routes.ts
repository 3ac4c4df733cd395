import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Emulation } from '../emulation.js';
import type { BusinessNumber, LedgerEntry } from '../records.js';
import { sendFromInstagram } from '../instagram/instagram.routes.js';
import { GraphError, replyWithError } from './graph-error.js';
import { jsonOf } from './json-body.js';
import { acceptMessage, markRead } from './send.js';
import { readGraphRequest } from './send-request.js';
import { readUpload } from './upload.js';
import { withFaults } from './with-faults.js';

interface Target {
  version: string;
  id: string;
}

/** The Graph API as far as messaging needs it. */
export function graphRoutes(app: FastifyInstance, emulation: Emulation): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof GraphError) return replyWithError(reply, error);
    return replyWithError(reply, new GraphError(131000, 'The emulator has a defect; see its standard error'));
  });

  app.post<{ Params: Target; Body: Buffer }>('/:version/:id/messages', (request, reply) => {
    const account = emulation.instagram.authorised(request);
    return account === null
      ? sendFromNumber(emulation, request, reply)
      : sendFromInstagram(emulation, account, jsonOf(request.body), reply);
  });

  app.post<{ Params: Target; Body: Buffer }>('/:version/:id/media', async (request) => {
    authorised(emulation, request);
    return { id: emulation.world.addMedia(await readUpload(request.body, request.headers['content-type'] ?? '')).id };
  });
}

async function sendFromNumber(
  emulation: Emulation,
  request: FastifyRequest<{ Params: Target; Body: Buffer }>,
  reply: FastifyReply,
): Promise<unknown> {
  const number = authorised(emulation, request);
  const body = jsonOf(request.body);
  const read = readGraphRequest(body);
  if (read.kind === 'read') {
    markRead(emulation, number, read.mark);
    return { success: true };
  }
  return withFaults(emulation, number.phoneNumberId, reply, () => {
    const entry = acceptMessage(emulation, number, read.envelope, read.content, body);
    return accepted(emulation, entry, read.envelope.to ?? read.envelope.recipient ?? '');
  });
}

/** Numbers are asked for before tokens, as Meta does: an unknown number is told from a wrong token. */
function authorised(emulation: Emulation, request: FastifyRequest<{ Params: Target }>): BusinessNumber {
  const { version, id } = request.params;
  const number = emulation.world.numbers.get(id);
  if (!/^v\d+\.\d+$/.test(version) || number === undefined) {
    throw new GraphError(100, `Unsupported post request. Object with ID '${id}' does not exist`, { status: 404, subcode: 33 });
  }
  if (request.headers.authorization !== `Bearer ${number.accessToken}`)
    throw new GraphError(190, 'The access token could not be decrypted');
  return number;
}

function accepted({ world }: Emulation, entry: LedgerEntry, input: string): unknown {
  const customer = entry.waId === null ? null : world.customer(entry.waId);
  return {
    messaging_product: 'whatsapp',
    contacts: [
      {
        input,
        ...(customer === null || customer.hidesPhone ? {} : { wa_id: customer.waId }),
        ...(customer === null ? {} : { user_id: customer.userId }),
      },
    ],
    messages: [{ id: entry.messageId, message_status: 'accepted' }],
  };
}

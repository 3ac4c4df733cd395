import type { FastifyReply } from 'fastify';

/** A refusal in the form of the Graph API. */
export class GraphError extends Error {
  readonly status: number;

  constructor(
    readonly code: number,
    readonly details: string,
    options: { status?: number; subcode?: number } = {},
  ) {
    super(TITLES.get(code)?.title ?? 'An error occurred');
    this.status = options.status ?? TITLES.get(code)?.status ?? 400;
    this.subcode = options.subcode;
  }

  readonly subcode: number | undefined;
}

/** HTTP status and title by code. The statuses are as inconsistent as Meta's. */
const TITLES = new Map<number, { status: number; title: string }>([
  [0, { status: 401, title: 'AuthException' }],
  [1, { status: 400, title: 'API Unknown' }],
  [2, { status: 503, title: 'API Service' }],
  [3, { status: 500, title: 'API Method' }],
  [4, { status: 400, title: 'API Too Many Calls' }],
  [10, { status: 403, title: 'Permission Denied' }],
  [100, { status: 400, title: 'Invalid parameter' }],
  [190, { status: 401, title: 'Invalid OAuth access token' }],
  [80007, { status: 400, title: 'Rate limit issues' }],
  [130429, { status: 400, title: 'Rate limit hit' }],
  [131000, { status: 500, title: 'Something went wrong' }],
  [131005, { status: 403, title: 'Access denied' }],
  [131008, { status: 400, title: 'Required parameter is missing' }],
  [131009, { status: 400, title: 'Parameter value is not valid' }],
  [131016, { status: 500, title: 'Service unavailable' }],
  [131026, { status: 400, title: 'Message undeliverable' }],
  [131031, { status: 403, title: 'Account has been locked' }],
  [131045, { status: 500, title: 'Incorrect certificate' }],
  [131047, { status: 400, title: 'Re-engagement message' }],
  [131048, { status: 400, title: 'Spam rate limit hit' }],
  [131049, { status: 400, title: 'Meta chose not to deliver' }],
  [131050, { status: 400, title: 'User has stopped marketing messages' }],
  [131051, { status: 400, title: 'Unsupported message type' }],
  [131056, { status: 400, title: '(Business Account, Consumer Account) pair rate limit hit' }],
  [131057, { status: 500, title: 'Account in maintenance mode' }],
  [131062, { status: 400, title: 'Recipient is a business-scoped user id' }],
  [132000, { status: 400, title: 'Template Param Count Mismatch' }],
  [132001, { status: 404, title: 'Template does not exist' }],
  [132012, { status: 400, title: 'Template Parameter Format Mismatch' }],
  [133000, { status: 500, title: 'Deregistration incomplete' }],
  [133004, { status: 503, title: 'Server temporarily unavailable' }],
]);

export function replyWithError(reply: FastifyReply, error: GraphError): FastifyReply {
  return reply.status(error.status).send({
    error: {
      message: `(#${error.code}) ${error.message}`,
      type: error.code === 190 || error.code === 100 ? 'OAuthException' : 'GraphMethodException',
      code: error.code,
      ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
      error_data: { messaging_product: 'whatsapp', details: error.details },
      fbtrace_id: 'Aemulated00000000000000',
    },
  });
}

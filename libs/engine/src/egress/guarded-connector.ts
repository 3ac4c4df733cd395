import { buildConnector } from 'undici';
import { BlockedDestination, isPublic, type AddressGuard } from './address-guard.js';

/** Connects to public addresses only, and to the private places that the operator has opened. */
export function guardedConnector(guard: AddressGuard): buildConnector.connector {
  const open = buildConnector({});
  const guarded = buildConnector({ lookup: guard.lookup });
  return (options, callback) => {
    const port = options.port === '' ? (options.protocol === 'https:' ? 443 : 80) : Number(options.port);
    if (guard.isAllowed(options.hostname, port)) return open(options, callback);
    return guarded(options, (error, socket) => {
      if (error) return callback(error, null);
      // The last word has the address that the kernel really connected to.
      if (isPublic(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      return callback(new BlockedDestination('the address is not a public one'), null);
    });
  };
}

/**
 * `npm run chaos -- --fault worker-killed --seconds 60 --seed 7`: runs the product as a deployment does, breaks it on
 * purpose while customers write, and checks what must hold when all has come to rest (docs/protocol.md). `--help` lists
 * the faults.
 */
import { prepare, root } from './lib/prepare.mjs';

await prepare(console.error);
const { main } = await import(`${root}dist/test/chaos/main.js`);
await main(process.argv.slice(2)).catch((error) => {
  console.error(`\n${error.message}`);
  process.exit(1);
});

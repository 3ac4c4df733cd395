import { prepare, root } from './lib/prepare.mjs';

// An image is built already, and has no compiler.
if (!process.argv.includes('--built')) await prepare(console.error);
const { main } = await import(`${root}dist/launcher/migrate.main.js`);
await main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

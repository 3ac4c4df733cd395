import { prepare, root } from './lib/prepare.mjs';

await prepare(console.error);
const { main } = await import(`${root}dist/launcher/demo.main.js`);
await main().catch((error) => {
  console.error(`\n${error.message}`);
  process.exit(1);
});

import { prepare, root } from './lib/prepare.mjs';

await prepare(console.error);
await import(`${root}dist/bench/main.js`).catch((error) => {
  console.error(`\n${error.message}`);
  process.exit(1);
});

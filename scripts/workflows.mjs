#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { prepare, root } from './lib/prepare.mjs';

// An image has no sources: what it has is built.
if (existsSync(`${root}src`)) await prepare(console.error);
const { main } = await import(`${root}dist/cli/main.js`);
process.exitCode = await main(process.argv.slice(2));

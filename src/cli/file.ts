import { readFile, writeFile } from 'node:fs/promises';
import type { JsonObject } from '@workflows/core';
import { z } from 'zod';
import { CommandFailed } from './command-failed.js';

const jsonObject = z.record(z.string(), z.json());

/** A JSON object from a file; `-` is stdin. */
export async function readJson(path: string): Promise<JsonObject> {
  const text = path === '-' ? await readStdin() : await readFile(path, 'utf8').catch((error: unknown) => unreadable(path, error));
  return jsonObjectOf(text, path === '-' ? 'stdin' : path);
}

/** A JSON object from text that came from `where`. */
export function jsonObjectOf(text: string, where: string): JsonObject {
  const parsed = jsonObject.safeParse(parse(text, where));
  if (parsed.success) return parsed.data;
  throw new CommandFailed(2, `${where} holds no JSON object. Write one, in { and }.`);
}

export async function writeText(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => unreadable(path, error));
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(2, `${where} is no JSON: ${reason}`);
  }
}

function unreadable(path: string, error: unknown): never {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  throw new CommandFailed(2, `${path} cannot be opened (${code}). Check the path and its permissions.`);
}

async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

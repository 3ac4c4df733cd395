import type { ModelEffect } from '@workflows/core';
import type { ModelProfileRecord } from '@workflows/storage';
import { USUAL_OUTPUT_TOKENS } from './chat-request.js';

export interface Tokens {
  input: number;
  output: number;
}

/** The most that a call may take. No token of any provider is shorter than a byte, but few are shorter than three. */
export function mostTokens({ maxOutputTokens }: ModelEffect, body: string): Tokens {
  return { input: Math.ceil(Buffer.byteLength(body) / 3), output: maxOutputTokens ?? USUAL_OUTPUT_TOKENS };
}

/** In US dollars; null when the profile has no prices. What the demo provider says is free unless it is given a price. */
export function priceOf(
  { provider, settings }: Pick<ModelProfileRecord, 'provider' | 'settings'>,
  tokens: Tokens,
): number | null {
  const free = provider === 'demo' ? 0 : undefined;
  const { inputUsdPerMillion = free, outputUsdPerMillion = free } = settings;
  if (inputUsdPerMillion === undefined || outputUsdPerMillion === undefined) return null;
  const usd = (tokens.input * inputUsdPerMillion + tokens.output * outputUsdPerMillion) / 1_000_000;
  return Math.round(usd * 1e9) / 1e9;
}

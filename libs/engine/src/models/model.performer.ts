import { Injectable } from '@nestjs/common';
import type { EffectResult, Failure, ModelAnswerData, ModelEffect } from '@workflows/core';
import { type EgressCredential, EgressClient, type EgressResult } from '@workflows/ports';
import { type ModelProfileRecord, ModelStore } from '@workflows/storage';
import { Credentials } from '../credentials/credentials.js';
import { failureOfCall } from './call-failure.js';
import { readChatAnswer } from './chat-answer.js';
import { chatRequest } from './chat-request.js';
import { mostTokens, priceOf, type Tokens } from './cost.js';

/** The effect that asks for a call: its money is set aside under this name. */
export interface ModelCaller {
  tenantId: string;
  executionId: string;
  seq: number;
}

/** A longer answer is no answer to anybody, and would fill histories. */
const MOST_BYTES = 256 * 1024;

/**
 * Calls a model once for an effect, and its fallbacks where its provider is away. Money is set aside before each call
 * and counted after it. Whether a failure is tried again is decided by the node and the machine, which can wait without
 * holding a worker.
 */
@Injectable()
export class ModelPerformer {
  constructor(
    private readonly models: ModelStore,
    private readonly credentials: Credentials,
    private readonly egress: EgressClient,
  ) {}

  /** `signal`: breaks the call off, because its run has been cancelled. */
  async perform(effect: ModelEffect, caller: ModelCaller, signal: AbortSignal): Promise<EffectResult> {
    const first = await this.models.get(caller.tenantId, effect.profile);
    if (first === null) return failed(missing(effect.profile));
    let result = await this.call(first, effect, caller, signal);
    for (const name of first.settings.fallbacks ?? []) {
      if (result.outcome === 'done' || !isAway(result.failure) || signal.aborted) return result;
      const fallback = await this.models.get(caller.tenantId, name);
      if (fallback !== null) result = await this.call(fallback, effect, caller, signal);
    }
    return result;
  }

  private async call(
    profile: ModelProfileRecord,
    effect: ModelEffect,
    { tenantId, executionId, seq }: ModelCaller,
    signal: AbortSignal,
  ): Promise<EffectResult> {
    const opened = await this.credentials.open(tenantId, profile.settings.credential);
    if ('failure' in opened) return failed(opened.failure);
    const body = chatRequest(effect, profile.settings);
    const most = mostTokens(effect, body);
    const key = `${executionId}.${seq}`;
    const { outcome } = await this.models.reserve(tenantId, key, priceOf(profile, most));
    if (outcome !== 'reserved') return failed(overBudget(profile.name, outcome));
    const begun = performance.now();
    const answer = await this.post(profile, effect, body, opened.credential, signal);
    const { result, tokens } = resultOf(profile, answer, most, Math.round(performance.now() - begun));
    await this.models.settle(tenantId, {
      key,
      profile: profile.name,
      calls: tokens === null ? 0 : 1,
      inputTokens: tokens?.input ?? 0,
      outputTokens: tokens?.output ?? 0,
      costUsd: tokens === null ? 0 : (priceOf(profile, tokens) ?? 0),
    });
    return result;
  }

  private post(
    { settings }: ModelProfileRecord,
    effect: ModelEffect,
    body: string,
    credential: EgressCredential | undefined,
    signal: AbortSignal,
  ): Promise<EgressResult> {
    return this.egress.request({
      method: 'POST',
      url: `${settings.baseUrl.replace(/\/+$/, '')}/chat/completions`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      ...(credential === undefined ? {} : { credential }),
      timeoutMs: Math.min(effect.timeoutMs, settings.timeoutMs ?? Infinity),
      maxBytes: MOST_BYTES,
      signal,
      trust: 'tenant',
      purpose: 'ai.model',
    });
  }
}

/** What the call came to, and what it is charged with; null tokens: nothing. */
function resultOf(
  profile: ModelProfileRecord,
  answer: EgressResult,
  most: Tokens,
  ms: number,
): { result: EffectResult; tokens: Tokens | null } {
  if (answer.outcome === 'never_sent') return { result: failed(failureOfCall(profile.name, answer)), tokens: null };
  // Who breaks off or is not understood may have to pay all the same, so the most is charged.
  if (answer.outcome === 'in_doubt') return { result: failed(failureOfCall(profile.name, answer)), tokens: most };
  if (answer.status < 200 || answer.status > 299) return { result: failed(failureOfCall(profile.name, answer)), tokens: null };
  const read = readChatAnswer(answer.body.toString('utf8'));
  if (read === null) {
    const message = `What answered for the model "${profile.name}" does not speak the wire of chat completions. Check its "baseUrl".`;
    return { result: failed({ code: 'ai.unavailable', kind: 'terminal', message }), tokens: most };
  }
  const tokens = read.tokens ?? most;
  const data: ModelAnswerData = {
    text: read.text,
    toolCalls: read.toolCalls.map((call) => ({ ...call })),
    finish: read.finish,
    profile: profile.name,
    provider: profile.provider,
    model: read.model ?? profile.settings.model,
    usage: {
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      totalTokens: tokens.input + tokens.output,
      costUsd: priceOf(profile, tokens) ?? 0,
      calls: 1,
    },
    ms,
  };
  return { result: { outcome: 'done', data }, tokens };
}

/** Whether another provider may do better: not where the request itself was refused. */
function isAway({ code, kind }: Failure): boolean {
  return kind === 'retryable' && (code === 'ai.throttled' || code === 'ai.unavailable' || code === 'timeout');
}

function missing(profile: string): Failure {
  const message = `The tenant has no model "${profile}". Create it, or correct the name.`;
  return { code: 'resource.missing', kind: 'terminal', message };
}

function overBudget(profile: string, outcome: 'over' | 'unpriced'): Failure {
  const message =
    outcome === 'over'
      ? 'The call may cost more than is left of the month\'s budget. Raise the budget of the tenant, or lower "maxOutputTokens".'
      : `The tenant has a budget, and the model "${profile}" has no prices. Add inputUsdPerMillion and outputUsdPerMillion to it.`;
  return { code: 'ai.budget', kind: 'terminal', message };
}

const failed = (failure: Failure): EffectResult => ({ outcome: 'failed', failure });

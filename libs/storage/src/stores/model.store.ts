import { Injectable } from '@nestjs/common';
import { Database } from '@workflows/ports';

export const MODEL_PROVIDERS = ['openai_compatible', 'demo'] as const;

export interface ModelSettings {
  /** Where `/chat/completions` is found. */
  baseUrl: string;
  /** The provider's name of the model. */
  model: string;
  /** Name of the tenant's credential. */
  credential?: string;
  inputUsdPerMillion?: number;
  outputUsdPerMillion?: number;
  /** Names of the profiles that are asked, in order, when this one is away. */
  fallbacks?: string[];
  timeoutMs?: number;
}

export interface ModelProfileRecord {
  name: string;
  /** `demo`: what answers is no real model. */
  provider: (typeof MODEL_PROVIDERS)[number];
  settings: ModelSettings;
  createdAt: string;
  updatedAt: string;
}

export interface ModelCost {
  /** The one that was reserved for. */
  key: string;
  profile: string;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

export interface ModelSpending {
  /** The cap, or null without one. */
  monthlyUsd: number | null;
  /** As `2026-03`, in UTC. */
  month: string;
  spentUsd: number;
  /** Set aside for calls that are under way. */
  reservedUsd: number;
  items: Array<Omit<ModelCost, 'key'> & { month: string }>;
}

/** Model profiles of a tenant, and what their calls cost. */
@Injectable()
export class ModelStore {
  constructor(private readonly database: Database) {}

  /** Creates the profile, or replaces it whole. */
  put(tenantId: string, profile: Pick<ModelProfileRecord, 'name' | 'provider' | 'settings'>): Promise<ModelProfileRecord> {
    return this.database.callAsTenant(tenantId, 'put_model_profile', { p: profile });
  }

  /** By name. */
  list(tenantId: string): Promise<ModelProfileRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_model_profiles');
  }

  /** Null when the tenant has no such profile. */
  get(tenantId: string, name: string): Promise<ModelProfileRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_model_profile', { p_name: name });
  }

  /** False when the tenant has no such profile. */
  delete(tenantId: string, name: string): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'delete_model_profile', { p_name: name });
  }

  /** Null takes the cap away. */
  setBudget(tenantId: string, monthlyUsd: number | null): Promise<{ monthlyUsd: number | null }> {
    return this.database.callAsTenant(tenantId, 'set_model_budget', { p_monthly_usd: monthlyUsd });
  }

  /** Sets money aside, once for a key. `amountUsd` null: nobody knows what the call costs. */
  reserve(tenantId: string, key: string, amountUsd: number | null): Promise<{ outcome: 'reserved' | 'over' | 'unpriced' }> {
    return this.database.callAsTenant(tenantId, 'reserve_model_cost', { p_key: key, p_amount: amountUsd });
  }

  /** Counts what a call took in place of what was set aside for it; `calls` 0 only gives that back. */
  async settle(tenantId: string, cost: ModelCost): Promise<void> {
    await this.database.callAsTenant(tenantId, 'settle_model_cost', { p: cost });
  }

  spending(tenantId: string): Promise<ModelSpending> {
    return this.database.callAsTenant(tenantId, 'model_spending');
  }
}

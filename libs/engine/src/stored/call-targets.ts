import { Injectable } from '@nestjs/common';
import type { CallLookup, CallTarget, EffectResult, Json, JsonObject } from '@workflows/core';
import { checkInput, chooseTrigger } from '../triggers/call-trigger.js';
import { type PublishedWorkflow, PublishedWorkflows } from '../triggers/published-workflows.js';
import { StartRefused } from '../triggers/start-refused.js';

/** What a call of a workflow starts: its version, its trigger of type `call`, and the input as its schema makes it. */
@Injectable()
export class CallTargets {
  constructor(private readonly workflows: PublishedWorkflows) {}

  /** Answers CallTarget, or fails with `resource.missing` or `call.failed`. */
  async find(tenantId: string, lookup: CallLookup): Promise<EffectResult> {
    const workflow = await this.workflow(tenantId, lookup);
    if (workflow === undefined) {
      const which = lookup.version === 'published' ? 'is published' : `has a version ${lookup.version}`;
      const message = `No workflow "${lookup.workflow}" ${which}. Publish it first, or check its id.`;
      return { outcome: 'failed', failure: { code: 'resource.missing', kind: 'terminal', message } };
    }
    try {
      return { outcome: 'done', data: targetOf(workflow, lookup.input) };
    } catch (error) {
      if (!(error instanceof StartRefused)) throw error;
      // The problems name places and rules, never what was there.
      const problems = error.problems.map(({ path, message }) => `${path} ${message}`).join('; ');
      const message = `The workflow "${lookup.workflow}" cannot be called like this: ${problems}`;
      return { outcome: 'failed', failure: { code: 'call.failed', kind: 'terminal', message } };
    }
  }

  private async workflow(tenantId: string, { workflow, version }: CallLookup): Promise<PublishedWorkflow | undefined> {
    if (version !== 'published') return this.workflows.version(tenantId, workflow, version);
    const published = await this.workflows.latest(tenantId);
    return published.find(({ workflowId }) => workflowId === workflow);
  }
}

function targetOf(workflow: PublishedWorkflow, input: Json): CallTarget & JsonObject {
  const { workflowId, versionId, graph } = workflow;
  const trigger = chooseTrigger(workflow, undefined);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new StartRefused('input', 'The input of a call is an object. Give it as "input": { ... }.', '/input');
  }
  return {
    workflowId,
    versionId,
    version: graph.version,
    trigger: trigger.id,
    input: checkInput(trigger, input),
    needsContact: trigger.definition['contact'] === true,
  };
}

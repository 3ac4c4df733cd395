export * from './assert-never.js';
export * from './conversation/consent.js';
export * from './conversation/live-run.js';
export * from './conversation/people.js';
export * from './conversation/route.js';
export { byTurn, listeners } from './conversation/waiting-tokens.js';
export * from './conversation/rules.js';
export * from './definition/canonical.js';
export * from './definition/check-value.js';
export * from './definition/data-schema.js';
export { dataSchemaOf, dataSchemaShape } from './definition/data-schema-shape.js';
export { languageSchema, nodeSchema } from './definition/document.js';
export * from './definition/diff.js';
export * from './definition/duration.js';
export * from './definition/finished-event.js';
export * from './definition/json-schema.js';
export { jsonShapeProblem } from './definition/json-shape.js';
export * from './definition/kinds.js';
export * from './definition/node-type.js';
export {
  EVENT_NAME_PATTERN,
  isReservedName,
  LANGUAGE_NODE_TYPES,
  NAME_PATTERN,
  RUNNABLE_TRIGGER_TYPES,
  WORKFLOW_ID_PATTERN,
} from './definition/names.js';
export { LANGUAGE_TRIGGER_TYPES, type TriggerDefinition, type TriggerType } from './definition/triggers.js';
export { re2 } from './definition/re2.js';
export { escapePointer } from './definition/schema-walk.js';
export { nameHint } from './definition/suggest.js';
export { fitRow, ROW_FIELDS, rowSchema } from './definition/table-row.js';
export * from './definition/test-shape.js';
export * from './failure.js';
export * from './graph/compile.js';
export * from './graph/compiled-graph.js';
export { portOfTarget } from './graph/edges.js';
export { callsOf } from './graph/limit-calls.js';
export { loadGraph } from './graph/load.js';
export * from './graph/problem.js';
export type { FrozenSchemas, PlanLimits, TenantContext, TenantTemplate } from './graph/tenant-context.js';
export * from './json.js';
export { transitionBelowCeiling } from './machine/ceiling.js';
export { MAX_CALL_DEPTH } from './machine/answer-caller.js';
export * from './machine/channel-event.js';
export * from './machine/command.js';
export * from './machine/context.js';
export * from './machine/decide.js';
export * from './machine/due.js';
export * from './machine/event.js';
export * from './machine/instant.js';
export { maskEvents } from './machine/mask.js';
export * from './machine/order.js';
export * from './machine/outcome.js';
export * from './machine/privacy.js';
export * from './machine/redact.js';
export * from './machine/replay.js';
export * from './machine/stages.js';
export * from './machine/verify.js';
export * from './machine/scope.js';
export { REPEAT } from './machine/silence.js';
export * from './machine/state.js';
export * from './machine/step-key.js';
export * from './machine/store.js';
export * from './machine/transition.js';
export * from './machine/write.js';
export * from './message/fold.js';
export * from './migration/classify.js';
export * from './migration/move.js';
export { type Mapping, NO_MAPPING, type Obstacle } from './migration/mapping.js';
export { type Plan, planMove, type Restore } from './migration/plan.js';
export { type MovableVersion, movableVersion } from './migration/version.js';
export * from './message/capabilities.js';
export * from './message/inbound.js';
export * from './message/options.js';
export * from './message/outbound.js';
export * from './message/split-text.js';
export * from './message/send-window.js';
export * from './message/to-messages.js';

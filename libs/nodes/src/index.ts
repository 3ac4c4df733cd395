import type { Type } from '@nestjs/common';
import type { NodeTypeSpec } from '@workflows/core';
import type { NodeStrategy } from '@workflows/ports';
import { aiAgentSpec } from './ai-agent/ai-agent.config.js';
import { AiAgentNode } from './ai-agent/ai-agent.node.js';
import { aiClassifySpec } from './ai-classify/ai-classify.config.js';
import { AiClassifyNode } from './ai-classify/ai-classify.node.js';
import { aiExtractSpec } from './ai-extract/ai-extract.config.js';
import { AiExtractNode } from './ai-extract/ai-extract.node.js';
import { aiGenerateSpec } from './ai-generate/ai-generate.config.js';
import { AiGenerateNode } from './ai-generate/ai-generate.node.js';
import { emitSpec } from './emit/emit.config.js';
import { EmitNode } from './emit/emit.node.js';
import { contactUpdateSpec } from './contact-update/contact-update.config.js';
import { ContactUpdateNode } from './contact-update/contact-update.node.js';
import { dataReadSpec } from './data-read/data-read.config.js';
import { DataReadNode } from './data-read/data-read.node.js';
import { dataWriteSpec } from './data-write/data-write.config.js';
import { DataWriteNode } from './data-write/data-write.node.js';
import { endSpec } from './end/end.config.js';
import { EndNode } from './end/end.node.js';
import { foreachSpec } from './foreach/foreach.config.js';
import { ForeachNode } from './foreach/foreach.node.js';
import { httpRequestSpec } from './http-request/http-request.config.js';
import { HttpRequestNode } from './http-request/http-request.node.js';
import { humanApprovalSpec } from './human-approval/human-approval.config.js';
import { HumanApprovalNode } from './human-approval/human-approval.node.js';
import { humanHandoffSpec } from './human-handoff/human-handoff.config.js';
import { HumanHandoffNode } from './human-handoff/human-handoff.node.js';
import { joinSpec } from './join/join.config.js';
import { JoinNode } from './join/join.node.js';
import { messageAskSpec } from './message-ask/message-ask.config.js';
import { MessageAskNode } from './message-ask/message-ask.node.js';
import { messageSendSpec } from './message-send/message-send.config.js';
import { MessageSendNode } from './message-send/message-send.node.js';
import { messageTemplateSpec } from './message-template/message-template.config.js';
import { MessageTemplateNode } from './message-template/message-template.node.js';
import { parallelSpec } from './parallel/parallel.config.js';
import { ParallelNode } from './parallel/parallel.node.js';
import { setSpec } from './set/set.config.js';
import { SetNode } from './set/set.node.js';
import { switchSpec } from './switch/switch.config.js';
import { SwitchNode } from './switch/switch.node.js';
import { transformSpec } from './transform/transform.config.js';
import { TransformNode } from './transform/transform.node.js';
import { waitEventSpec } from './wait-event/wait-event.config.js';
import { WaitEventNode } from './wait-event/wait-event.node.js';
import { waitForSpec } from './wait-for/wait-for.config.js';
import { WaitForNode } from './wait-for/wait-for.node.js';
import { workflowCallSpec } from './workflow-call/workflow-call.config.js';
import { WorkflowCallNode } from './workflow-call/workflow-call.node.js';
import { waitUntilSpec } from './wait-until/wait-until.config.js';
import { WaitUntilNode } from './wait-until/wait-until.node.js';

/** Every node type of this library. A new one is a folder and a line in each list; the registry refuses a mismatch. */
export const NODES: Array<Type<NodeStrategy>> = [
  MessageSendNode,
  MessageTemplateNode,
  MessageAskNode,
  SwitchNode,
  SetNode,
  TransformNode,
  ParallelNode,
  ForeachNode,
  JoinNode,
  HttpRequestNode,
  AiGenerateNode,
  AiClassifyNode,
  AiExtractNode,
  AiAgentNode,
  EmitNode,
  DataReadNode,
  DataWriteNode,
  ContactUpdateNode,
  WaitForNode,
  WaitUntilNode,
  HumanHandoffNode,
  HumanApprovalNode,
  WaitEventNode,
  WorkflowCallNode,
  EndNode,
];

export const NODE_SPECS: NodeTypeSpec[] = [
  messageSendSpec,
  messageTemplateSpec,
  messageAskSpec,
  switchSpec,
  setSpec,
  transformSpec,
  parallelSpec,
  foreachSpec,
  joinSpec,
  httpRequestSpec,
  aiGenerateSpec,
  aiClassifySpec,
  aiExtractSpec,
  aiAgentSpec,
  emitSpec,
  dataReadSpec,
  dataWriteSpec,
  contactUpdateSpec,
  waitForSpec,
  waitUntilSpec,
  humanHandoffSpec,
  humanApprovalSpec,
  waitEventSpec,
  workflowCallSpec,
  endSpec,
];

/**
 * What of the language no flow test uses, with the reason. A path stands for all below it. One that a flow test has come
 * to use, or that the language does not have, fails the comparison: take it out.
 */
export const NOT_IN_FLOW_TESTS: Record<string, string> = {
  $schema: 'a hint to editors, which the engine drops',
  version: 'given by the server; what an author writes there is ignored',
  'nodes.ai.agent': 'comes with the agent',
  'nodes.ai.generate.with.memory': 'comes with the agent, whose memory it is',
  'nodes.set.with': 'takes nothing',
  'nodes.switch.with': 'takes nothing',
  'nodes.parallel.with': 'takes nothing',
};

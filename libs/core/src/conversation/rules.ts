import { z } from 'zod';
import { WORKFLOW_ID_PATTERN } from '../definition/names.js';
import type { Problem } from '../graph/problem.js';
import { shapeProblems } from '../graph/zod-problems.js';
import type { JsonObject } from '../json.js';

const language = () => z.string().regex(/^[a-z]{2,3}$/, 'A language, such as en or pt');

const wordsByLanguage = () =>
  z
    .record(language(), z.array(z.string().trim().min(1).max(40)).max(30))
    .describe('Words by language; a language that is named loses its usual words');

const textByLanguage = () => z.record(language(), z.string().trim().min(1).max(1000)).describe('Texts by language');

const consentShape = z.strictObject({
  words: wordsByLanguage().optional(),
  confirmation: textByLanguage().optional().describe('What the contact is answered'),
});

/** Rules of a tenant's conversations, as far as they differ from the usual ones. */
export const conversationRulesShape = z.strictObject({
  optOut: consentShape.optional().describe('How a contact ends all messages'),
  optIn: consentShape.optional().describe('How a contact who has opted out takes that back'),
  fallbackWorkflow: z
    .string()
    .regex(WORKFLOW_ID_PATTERN, 'The id of a workflow')
    .optional()
    .describe('Workflow that gets what no trigger wants'),
});

export type ConversationRules = z.infer<typeof conversationRulesShape>;

/** The rules, or every problem with them, each with a JSON Pointer. */
export function checkConversationRules(given: JsonObject): { rules: ConversationRules } | { problems: Problem[] } {
  const parsed = conversationRulesShape.safeParse(given);
  return parsed.success ? { rules: parsed.data } : { problems: shapeProblems(conversationRulesShape, given, '') };
}

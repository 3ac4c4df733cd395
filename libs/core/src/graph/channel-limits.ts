import { pointerOf } from '../definition/schema-walk.js';
import { nameHint } from '../definition/suggest.js';
import type { ChannelCapabilities } from '../message/capabilities.js';
import { contentProblems } from './channel-content.js';
import { templateUse } from './channel-template.js';
import type { Journey } from './follow.js';
import { type Outline, type OutlineNode, withCompensations } from './outline.js';
import type { Problem } from './problem.js';
import type { TenantContext } from './tenant-context.js';

/** The channel phase: can every channel whose runs reach a node carry what is written there? */
export function checkChannels(outline: Outline, journeys: readonly Journey[], context: TenantContext): Problem[] {
  if (!context.channels) return [];
  const reaching = channelsByNode(journeys);
  return [
    ...unknownChannels(outline, Object.keys(context.channels)),
    ...withCompensations(outline).flatMap((node) => nodeProblems(node, reaching.get(node.id), journeys)),
  ];
}

/** A trigger on a channel that this engine does not have would never start anything. */
function unknownChannels(outline: Outline, known: string[]): Problem[] {
  return outline.triggers.flatMap(({ definition, pointer }) => {
    if (!definition || !('channels' in definition)) return [];
    return definition.channels.flatMap((name, index): Problem[] =>
      known.includes(name)
        ? []
        : [
            {
              path: pointerOf(pointer, ['channels', String(index)]),
              code: 'channel.unsupported',
              severity: 'error',
              message: `This engine has no channel '${name}'.`,
              hint: nameHint(name, known, 'Channels') ?? 'Leave it out.',
            },
          ],
    );
  });
}

type Channels = ReadonlyMap<string, ChannelCapabilities>;

function channelsByNode(journeys: readonly Journey[]): Map<string, Map<string, ChannelCapabilities>> {
  const reaching = new Map<string, Map<string, ChannelCapabilities>>();
  for (const { origin, arrivals } of journeys) {
    if (!origin.channel) continue;
    for (const id of arrivals.keys()) {
      const channels = reaching.get(id) ?? new Map<string, ChannelCapabilities>();
      reaching.set(id, channels.set(origin.channel.name, origin.channel.capabilities));
    }
  }
  return reaching;
}

function nodeProblems(node: OutlineNode, channels: Channels | undefined, journeys: readonly Journey[]): Problem[] {
  if (!channels || !node.shape || !node.spec?.type.startsWith('message.')) return [];
  const found = [...channels].flatMap(([name, capabilities]) => [
    ...contentProblems(node, name, capabilities),
    ...templateSupport(node, name, capabilities),
  ]);
  return oncePerPlace([...found, ...publicProblems(node, journeys)]);
}

function templateSupport(node: OutlineNode, channel: string, { templates }: ChannelCapabilities): Problem[] {
  const use = templateUse(node);
  if (!use || templates) return [];
  return [
    {
      path: use.pointer,
      code: 'channel.unsupported',
      severity: 'error',
      message: `Templates do not exist on ${channel}, and runs with its contacts reach '${node.id}'.`,
      hint: `Keep them away with a switch on conversation.channel, or send a message while the window is open.`,
    },
  ];
}

/** Only a comment can be answered in public, and only with words. */
function publicProblems(node: OutlineNode, journeys: readonly Journey[]): Problem[] {
  const config = node.raw['with'];
  if (typeof config !== 'object' || config === null || Array.isArray(config) || config['public'] !== true) return [];
  const stranger = journeys.find(
    ({ origin, arrivals }) => arrivals.has(node.id) && origin.trigger.raw['type'] !== 'channel.comment',
  );
  const attached = ['media', 'options', 'link', 'location', 'reaction'].find((part) => config[part] !== undefined);
  const unsupported = (place: string, message: string, hint: string): Problem => ({
    path: pointerOf(node.pointer, ['with', place]),
    code: 'channel.unsupported',
    severity: 'error',
    message,
    hint,
  });
  return [
    ...(stranger
      ? [
          unsupported(
            'public',
            `Runs of trigger '${stranger.origin.trigger.id}' answer no comment, so '${node.id}' cannot reply in public.`,
            'Remove "public", or reach the node from channel.comment only.',
          ),
        ]
      : []),
    ...(attached === undefined
      ? []
      : [
          unsupported(
            attached,
            `A public reply is text only, and '${node.id}' has "${attached}".`,
            'Leave it out, or send it in private.',
          ),
        ]),
  ];
}

/** Several channels may find the same fault with the same words; each is said once, for the first of them. */
function oncePerPlace(problems: Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const key = `${problem.path} ${problem.code} ${problem.message}`;
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()];
}

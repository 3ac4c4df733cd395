import type { GraphOptions } from '../meta/graph-post.js';

/** Where the Instagram API is. Accounts of Facebook Login have theirs at `https://graph.facebook.com`. */
export type InstagramOptions = GraphOptions;

/** Token under which the container finds the InstagramOptions; without it the defaults hold. */
export const INSTAGRAM_OPTIONS = Symbol('workflows.instagram-options');

export const DEFAULT_INSTAGRAM_OPTIONS: InstagramOptions = { graphUrl: 'https://graph.instagram.com', version: 'v26.0' };

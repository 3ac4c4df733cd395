import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { messageOf, Player } from './__fixtures__/player.js';
import type { Effect } from './outcome.js';
import { replay } from './replay.js';
import { scopeOf } from './scope.js';

const say = (text: string): Effect => ({
  kind: 'message',
  message: { type: 'content', text, options: [{ id: 'a', title: 'Yes' }] },
  onUnknown: 'resend',
  notify: 'never',
});

function conversation(readsTranscript: boolean): Player {
  const graph = graphOf([nodeOf('first', { spec: specOf('waiting') })], { readsTranscript });
  const player = new Player(graph);
  player.start({ message: messageOf('hello') });
  player.answer({ kind: 'waiting', wait: { messages: 'answer' }, effects: [say('Is it about an order?')] });
  player.say('yes');
  return player;
}

describe('the transcript of a run', () => {
  it('has what the contact and the run have said, in order', () => {
    const { graph, state, now } = conversation(true);
    expect(scopeOf(graph, state, null, now).conversation).toMatchObject({
      transcript: 'Contact: hello\nAssistant: Is it about an order? [Yes]\nContact: yes',
    });
  });

  it('is the same when the history is replayed', () => {
    const { graph, state, history } = conversation(true);
    expect(replay(graph, history)).toEqual(state);
  });

  it('is not kept where the workflow does not read it', () => {
    expect(conversation(false).state.transcript).toBeUndefined();
  });
});

// How a session stands, as soon as it changes: by a stream that all tabs share; where none comes through, by asking
// every three seconds.

import { live } from './live.mjs';

const POLL_MS = 3_000;
const HIDDEN_POLL_MS = 15_000;
/** On a network that has gone silent a question would wait for ever, and keep one of six connections. */
export const ANSWER_MS_MAX = 10_000;

/**
 * @param {string} base The session's address.
 * @param {string} query What the page's own address asks for, with its question mark.
 * @param {(view: object) => void} onView Each view that arrives.
 * @param {(state: 'live' | 'reconnecting' | 'polling') => void} onHealth
 * @returns {{ stop: () => void, ask: () => Promise<void> }}
 */
export function follow(base, query, onView, onHealth) {
  let poll, end;
  let state = 'reconnecting';
  let stopped = false;
  let looking = false;

  const ask = async () => {
    const answer = await fetch(`${base}/state${query}`, {
      headers: { Accept: 'application/json' }, cache: 'no-store', signal: AbortSignal.timeout?.(ANSWER_MS_MAX),
    });
    if (answer.status === 404) return stop();
    if (!answer.ok) throw new Error(`state ${answer.status}`);
    onView((await answer.json()).data);
  };
  const health = (found) => !stopped && state !== 'live' && onHealth(found);
  const look = async () => {
    if (looking) return;
    looking = true;
    await ask().then(() => health('polling'), () => health('reconnecting'));
    looking = false;
  };
  const askEvery = (period) => {
    clearInterval(poll);
    poll = setInterval(look, period);
  };

  const heard = (next, leads) => {
    state = next;
    if (next === 'paused') return askEvery(HIDDEN_POLL_MS);
    onHealth(next);
    if (next === 'reconnecting') return askEvery(POLL_MS);
    clearInterval(poll);
    // Whoever reads the stream is told at once how it stands; another tab's stream has told that before.
    if (!leads) ask().catch(() => {});
    return undefined;
  };

  // A page that the browser took out of its memory has heard nothing since.
  const shown = ({ persisted }) => persisted && look();

  function stop() {
    stopped = true;
    clearInterval(poll);
    end?.();
    removeEventListener('pageshow', shown);
  }

  addEventListener('pageshow', shown);
  end = live(`${base}/events${query}`, ({ data }) => onView(JSON.parse(data)), heard, { types: ['state'] });
  return { stop, ask };
}

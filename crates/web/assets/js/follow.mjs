// How a session stands, as soon as it changes: by a stream; where none comes through, by asking every three seconds.

const POLL_MS = 3_000;
// A hidden page holds no connection: a browser has six to a server, and eight tabs may be open.
const HIDDEN_POLL_MS = 15_000;
const AGAIN_MS = 5_000;
const HIDE_AFTER_MS = 30_000;

/**
 * @param {string} base The session's address.
 * @param {string} query What the page's own address asks for, with its question mark.
 * @param {(view: object) => void} onView Each view that arrives.
 * @param {(state: 'live' | 'reconnecting' | 'polling') => void} onHealth
 * @returns {{ stop: () => void, ask: () => Promise<void> }}
 */
export function follow(base, query, onView, onHealth) {
  let stream, poll, again, hiding;
  let stopped = false;

  const ask = async () => {
    const answer = await fetch(`${base}/state${query}`, { headers: { Accept: 'application/json' }, cache: 'no-store' });
    if (answer.status === 404) return stop();
    if (!answer.ok) throw new Error(`state ${answer.status}`);
    onView((await answer.json()).data);
  };

  const askOften = (period) => {
    clearInterval(poll);
    poll = setInterval(() => {
      ask().then(
        () => !stopped && !stream && onHealth('polling'),
        () => !stopped && onHealth('reconnecting'),
      );
    }, period);
  };

  const listen = () => {
    if (stopped || stream) return;
    clearTimeout(again);
    const source = (stream = new EventSource(`${base}/events${query}`));
    source.addEventListener('open', () => {
      clearInterval(poll);
      onHealth('live');
    });
    source.addEventListener('state', ({ data }) => onView(JSON.parse(data)));
    source.addEventListener('error', () => {
      if (stopped || stream !== source) return;
      onHealth('reconnecting');
      askOften(POLL_MS);
      // The browser tries again by itself, except after an answer that was no stream.
      if (source.readyState !== EventSource.CLOSED) return;
      stream = undefined;
      again = setTimeout(listen, AGAIN_MS);
    });
  };

  const silence = () => {
    stream?.close();
    stream = undefined;
    clearTimeout(again);
  };

  const look = () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => {
        silence();
        askOften(HIDDEN_POLL_MS);
      }, HIDE_AFTER_MS);
    } else if (!stream) {
      clearInterval(poll);
      listen();
    }
  };

  // A page that the browser took out of its memory has heard nothing since.
  const shown = ({ persisted }) => {
    if (!persisted || stopped) return;
    silence();
    listen();
  };

  function stop() {
    stopped = true;
    silence();
    clearInterval(poll);
    clearTimeout(hiding);
    document.removeEventListener('visibilitychange', look);
    removeEventListener('pageshow', shown);
  }

  document.addEventListener('visibilitychange', look);
  addEventListener('pageshow', shown);
  listen();
  return { stop, ask };
}

// One event stream for all tabs of a browser. HTTP/1.1 gives an origin six connections, and a stream holds one for as
// long as its page is open: with a stream in each tab the seventh tab never loads.
//
// The tabs that can be seen compete for a lock; who holds it reads the stream and tells the others by a broadcast. When
// it goes, is hidden or dies, the next one carries on after the last event any tab has had. With all tabs hidden
// nothing is read; what was missed comes when one is looked at again.

const BACKOFF_MS_MIN = 1_000;
const BACKOFF_MS_MAX = 30_000;
const HIDDEN_MS_MAX = 20_000;
// Whoever is connected hears a ping every fifteen seconds. A network may go silent and end nothing: who has heard
// nothing for this long is connected to nobody.
const SILENT_MS_MAX = 40_000;
const REMEMBERED_MAX = 512;

/**
 * @param {string | (() => Promise<string>)} source The stream's address, or where to get one: a ticket opens one stream,
 *   so each connection asks anew.
 * @param {(event: {id: string, type: string, data: string}) => void} onEvent Each event once, in order.
 * @param {(state: 'live' | 'reconnecting' | 'paused', leads: boolean) => void} [onState] `leads`: this tab reads the
 *   stream itself, and has heard what it begins with.
 * @param {{types?: string[], name?: string, after?: string}} [options] `types`: the named events to hear besides plain
 *   messages. `name`: what tabs share; needed with a ticket, where the address differs each time. `after`: an id that is
 *   already on the page.
 * @returns {() => void} ends it, for this tab
 */
export function live(source, onEvent, onState = () => {}, options = {}, world = globalThis) {
  const { types = [], after = '' } = options;
  const name = `live:${options.name ?? (typeof source === 'string' ? source : 'stream')}`;
  const { document, navigator } = world;
  const channel = channelOf(name, world);
  const locks = channel && navigator?.locks;
  const seen = new Set();
  let lastId = after;
  let state;
  let stopped = false;
  let leader = null;
  let waiting = null;
  let hiding;

  const tell = (next) => {
    if (stopped || next === state) return;
    state = next;
    onState(next, leader !== null);
  };
  const take = (event) => {
    if (stopped || (event.id && seen.has(event.id))) return;
    if (event.id) {
      lastId = event.id;
      seen.add(event.id);
      if (seen.size > REMEMBERED_MAX) seen.delete(seen.values().next().value);
    }
    onEvent(event);
  };
  const share = (message) => channel?.postMessage(message);

  const lead = () => {
    leader = reader(source, types, world, () => lastId, {
      state: (next) => {
        share({ state: next });
        tell(next);
      },
      event: (event) => {
        share({ event });
        take(event);
      },
    });
  };
  const yieldLead = () => {
    leader?.close();
    leader = null;
    waiting?.abort();
    waiting = null;
  };

  const compete = () => {
    clearTimeout(hiding);
    if (stopped || waiting) return;
    waiting = new AbortController();
    const { signal } = waiting;
    if (!locks) return lead();
    tell('reconnecting');
    share({ ask: true });
    locks
      .request(name, { signal }, () =>
        signal.aborted
          ? undefined
          : new Promise((release) => {
              signal.addEventListener('abort', release);
              lead();
            }),
      )
      .catch((error) => {
        // A frame that may store nothing has no locks either: it reads alone.
        if (error.name !== 'AbortError' && !signal.aborted) lead();
      });
  };
  const rest = () => {
    if (stopped || !waiting) return;
    if (leader) share({ state: 'left' });
    yieldLead();
    tell('paused');
  };
  const watch = () => {
    clearTimeout(hiding);
    if (document?.visibilityState === 'hidden') hiding = world.setTimeout(rest, HIDDEN_MS_MAX);
    else compete();
  };
  const clearTimeout = (id) => world.clearTimeout(id);

  if (channel) {
    channel.onmessage = ({ data }) => {
      if (data.event) take(data.event);
      else if (data.ask && leader) share({ state: leader.state() });
      else if (data.state === 'left') tell(waiting ? 'reconnecting' : 'paused');
      else if (data.state && !leader) tell(data.state);
    };
  }
  document?.addEventListener('visibilitychange', watch);
  if (document?.visibilityState === 'hidden') tell('paused');
  else compete();

  return () => {
    if (leader) share({ state: 'left' });
    stopped = true;
    clearTimeout(hiding);
    document?.removeEventListener('visibilitychange', watch);
    yieldLead();
    channel?.close();
  };
}

/** What tabs talk over; a frame of another site may have nothing to share. */
function channelOf(name, world) {
  try {
    return world.BroadcastChannel ? new world.BroadcastChannel(name) : null;
  } catch {
    return null;
  }
}

/** Reads one stream, and opens it again after the last id whenever it ends, later and later while nothing comes. */
function reader(source, types, world, lastId, out) {
  let stream = null;
  let timer, silence;
  let failures = 0;
  let state;
  let closed = false;
  // What opened and then said nothing is alive when it has said something, and not when it opens.
  let mute = false;

  const say = (next) => {
    state = next;
    out.state(next);
  };
  const listen = () => {
    world.clearTimeout(silence);
    silence = world.setTimeout(() => {
      mute = true;
      again();
    }, SILENT_MS_MAX);
  };
  const again = () => {
    if (closed) return;
    stream?.close();
    stream = null;
    world.clearTimeout(silence);
    say('reconnecting');
    const wait = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** failures);
    failures += 1;
    // Half of it by chance: a server that comes back is not met by everybody at once.
    world.clearTimeout(timer);
    timer = world.setTimeout(open, wait / 2 + (world.Math ?? Math).random() * (wait / 2));
  };
  const open = async () => {
    if (closed) return;
    let address;
    try {
      address = typeof source === 'string' ? source : await source();
    } catch {
      return again();
    }
    if (closed) return;
    const made = new world.EventSource(resumed(address, lastId()));
    stream = made;
    listen();
    const heard = () => {
      listen();
      failures = 0;
      mute = false;
      if (state !== 'live') say('live');
    };
    made.onopen = () => (mute ? listen() : heard());
    made.onerror = () => {
      // The browser opens a plain address again by itself and names the last id; a ticket is spent.
      if (stream !== made) return;
      if (typeof source === 'string' && made.readyState === 0) say('reconnecting');
      else again();
    };
    made.addEventListener('ping', heard);
    const hear = (event) => {
      heard();
      out.event({ id: event.lastEventId, type: event.type, data: event.data });
    };
    for (const type of new Set(['message', ...types])) made.addEventListener(type, hear);
  };
  const offline = () => say('reconnecting');
  const online = () => {
    failures = 0;
    if (state !== 'live') again();
  };
  world.addEventListener?.('offline', offline);
  world.addEventListener?.('online', online);
  say('reconnecting');
  open();
  return {
    state: () => state,
    close: () => {
      closed = true;
      world.clearTimeout(timer);
      world.clearTimeout(silence);
      stream?.close();
      world.removeEventListener?.('offline', offline);
      world.removeEventListener?.('online', online);
    },
  };
}

function resumed(address, id) {
  if (!id) return address;
  return `${address}${address.includes('?') ? '&' : '?'}after=${encodeURIComponent(id)}`;
}

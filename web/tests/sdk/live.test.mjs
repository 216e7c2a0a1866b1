import assert from 'node:assert/strict';
import test from 'node:test';
import { live } from '../../../crates/web/assets/js/live.mjs';

// What a tab waits for resolves at once here: after one turn nothing is left to happen by itself.
const settled = () => new Promise((resolve) => setImmediate(resolve));

const SILENT_MS = 40_000;

/** A browser with tabs: they share locks, broadcasts and the list of streams the server sees. */
function browser({ locks = true, denied = '' } = {}) {
  const streams = [];
  const rooms = new Map();
  const queues = new Map();

  class Stream extends EventTarget {
    readyState = 0;
    constructor(url) {
      super();
      this.url = url;
      streams.push(this);
    }
    close() {
      this.readyState = 2;
    }
    open() {
      this.readyState = 1;
      this.onopen();
    }
    send(type, id, data) {
      this.dispatchEvent(Object.assign(new Event(type), { lastEventId: id, data }));
    }
    drop(readyState) {
      this.readyState = readyState;
      this.onerror();
    }
  }
  class Channel {
    constructor(name) {
      if (denied === 'channel') throw new DOMException('nothing is stored here', 'SecurityError');
      this.room = rooms.get(name) ?? new Set();
      rooms.set(name, this.room.add(this));
    }
    postMessage(data) {
      for (const other of this.room) if (other !== this) other.onmessage?.({ data: structuredClone(data) });
    }
    close() {
      this.room.delete(this);
    }
  }
  const request = async (name, { signal }, hold) => {
    if (denied === 'locks') throw new DOMException('nothing is stored here', 'SecurityError');
    const before = queues.get(name) ?? Promise.resolve();
    let free;
    queues.set(name, before.then(() => new Promise((resolve) => (free = resolve))));
    await before;
    await null;
    if (!signal.aborted) await hold();
    free();
  };
  const tab = (source, options, after = {}) => {
    const document = Object.assign(new EventTarget(), { visibilityState: after.visibilityState ?? 'visible' });
    const timers = [];
    const world = Object.assign(new EventTarget(), {
      document,
      navigator: locks ? { locks: { request } } : {},
      BroadcastChannel: locks ? Channel : undefined,
      EventSource: Stream,
      setTimeout: (run, ms) => timers.push({ run, ms }),
      clearTimeout: (id) => id && (timers[id - 1] = null),
    });
    const events = [];
    const states = [];
    let leading;
    const hear = (state, leads) => {
      states.push(state);
      leading = leads;
    };
    const stop = live(source, (event) => events.push(event), hear, options, world);
    return {
      events,
      states,
      leads: () => leading,
      stop,
      world,
      timers: () => timers.filter(Boolean),
      /** Runs what was to run within so long; without a number all but the end of the patience with a silent stream. */
      elapse: async (ms = SILENT_MS - 1) => {
        for (const [id, timer] of [...timers.entries()]) {
          if (!timer || timer.ms > ms) continue;
          timers[id] = null;
          timer.run();
        }
        await settled();
      },
      look: async (visibilityState) => {
        document.visibilityState = visibilityState;
        document.dispatchEvent(new Event('visibilitychange'));
        await settled();
      },
    };
  };
  return { streams, tab, open: () => streams.filter((stream) => stream.readyState < 2) };
}

test('eight tabs read one stream, and all of them hear it', async () => {
  const b = browser();
  const tabs = Array.from({ length: 8 }, () => b.tab('/events'));
  await settled();
  assert.equal(b.open().length, 1);
  b.streams[0].open();
  b.streams[0].send('message', '1', 'a');
  for (const tab of tabs) {
    assert.deepEqual(tab.events, [{ id: '1', type: 'message', data: 'a' }]);
    assert.equal(tab.states.at(-1), 'live');
  }
});

test('named events are heard under their names', async () => {
  const b = browser();
  const tab = b.tab('/events', { types: ['stock'] });
  await settled();
  b.streams[0].send('stock', '4', '{}');
  b.streams[0].send('other', '5', '{}');
  assert.deepEqual(tab.events.map((event) => event.type), ['stock']);
});

test('when the reading tab goes, the next one carries on after the last id', async () => {
  const b = browser();
  const [first, second] = [b.tab('/events?x=1'), b.tab('/events?x=1')];
  await settled();
  b.streams[0].open();
  b.streams[0].send('message', '7', 'a');
  first.stop();
  await settled();
  assert.equal(b.open().length, 1);
  assert.equal(b.streams[1].url, '/events?x=1&after=7');
  assert.equal(second.states.at(-1), 'reconnecting');
  b.streams[1].open();
  assert.equal(second.states.at(-1), 'live');
});

test('an event that comes twice is told once', async () => {
  const b = browser();
  const tab = b.tab('/events');
  await settled();
  b.streams[0].send('message', '7', 'a');
  b.streams[0].send('message', '7', 'a');
  assert.equal(tab.events.length, 1);
});

test('a tab that comes later learns the state from who reads', async () => {
  const b = browser();
  b.tab('/events');
  await settled();
  b.streams[0].open();
  const late = b.tab('/events');
  await settled();
  assert.equal(late.states.at(-1), 'live');
  assert.equal(b.open().length, 1);
});

test('each connection asks for a ticket of its own and resumes by the last id', async () => {
  const b = browser();
  let tickets = 0;
  const tab = b.tab(async () => `/v1/events/stream?ticket=${(tickets += 1)}`, { name: 'console', after: '40' });
  await settled();
  assert.equal(b.streams[0].url, '/v1/events/stream?ticket=1&after=40');
  b.streams[0].open();
  b.streams[0].send('message', '41', 'a');
  b.streams[0].drop(0);
  assert.equal(tab.states.at(-1), 'reconnecting');
  assert.equal(b.open().length, 0, 'a spent ticket is not tried again');
  await tab.elapse();
  assert.equal(b.streams[1].url, '/v1/events/stream?ticket=2&after=41');
});

test('a ticket that cannot be had is asked for again, later and later', async () => {
  const b = browser();
  let calls = 0;
  const tab = b.tab(async () => {
    calls += 1;
    throw new Error('401');
  }, { name: 'console' });
  const waits = [];
  for (let i = 0; i < 7; i += 1) {
    await settled();
    waits.push(tab.timers()[0].ms);
    await tab.elapse();
  }
  assert.equal(calls, 8);
  assert.ok(waits[0] <= 1000 && waits[6] >= 15_000 && waits[6] <= 30_000, waits.join());
});

test('a plain address that the browser opens again itself is left to it; a closed one is not', async () => {
  const b = browser();
  const tab = b.tab('/events');
  await settled();
  b.streams[0].open();
  b.streams[0].drop(0);
  assert.equal(tab.states.at(-1), 'reconnecting');
  assert.deepEqual(tab.timers().map(({ ms }) => ms), [SILENT_MS], 'nothing but the patience');
  b.streams[0].open();
  assert.equal(tab.states.at(-1), 'live');
  b.streams[0].drop(2);
  await tab.elapse();
  assert.equal(b.streams.length, 2);
});

test('a stream that has gone silent is closed and opened again, and is live as soon as it says something', async () => {
  const b = browser();
  const [tab, other] = [b.tab('/events', { types: ['state'] }), b.tab('/events', { types: ['state'] })];
  await settled();
  b.streams[0].open();
  b.streams[0].send('state', '7', 'a');
  await tab.elapse(SILENT_MS);
  assert.equal(b.open().length, 0);
  assert.deepEqual([tab, other].map(({ states }) => states.at(-1)), ['reconnecting', 'reconnecting']);
  await tab.elapse();
  assert.equal(b.streams[1].url, '/events?after=7');
  b.streams[1].open();
  assert.equal(tab.states.at(-1), 'reconnecting', 'a door that opens is not yet a voice');
  b.streams[1].send('state', '8', 'b');
  assert.deepEqual([tab, other].map(({ states }) => states.at(-1)), ['live', 'live']);
  assert.deepEqual([tab, other].map(({ events }) => events.map(({ id }) => id)), [['7', '8'], ['7', '8']]);
});

test('a stream that never opens is given up as well', async () => {
  const b = browser();
  const tab = b.tab('/events');
  await settled();
  await tab.elapse(SILENT_MS);
  await tab.elapse();
  assert.deepEqual(b.streams.map(({ readyState }) => readyState), [2, 0]);
});

test('a ping keeps the patience fresh, and is told to nobody', async () => {
  const b = browser();
  const tab = b.tab('/events');
  await settled();
  b.streams[0].open();
  const [before] = tab.timers();
  b.streams[0].send('ping', '', '');
  const [after, ...more] = tab.timers();
  assert.notEqual(after, before);
  assert.deepEqual([after.ms, more], [SILENT_MS, []]);
  assert.deepEqual(tab.events, []);
  tab.stop();
  assert.deepEqual(tab.timers(), [], 'nothing is waited for after the end');
});

test('a tab hidden for long gives the stream to one that is seen, and still hears', async () => {
  const b = browser();
  const [first, second] = [b.tab('/events'), b.tab('/events')];
  await settled();
  b.streams[0].open();
  await first.look('hidden');
  assert.equal(b.streams[0].readyState, 1, 'a glance elsewhere changes nothing');
  await first.elapse();
  assert.equal(b.streams[0].readyState, 2);
  b.streams[1].open();
  b.streams[1].send('message', '9', 'a');
  assert.equal(first.events.length, 1);
  assert.equal(first.states.at(-1), 'live');
  assert.equal(second.events.length, 1);
});

test('with no tab to be seen nothing is read, and it says so', async () => {
  const b = browser();
  const tab = b.tab('/events');
  await settled();
  b.streams[0].open();
  b.streams[0].send('message', '3', 'a');
  await tab.look('hidden');
  await tab.elapse();
  assert.equal(b.open().length, 0);
  assert.equal(tab.states.at(-1), 'paused');
  await tab.look('visible');
  assert.equal(b.streams[1].url, '/events?after=3');
});

test('a page that opens in the background waits until it is looked at', async () => {
  const b = browser();
  const tab = b.tab('/events', {}, { visibilityState: 'hidden' });
  await settled();
  assert.equal(b.streams.length, 0);
  assert.deepEqual(tab.states, ['paused']);
  await tab.look('visible');
  assert.equal(b.streams.length, 1);
});

test('without Web Locks each tab reads for itself', async () => {
  const b = browser({ locks: false });
  const tabs = [b.tab('/events'), b.tab('/events')];
  await settled();
  assert.equal(b.open().length, 2);
  b.streams[0].send('message', '1', 'a');
  assert.deepEqual(tabs.map((tab) => tab.events.length), [1, 0]);
  tabs[0].stop();
  assert.equal(b.open().length, 1);
});

test('offline is said at once, and online tries at once', async () => {
  const b = browser();
  const tab = b.tab('/events');
  await settled();
  b.streams[0].open();
  tab.world.dispatchEvent(new Event('offline'));
  assert.equal(tab.states.at(-1), 'reconnecting');
  tab.world.dispatchEvent(new Event('online'));
  await tab.elapse();
  assert.equal(b.streams.length, 2);
});

test('nothing is told after the end', async () => {
  const b = browser();
  const tab = b.tab('/events');
  await settled();
  tab.stop();
  b.streams[0].send('message', '1', 'a');
  assert.equal(tab.events.length, 0);
  assert.equal(b.open().length, 0);
});

for (const denied of ['channel', 'locks']) {
  test(`a frame that may store nothing reads alone: no ${denied}`, async () => {
    const b = browser({ denied });
    const tab = b.tab('/events');
    await settled();
    b.streams[0].open();
    assert.equal(b.streams.length, 1);
    assert.equal(tab.states.at(-1), 'live');
    tab.stop();
  });
}

test('each tab knows whether it reads the stream itself', async () => {
  const b = browser();
  const [first, second] = [b.tab('/events'), b.tab('/events')];
  await settled();
  b.streams[0].open();
  assert.deepEqual([first.leads(), second.leads()], [true, false]);
  first.stop();
  await settled();
  b.streams[1].open();
  assert.equal(second.leads(), true);
});

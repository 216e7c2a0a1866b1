// One payment from the QR to its end. What may be on screen is `state.phase`:
//   idle      nothing is open
//   opening   the code is being resolved
//   view      the server's view says which screen (review, paid, declined, …)
//   sending   the payer has tapped; the answer is awaited
//   checking  no answer came, or "unknown": asked again every two seconds until it is known
//   unsent    asked often enough: the server never got it, nothing moved, the same request may go again
//   failed    the code could not be opened; `error` says why

import { ApiError, intent } from './api.mjs';

const TOUCH_MS = 20_000;
const POLL_MS = 2_000;
// A request that is still on its way arrives well within this many polls.
const POLLS_UNTIL_UNSENT = 4;
// The codes live this long; the beam shows what is left of it.
const CODE_LIFE_MS = 180_000;

const PAYABLE = new Set(['review', 'declined']);
const OVER = new Set(['paid', 'expired', 'taken']);
const GONE = { QR_TAKEN: 'taken', QR_EXPIRED: 'expired' };

function nothing() {
  return {
    phase: 'idle', id: null, view: null, error: null, spanMs: CODE_LIFE_MS, skewMs: 0,
    source: { type: 'balance' }, months: 0, match: null,
  };
}

function sourceOf({ source, months }) {
  if (source.type === 'balance') return { type: 'balance' };
  return { type: 'card', cardId: source.cardId, installmentMonths: months };
}

/** `changed()` is called after every change of `state`. Time, keys and timers are arguments for the tests' sake. */
export function payment(api, changed, { now = () => Date.now(), newKey, timers = globalThis } = {}) {
  const keys = intent(newKey);
  const flow = { state: nothing(), open, load, choose, approve, resend, refresh, leave, forget: reset, remainingMs };
  let touching = null;
  let polling = null;
  let sent = null;
  /** The version that was shown at the tap, and how often the code has been renewed since, which makes it one greater. */
  let sentAt;
  let renewals = 0;
  /** What a code has just opened, and no screen has shown: it is as new as an answer can be. */
  let fresh = null;

  function set(part) {
    Object.assign(flow.state, part);
    changed();
  }

  function stopTimers() {
    timers.clearInterval(touching);
    timers.clearTimeout(polling);
    touching = polling = null;
  }

  function reset() {
    stopTimers();
    keys.settle();
    sent = fresh = null;
    flow.state = nothing();
  }

  function touch() {
    const { id, view } = flow.state;
    if (!id || !PAYABLE.has(view?.status)) return;
    renewals += 1;
    api.post(`confirm/${id}/touch`).then((answer) => answer?.status && takeInstead(view, answer), (error) => {
      if (GONE[error.code]) takeInstead(view, gone(error));
    });
  }

  /** The payment as it was shown, over. */
  function gone(error) {
    return { ...flow.state.view, status: GONE[error.code] };
  }

  /** Takes what was asked for while `before` was shown, unless something newer is there by now. */
  function takeInstead(before, view) {
    if (flow.state.view === before && flow.state.phase === 'view') take(view);
  }

  /** Takes the server's view, whichever way it came. Answers overtake each other: an older one says how late it is. */
  function take(answer) {
    const shown = flow.state.view;
    const view = shown?.id === answer.id && answer.version < shown.version ? shown : answer;
    const skewMs = Date.parse(view.now) - now();
    const left = Date.parse(view.expiresAt) - Date.parse(view.now);
    const first = flow.state.id !== view.id || !flow.state.view;
    const spanMs = first ? Math.max(CODE_LIFE_MS, left) : Math.max(flow.state.spanMs, left);
    const asking = view.status === 'unknown' || view.status === 'processing';
    if (asking) sentAt = undefined;
    else sent = null;
    set({ id: view.id, view, phase: asking ? 'checking' : 'view', skewMs, spanMs });
    if (OVER.has(view.status)) stopTimers();
    else if (!touching) touching = timers.setInterval(touch, TOUCH_MS);
    if (asking) poll(0);
  }

  function poll(unseen) {
    timers.clearTimeout(polling);
    const { id } = flow.state;
    polling = timers.setTimeout(async () => {
      let missed = unseen;
      try {
        const view = await api.get(`confirm/${id}`);
        if (flow.state.id !== id) return;
        if (!isUnseen(view)) return take(view);
        missed += 1;
        if (missed >= POLLS_UNTIL_UNSENT) return set({ phase: 'unsent', view });
      } catch (error) {
        if (flow.state.id !== id) return;
        if (error.status === 401) return set({ error });
        // The code is no longer this payer's and nothing was paid with it: what was sent comes too late.
        if (GONE[error.code]) return take(gone(error));
      }
      poll(missed);
    }, POLL_MS);
  }

  /** Whether the server has not seen the request, so far: what it shows is what was shown at the tap. */
  function isUnseen({ status, version }) {
    // An earlier card's refusal stands there until this one is tried, which changes more than a renewal does.
    return status === 'review' || (status === 'declined' && version - sentAt <= renewals);
  }

  /** Opens a code: `{token}` from a QR or `{code}` typed in. Returns the id, or null with `state.error`. */
  async function open(code) {
    reset();
    set({ phase: 'opening' });
    const opening = flow.state;
    try {
      const view = await api.post('qr/resolve', code);
      if (flow.state !== opening) return null;
      fresh = view.id;
      take(view);
      return view.id;
    } catch (error) {
      if (flow.state === opening) set({ phase: 'failed', error });
      return null;
    }
  }

  /** Shows the payment of an address; the one already open at once, and renewed unless it was opened just now. */
  async function load(id) {
    const isFresh = fresh === id;
    fresh = null;
    if (isFresh) return;
    if (flow.state.id === id && flow.state.view) return renew();
    reset();
    set({ phase: 'opening', id });
    const opening = flow.state;
    try {
      const view = await api.get(`confirm/${id}`);
      if (flow.state === opening) take(view);
    } catch (error) {
      // Somebody comes back to an address: what was sent from there before, nobody has said.
      if (!error.isFinal) error.outcome = 'unknown';
      if (flow.state === opening) set({ phase: 'failed', error });
    }
  }

  /** Asks again at the end of the time; without an answer the code counts as expired. */
  async function refresh() {
    const { id, phase, view: before } = flow.state;
    if (phase !== 'view') return;
    const view = await api.get(`confirm/${id}`).catch(() => ({ ...before, status: 'expired' }));
    takeInstead(before, view);
  }

  /** Back from elsewhere in the app: the balance may be another by now. Whatever happens meanwhile goes first. */
  async function renew() {
    const { id, view, phase } = flow.state;
    if (phase !== 'view' || !PAYABLE.has(view.status)) return;
    const newer = await api.get(`confirm/${id}`).catch(() => null);
    if (newer) takeInstead(view, newer);
  }

  function choose(part) {
    set({ ...part, error: null });
  }

  async function submit(request) {
    const { id, view: before } = flow.state;
    sent = request;
    sentAt = before.version;
    renewals = 0;
    timers.clearTimeout(polling);
    set({ phase: 'sending', error: null });
    try {
      const view = await api.post(`confirm/${id}/approve`, request, keys.keyFor({ id, ...request }));
      keys.settle();
      if (flow.state.id === id) take(view);
    } catch (error) {
      if (flow.state.id !== id) return;
      refused(error);
    }
  }

  function refused(error) {
    if (!(error instanceof ApiError) || !error.isFinal) {
      set({ phase: 'checking', error: null });
      poll(0);
      return;
    }
    keys.settle();
    sent = null;
    if (GONE[error.code]) return take(gone(error));
    if (error.code === 'WRONG_NUMBER') {
      // A wrong number voids the code: nothing more can be done with it here.
      stopTimers();
      return set({ phase: 'failed', error });
    }
    set({ phase: 'view', error });
    const { id, view } = flow.state;
    if (error.code === 'AMOUNT_MISMATCH') api.get(`confirm/${id}`).then((newer) => takeInstead(view, newer), () => {});
  }

  /** Asks for the money. A second call while the first is on its way does nothing. */
  async function approve(pin) {
    const { phase, view, match } = flow.state;
    if (phase !== 'view' || !PAYABLE.has(view?.status)) return;
    await submit({
      ...(view.match ? { match } : {}), pin, shownAmount: view.amount, source: sourceOf(flow.state),
    });
  }

  /** The same request under the same key, after the server turned out never to have seen it. */
  async function resend() {
    if (flow.state.phase === 'unsent' && sent) await submit(sent);
  }

  /** Gives the code back, so that another phone may scan it, and forgets the payment. */
  function leave() {
    const { id, view, phase } = flow.state;
    if (id && (phase === 'view' || phase === 'unsent') && PAYABLE.has(view?.status)) api.post(`confirm/${id}/leave`).catch(() => {});
    reset();
  }

  function remainingMs() {
    const { view, skewMs } = flow.state;
    return view ? Date.parse(view.expiresAt) - (now() + skewMs) : 0;
  }

  return flow;
}

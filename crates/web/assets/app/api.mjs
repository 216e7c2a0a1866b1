// The JSON API of the payer app. Every failure, of the network too, is an ApiError that says whether money moved.

import { newKey as random } from '../js/key.mjs';

const READ_TIMEOUT_MS = 15_000;
const MONEY_TIMEOUT_MS = 35_000;

export class ApiError extends Error {
  constructor({ code, status = 0, message = '', error = null, requestId = null, moving = false }) {
    super(message || code);
    this.code = code;
    this.status = status;
    this.said = message;
    this.param = error?.param ?? null;
    this.declineCode = error?.declineCode ?? null;
    this.requestId = requestId;
    // Without an answer from us, a request that moves money may have moved it.
    this.outcome = error?.outcome ?? (moving ? 'unknown' : 'none');
  }

  get isNetwork() {
    return this.code === 'NETWORK';
  }

  /** The answer is final: the same request would get the same one. */
  get isFinal() {
    return this.status >= 400 && this.status < 500 && this.outcome !== 'unknown';
  }
}

async function parsed(response, moving) {
  const envelope = await response.json().catch(() => null);
  if (response.ok && envelope && envelope.code === 'OK') return envelope.data;
  throw new ApiError({
    code: envelope?.code ?? 'BAD_ANSWER', status: response.status, message: envelope?.message,
    error: envelope?.error, requestId: envelope?.requestId, moving,
  });
}

/**
 * `language()` gives the language of the messages, `onReach(reached, asked)` hears whether the server was reached by
 * what was asked at `asked`, in milliseconds of `performance`.
 * `fetch` is an argument so that tests need no server.
 */
export function client({ base, language, onReach = () => {}, fetch = (...args) => globalThis.fetch(...args) }) {
  async function send(method, path, body, key) {
    const moving = key !== undefined;
    const headers = { Accept: 'application/json', 'Accept-Language': language() };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (moving) headers['Idempotency-Key'] = key;
    let response;
    const asked = performance.now();
    try {
      response = await fetch(base + path, {
        method, headers, credentials: 'same-origin', cache: 'no-store',
        // What was sent arrives, though the payer has gone on to another page.
        keepalive: method === 'POST',
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(moving ? MONEY_TIMEOUT_MS : READ_TIMEOUT_MS),
      });
    } catch {
      onReach(false, asked);
      throw new ApiError({ code: 'NETWORK', moving });
    }
    onReach(true, asked);
    return parsed(response, moving);
  }
  return {
    get: (path) => send('GET', path),
    post: (path, body = {}, key = undefined) => send('POST', path, body, key),
    remove: (path) => send('DELETE', path),
  };
}

/**
 * One key for one intended movement of money: kept while the request stays the same and its end is not known,
 * renewed when the payer changes something or the server has given a final answer.
 */
export function intent(newKey = random) {
  let current = null;
  return {
    keyFor(request) {
      const wanted = JSON.stringify(request);
      if (current?.wanted !== wanted) current = { wanted, key: newKey() };
      return current.key;
    },
    settle() {
      current = null;
    },
  };
}

import { pageOf } from './base.mjs';
import { channel } from './channel.mjs';
import { SteelyardError, understood } from './errors.mjs';
import { look, outcome } from './outcome.mjs';
import { leave } from './redirect.mjs';
import { inline, overlay, popup } from './surfaces.mjs';

const HELLO_MS_MAX = 8000;
// Asking twice within this time closes whatever the page says: nobody is held in a frame that hangs.
const ASK_MS = 3000;
// After these the checkout page stays open and offers another way, so the promise waits for how it ends.
const LASTING = ['DECLINED', 'AUTHENTICATION_FAILED', 'PROVIDER_DOWN', 'NETWORK'];

/** One showing of one checkout, from `open` or `mount` until it is closed. */
export const run = (kind, place, secretOf, locale, emit) => {
  let settle, secret, link, timer, declineCode, settled, failed, over, met, doubt;
  let asked = 0;
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
  // Whoever listens to events alone leaves no unhandled rejection behind.
  promise.catch(() => {});

  const succeed = (result) => {
    if (settled) return;
    settled = true;
    settle.resolve(result);
    emit('success', result);
  };
  const fail = (error) => {
    if (settled) return;
    settled = failed = true;
    settle.reject(error);
    emit(error.code === 'USER_CANCELED' ? 'cancel' : 'error', error);
  };
  const cancel = (moneyMoved) => fail(new SteelyardError('USER_CANCELED', { declineCode, moneyMoved }));
  const clear = () => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    link?.close();
    view?.remove();
    emit('close');
  };
  /** Closed without the checkout's own word: the server is asked once how it stands. */
  const dismiss = async () => {
    if (over) return;
    clear();
    if (settled) return;
    if (!secret || (!met && kind !== 'popup')) return cancel();
    try {
      succeed(outcome(await look(secret)));
    } catch (error) {
      if (error.code === 'SESSION_EXPIRED') fail(error);
      // What the checkout page has sent may arrive at the server after this question.
      else cancel(error.code === 'USER_CANCELED' && !doubt ? error.moneyMoved : 'unknown');
    }
  };
  const ask = () => {
    const now = Date.now();
    if (settled || now - asked < ASK_MS || !link?.post({ type: 'close' })) return dismiss();
    asked = now;
  };
  const lang = locale && { lang: locale };
  const depart = (url = pageOf(secret, lang)) => {
    // Going back shows this page as it was left, with a buyer who pays no more.
    addEventListener('pageshow', ({ persisted }) => persisted && (cancel('unknown'), clear()), { once: true });
    leave(secret, url);
  };
  const hear = ({ type, ...detail }) => {
    switch (type) {
      case 'size':
        if (detail.height > 0) view.size?.(detail.height);
        break;
      case 'ready':
      case 'scanned':
        emit(type);
        break;
      case 'expired':
        emit(type);
        fail(new SteelyardError('SESSION_EXPIRED'));
        break;
      case 'method':
      case 'qr':
        emit(type, detail);
        break;
      case 'result':
        succeed(detail.result);
        break;
      case 'authenticated':
        succeed(detail);
        break;
      case 'error': {
        const error = understood(detail.error);
        if (!error.retryable || !LASTING.includes(error.code)) return fail(error);
        ({ declineCode } = error);
        emit(type, error);
        break;
      }
      case 'doubt':
        doubt = detail.on;
        break;
      // A bank that shows itself in no frame: the port is the platform's own, and so is the address.
      case 'leave':
        depart(detail.url);
        break;
      case 'cancel':
        cancel(detail.moneyMoved);
        clear();
        break;
      case 'close':
        dismiss();
    }
  };

  const view =
    kind === 'overlay' ? overlay(ask, dismiss)
    : kind === 'popup' ? popup(dismiss)
    : kind === 'inline' ? inline(place)
    : null; // prettier-ignore
  const begin = async () => {
    if (kind === 'popup' && !view) throw new SteelyardError('POPUP_BLOCKED', { retryable: true });
    secret = await secretOf();
    if (over) return;
    if (!view) return depart();
    link = channel(view.window, () => {
      met = true;
      // Another page is in the frame, which says itself what it doubts.
      doubt = false;
      clearTimeout(timer);
      view.hello?.();
    }, hear); // prettier-ignore
    if (kind !== 'popup') timer = setTimeout(depart, HELLO_MS_MAX);
    view.go(pageOf(secret, { embed: kind, origin: location.origin, ...lang }));
  };
  begin().catch((error) => {
    fail(error instanceof SteelyardError ? error : new SteelyardError('INTERNAL', { message: error?.message, cause: error }));
    clear();
  });
  return { promise, ask, dismiss, over: () => over, failed: () => failed };
};

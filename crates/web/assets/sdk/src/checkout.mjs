import { chosen } from './display.mjs';
import { mistake } from './errors.mjs';
import { run } from './run.mjs';

export const EVENTS = ['ready', 'method', 'qr', 'scanned', 'expired', 'success', 'cancel', 'error', 'close'];
const SECRET = /^cs_\w+_secret_[\w-]+$/;

const proven = (secret) => {
  if (!SECRET.test(secret)) throw mistake('clientSecret', 'must be the clientSecret of a session');
  return secret;
};

export class Checkout {
  #source;
  #locale;
  #secret;
  #run;
  #place;
  #listeners = [];

  constructor({ clientSecret } = {}, locale) {
    if (typeof clientSecret !== 'function') proven(clientSecret);
    this.#source = clientSecret;
    this.#locale = locale;
  }

  open({ display } = {}) {
    try {
      const kind = chosen(display);
      if (!this.#run || this.#run.failed()) this.#start(kind);
      return this.#run.promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  mount(place) {
    const element = typeof place === 'string' ? document.querySelector(place) : place;
    if (!element?.append) throw mistake('mount', 'must be an element or the selector of one');
    if (this.#place === element && !this.#run?.over()) return;
    this.unmount();
    this.#place = element;
    this.#start('inline', element);
  }

  unmount() {
    if (this.#place) this.#run?.dismiss();
    this.#place = null;
  }

  close() {
    this.#run?.ask();
  }

  on(event, listener) {
    if (!EVENTS.includes(event)) throw mistake('event', `must be one of ${EVENTS.join(', ')}`);
    const entry = { event, listener };
    this.#listeners.push(entry);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  #start(kind, place) {
    this.#run?.dismiss();
    this.#run = run(kind, place, () => this.#session(), this.#locale, (event, detail) => this.#tell(event, detail));
    // A function may make a new session; the old one is spent or in doubt.
    this.#run.promise.catch(() => {
      if (typeof this.#source === 'function') this.#secret = undefined;
    });
  }

  #session() {
    const source = this.#source;
    this.#secret ??= Promise.resolve(typeof source === 'function' ? source() : source).then(proven);
    return this.#secret;
  }

  #tell(event, detail) {
    for (const entry of this.#listeners) {
      if (entry.event !== event) continue;
      try {
        entry.listener(detail);
      } catch (error) {
        // A listener's bug is the merchant's to see, and must not stop a payment.
        reportError(error);
      }
    }
  }
}

// Time that is left, on the beams and in figures, counted from the server's clock.

import { fill, left } from './format.mjs';

const BEAM = 390;
// A label that changes every second would be read aloud every second by some readers.
const LABEL_SECONDS = 30;

export class Countdown {
  #ahead = 0;
  #words;
  #qrLife;
  #ended = new Set();
  #onEnd;

  /** `onEnd(what)` is called once for each end of a `session`, a `qr` or a `check`. */
  constructor(words, qrLife, onEnd) {
    this.#words = words;
    this.#qrLife = qrLife;
    this.#onEnd = onEnd;
    setInterval(() => this.tick(), 1_000);
  }

  /** The server's clock, as the newest view has it. */
  set now(time) {
    this.#ahead = Date.parse(time) - Date.now();
  }

  /** In milliseconds since 1970. */
  get serverNow() {
    return Date.now() + this.#ahead;
  }

  secondsTo(time) {
    return Math.ceil((Date.parse(time) - this.serverNow) / 1_000);
  }

  #spoken(seconds) {
    const rest = Math.max(0, seconds);
    const values = { m: Math.floor(rest / 60), s: rest % 60 };
    return fill(rest < 60 ? this.#words.seconds : this.#words.minutes, values);
  }

  tick() {
    for (const beam of document.querySelectorAll('[data-beam]')) this.#weigh(beam);
    for (const check of document.querySelectorAll('[data-left="check"]')) {
      const seconds = this.secondsTo(check.dataset.until);
      check.textContent = left(seconds);
      if (seconds <= 0) this.#end('check', check.dataset.until);
    }
  }

  #weigh(beam) {
    const { beam: what, from, until } = beam.dataset;
    const seconds = this.secondsTo(until);
    const rest = Math.max(0, seconds);
    const whole = from ? Math.max(1, (Date.parse(until) - Date.parse(from)) / 1_000) : this.#qrLife;
    beam.querySelector('.w').setAttribute('x', String(Math.round((BEAM * Math.min(rest, whole)) / whole)));
    if (seconds % LABEL_SECONDS === 0) {
      const label = what === 'qr' ? this.#words.qrLabel : this.#words.leftLabel;
      beam.setAttribute('aria-label', fill(label, { time: this.#spoken(rest) }));
    }
    for (const figure of document.querySelectorAll(`[data-left="${what}"]`)) {
      const text = left(rest);
      if (figure.textContent !== text) figure.textContent = text;
    }
    if (seconds <= 0) this.#end(what, until);
  }

  #end(what, until) {
    const end = `${what} ${until}`;
    if (this.#ended.has(end)) return;
    this.#ended.add(end);
    this.#onEnd(what);
  }

  /** The end did not take, as when the network was gone: it may come again. */
  forget(what) {
    for (const end of this.#ended) if (end.startsWith(`${what} `)) this.#ended.delete(end);
  }
}

// The step at the card's bank. No browser says whether a bank lets its page be framed: one that is refused loads like any
// other, and nobody may look inside. So the way out of the frame is there from the start, and steps forward when nothing
// is heard of the frame. Where our own policy shuts the bank out the server knows it: then there is no frame at all.

const SILENT_MS = 5_000;
const LED = 'steelyard.led';

export class Bank {
  #page;
  #onSilent;
  #lead;
  #frame;
  #timer;

  /**
   * @param {() => void} onSilent Nothing was heard of the frame.
   * @param {(url: string) => void} lead The bank's page is to take the place of the whole.
   */
  constructor(page, onSilent, lead) {
    this.#page = page;
    this.#onSilent = onSilent;
    this.#lead = lead;
    addEventListener('message', ({ source }) => source && source === this.#frame?.contentWindow && this.#heard());
  }

  /** After each filling of the page. */
  watch() {
    const frame = this.#page.querySelector('[data-frame]');
    if (frame !== this.#frame) {
      clearTimeout(this.#timer);
      this.#frame = frame;
      if (frame) this.#open(frame);
    }
    const only = this.#page.querySelector('[data-lead]');
    if (only && first(only.href)) this.#lead(only.href);
  }

  #open(frame) {
    let loads = 0;
    this.#timer = setTimeout(() => this.#silent(), SILENT_MS);
    const loaded = () => {
      frame.dataset.seen = 'yes';
      loads += 1;
      // A page that leads on is one that the bank has shown. An empty one, into which we can look, is none of the bank's.
      if (loads > 1) this.#heard();
      else if (frame.contentDocument?.URL === 'about:blank') this.#silent();
    };
    // It may have come before this script.
    if (frame.contentDocument === null) loaded();
    frame.addEventListener('load', loaded);
  }

  #silent() {
    if (this.#say('needed')) this.#onSilent();
  }

  #heard() {
    clearTimeout(this.#timer);
    this.#say('quiet');
  }

  #say(state) {
    const way = this.#page.querySelector('[data-way]');
    if (!way || way.dataset.state === state) return false;
    way.dataset.state = state;
    way.classList.toggle('p', state === 'needed');
    return true;
  }
}

/** Who comes back to this page by the browser's own button is not led away again. */
function first(url) {
  try {
    if (sessionStorage.getItem(LED) === url) return false;
    sessionStorage.setItem(LED, url);
    return true;
  } catch {
    return false;
  }
}

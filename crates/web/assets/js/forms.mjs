// Forms that pay: checked in the browser, sent once, and never twice for one press too many.

import { CHECKS, typed } from './card.mjs';
import { newKey } from './key.mjs';

function mark(input, message) {
  const place = document.getElementById(`${input.id}-err`);
  if (place) place.textContent = message;
  if (message) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

export class Forms {
  #words;
  #facts;
  #send;
  /** What is under way; an attribute would go with the next filling of the page. */
  #sending = new WeakSet();

  /**
   * @param {() => { mode: string, now: number }} facts
   * @param {(address: string, body: object, key: string | null) => Promise<boolean>} send Whether the answer is certain:
   *   then the next press is another payment and needs another key.
   */
  constructor(words, facts, send) {
    this.#words = words;
    this.#facts = facts;
    this.#send = send;
    const page = document.getElementById('page');
    page.addEventListener('submit', (event) => this.#submit(event));
    page.addEventListener('input', (event) => this.#input(event));
    page.addEventListener('focusout', ({ target }) => {
      if (target.matches?.('input.f') && target.value !== '') this.#check(target);
    });
  }

  #check(input) {
    const message = CHECKS[input.name]?.(input.value, this.#words, this.#facts()) ?? '';
    mark(input, message);
    return message === '';
  }

  #input(event) {
    const input = event.target;
    if (input.matches('[data-find]')) return this.#find(input);
    if (input.name === 'bank') return void (input.closest('fieldset').querySelector('[data-err]').textContent = '');
    if (!input.matches('input.f')) return;
    typed(input, event);
    // What was wrong is taken back as soon as it is right; a new fault waits until the field is left.
    if (input.getAttribute('aria-invalid')) this.#check(input);
  }

  #find(input) {
    const wanted = input.value.trim().toLowerCase().replace(/\s/g, '');
    const labels = [...input.closest('fieldset').querySelectorAll('.banks label')];
    for (const label of labels) {
      const name = `${label.textContent} ${label.querySelector('input').value}`.toLowerCase().replace(/\s/g, '');
      label.hidden = !name.includes(wanted);
    }
    input.closest('fieldset').querySelector('[data-none]').hidden = labels.some((label) => !label.hidden);
  }

  #isRight(form) {
    const inputs = [...form.querySelectorAll('input.f')].filter((input) => CHECKS[input.name]);
    const wrong = inputs.filter((input) => !this.#check(input));
    const banks = form.querySelector('[data-err="bank"]');
    const lacksBank = banks && !form.querySelector('[name="bank"]:checked');
    if (banks) banks.textContent = lacksBank ? this.#words.bankMissing : '';
    const first = lacksBank ? form.querySelector('[name="bank"]') : wrong[0];
    if (!first) return true;
    const details = first.closest('details');
    if (details) details.open = true;
    first.focus();
    return false;
  }

  #submit(event) {
    const form = event.target;
    if (!form.matches('[data-pay], [data-post]')) return;
    event.preventDefault();
    if (this.#sending.has(form) || (form.dataset.pay && !this.#isRight(form))) return;
    this.send(form);
  }

  async send(form) {
    if (this.#sending.has(form)) return;
    this.#sending.add(form);
    const button = form.querySelector('button:not([type="button"])');
    button?.setAttribute('aria-busy', 'true');
    if (button) button.disabled = true;
    const { key, ...fields } = Object.fromEntries(new FormData(form));
    const body = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
    if (body.installmentMonths) body.installmentMonths = Number(body.installmentMonths);
    const address = new URL(form.action);
    let certain = true;
    try {
      certain = await this.#send(address.pathname + address.search, body, key ?? null);
    } finally {
      if (certain && form.elements.key) form.elements.key.value = newKey();
      this.#sending.delete(form);
      if (button) button.disabled = false;
      button?.removeAttribute('aria-busy');
    }
  }

  /** A refusal that names a field is said there as well. */
  static refuse(param, message) {
    const input = [...document.querySelectorAll(`#page [name="${CSS.escape(param)}"]`)].find((each) => each.checkVisibility());
    if (!input) return;
    if (input.matches('.f')) mark(input, message);
    input.focus();
  }

  /** Every key anew, once: a page that was kept by the browser shows an old one. */
  static renewKeys() {
    for (const input of document.querySelectorAll('#page input[name="key"]')) input.value = newKey();
  }
}

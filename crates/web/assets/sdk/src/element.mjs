import { mistake } from './errors.mjs';
import { Checkout, EVENTS } from './checkout.mjs';

/** `<steelyard-checkout client-secret display>`: inline unless it is told otherwise; then `open()` shows it. */
export const define = (localeOf, keyed) => {
  if (!globalThis.customElements || customElements.get('steelyard-checkout')) return;
  customElements.define(
    'steelyard-checkout',
    class extends HTMLElement {
      static observedAttributes = ['client-secret', 'publishable-key', 'display', 'locale'];
      #checkout;

      connectedCallback() {
        this.style.display ||= 'block';
        this.#show();
      }

      disconnectedCallback() {
        // A move within the page takes it out and puts it back at once.
        queueMicrotask(() => this.isConnected || this.#hide());
      }

      attributeChangedCallback(name, before, now) {
        if (before === now || !this.isConnected) return;
        this.#hide();
        this.#show();
      }

      open(options) {
        const display = this.getAttribute('display');
        const inline = !display || display === 'inline';
        this.#show();
        if (!this.#checkout) return Promise.reject(mistake('client-secret', 'is missing or wrong'));
        return this.#checkout.open(inline ? options : { display, ...options });
      }

      close() {
        this.#checkout?.close();
      }

      #hide() {
        this.#checkout?.unmount();
        this.#checkout?.close();
        this.#checkout = undefined;
      }

      #show() {
        const clientSecret = this.getAttribute('client-secret');
        const display = this.getAttribute('display');
        if (!clientSecret) return;
        try {
          if (this.getAttribute('publishable-key')) keyed(this);
          if (!this.#checkout) {
            this.#checkout = new Checkout({ clientSecret }, localeOf(this.getAttribute('locale')));
            for (const name of EVENTS) this.#checkout.on(name, (detail) => this.#tell(name, detail));
          }
          if (!display || display === 'inline') this.#checkout.mount(this);
        } catch (error) {
          this.#tell('error', error);
        }
      }

      #tell(name, detail) {
        this.dispatchEvent(new CustomEvent(`steelyard:${name}`, { detail, bubbles: true, composed: true }));
      }
    },
  );
};

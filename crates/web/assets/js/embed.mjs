// Inside a shop's page: says there what happens, over a port that only the two of them have.

const SDK_METHODS = { app: 'app', card: 'card', transfer: 'transfer', virtualAccount: 'virtual_account' };

/** Whether money may have moved, as far as this page can know. */
export class Doubt {
  #out = 0;
  #lost = false;

  /** A payment has been sent, */
  sent() {
    this.#out += 1;
  }

  /** and it has been answered, or not. A refusal says nothing of what was sent before it. */
  answered(answer) {
    this.#out -= 1;
    if (answer === 'lost') this.#lost = true;
    else if (answer === 'done') this.#lost = false;
  }

  /** A page that shows how a payment ended knows it, whoever was answered. */
  saw(before, view) {
    if (this.#out) return;
    const judged = JSON.stringify(before.failure) !== JSON.stringify(view.failure);
    if (judged || (before.status !== 'open' && view.status === 'open')) this.#lost = false;
  }

  /** `cut`: whether nothing is heard of the session, so that somebody may have scanned its code. */
  of({ purpose, status, qr }, cut) {
    // What is only authenticated here is charged by the merchant's server, or never.
    if (purpose === 'authenticate') return false;
    const held = qr ? cut || qr.state !== 'waiting' : false;
    return this.#out > 0 || this.#lost || held || status === 'authenticating';
  }
}

/** What happens goes nowhere where nobody embeds the page. */
export class Embedding {
  #port;
  #waiting = [];
  #told = new Set();
  #last;
  #doubtful = false;
  #onClose;
  /** Whether the shop's page goes where it is asked to: one that was loaded before an upgrade may not. */
  #leaves = false;

  /**
   * @param {string | null} listener The origin of the page that embeds this one, if it may hear of it.
   * @param {() => void} onClose The shop's page asks to close.
   */
  constructor(listener, onClose) {
    this.#onClose = onClose;
    const parent = window.parent !== window ? window.parent : window.opener;
    if (!listener || !parent) return;
    this.active = true;
    const hear = ({ origin, source, data, ports }) => {
      if (origin !== listener || source !== parent || data?.steelyard !== 1 || data.type !== 'connect' || !ports[0]) return;
      removeEventListener('message', hear);
      this.#port = ports[0];
      this.#leaves = Boolean(data.leaves);
      this.#port.onmessage = ({ data: message }) => message?.type === 'close' && this.#onClose();
      for (const message of this.#waiting.splice(0)) this.#port.postMessage(message);
    };
    addEventListener('message', hear);
    parent.postMessage({ steelyard: 1, type: 'hello' }, listener);
    this.tell({ type: 'ready' });
    const size = () => this.tell({ type: 'size', height: Math.ceil(document.documentElement.getBoundingClientRect().height) });
    new ResizeObserver(size).observe(document.documentElement);
  }

  tell(message) {
    if (!this.active) return;
    if (this.#port) this.#port.postMessage(message);
    else this.#waiting.push(message);
  }

  #once(what, message) {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.tell(message);
  }

  chose(method) {
    this.tell({ type: 'method', method: SDK_METHODS[method] ?? method });
  }

  /** So that a frame which is taken away without being asked is not said to have moved nothing. */
  doubt(on) {
    if (on !== this.#doubtful) this.tell({ type: 'doubt', on });
    this.#doubtful = on;
  }

  /** The shop's page goes to `url` as a whole, and notes what it left for. Whether there is one around this page to do it. */
  away(url) {
    if (!this.#leaves || window.parent === window) return false;
    this.tell({ type: 'leave', url });
    return true;
  }

  /** What the shop's page is told of a view, each thing once. */
  show(view, requestId) {
    if (!this.active) return;
    const { qr, failure, payment, status } = view;
    if (qr?.state === 'waiting') this.#once(`qr ${qr.expiresAt}`, { type: 'qr', expiresAt: qr.expiresAt });
    if (qr && qr.state !== 'waiting') this.#once(`scanned ${qr.expiresAt}`, { type: 'scanned' });
    // An order that was taken back is over as well; a failure says itself why.
    if (status === 'expired' || (status === 'canceled' && !failure)) this.#once('expired', { type: 'expired' });
    // One refusal is told once; the same one after another try is told again.
    if (failure && JSON.stringify(failure) + requestId !== this.#last) {
      this.#last = JSON.stringify(failure) + requestId;
      const { code, declineCode, message, retryable, moneyMoved } = failure;
      const docUrl = new URL(`/docs/errors#${code}`, location.href).href;
      this.tell({ type: 'error', error: { code, declineCode: declineCode ?? undefined, message, requestId, retryable, moneyMoved, docUrl } });
    }
    if (status === 'paid') this.#once('paid', { type: 'result', result: { status: 'paid', paymentId: payment?.id, orderId: view.order.id } });
    if (status === 'waitingForDeposit' && payment?.account) {
      const { bank, bankName, number, dueAt } = payment.account;
      const account = { bank, bankName, number, dueAt };
      this.#once('deposit', { type: 'result', result: { status: 'waiting_deposit', paymentId: payment.id, account } });
    }
    if (status === 'authenticated') {
      const { merchantOrderId, amount } = view.order;
      this.#once('authenticated', { type: 'authenticated', paymentKey: view.paymentKey, orderId: merchantOrderId, amount });
    }
  }

  /** The buyer, or the shop's page, is done with this one. */
  leave(view, doubtful) {
    const { status, payment } = view;
    if (status === 'processing' || status === 'unknown') {
      this.#once('processing', { type: 'result', result: { status: 'processing', paymentId: payment?.id, orderId: view.order.id } });
    } else if (status === 'open' || status === 'authenticating' || status === 'canceled') {
      this.#once('cancel', { type: 'cancel', moneyMoved: doubtful ? 'unknown' : 'no' });
    }
    this.tell({ type: 'close' });
  }
}

// The web SDK of Steelyard, https://HOST/sdk/v1/steelyard.mjs (or .js, which makes the global `Steelyard`).
// The guide is docs/SDK.md.

export type Locale = 'ko' | 'en' | 'auto';
export type Display = 'auto' | 'overlay' | 'redirect' | 'popup';
export type Method = 'card' | 'transfer' | 'virtual_account' | 'app';

/**
 * Starts the SDK with a publishable key (`pk_test_…` or `pk_live_…`).
 * @throws {SteelyardError} `INVALID_KEY` if it is none; a secret key is named as such.
 */
export declare function Steelyard(publishableKey: string, options?: { locale?: Locale }): Steelyard;
export declare namespace Steelyard {
  /** For the classic script, which has no exports. */
  export { SteelyardError };
}

export interface Steelyard {
  /**
   * The recommended door: your server made a session and fixed its amount.
   * Give the `clientSecret`, or a function that asks your server for one; it is called when the checkout is shown.
   */
  checkout(options: { clientSecret: string | (() => Promise<string>) }): Checkout;
  /**
   * The second door: the buyer authenticates here, and your server confirms within 10 minutes by
   * `POST /v1/payments/confirm`, with the amount from your own database. Leaves this page, so it never resolves.
   */
  requestPayment(request: PaymentRequest & { successUrl: string; failUrl: string }): Promise<never>;
  /** The same without leaving the page. Nothing has been paid yet when it resolves. */
  requestPayment(request: PaymentRequest): Promise<Authenticated>;
  /**
   * On the page the buyer comes back to. `null` where this is no return from a checkout. A failed or canceled payment
   * rejects, as it does elsewhere. A session of the second door that awaits your confirmation gives `Returned`.
   */
  resume(): Promise<Result | Returned | null>;
}

export interface Checkout {
  /**
   * Shows the checkout. Resolves with how it went, rejects with a `SteelyardError` on failure and on cancellation.
   * While it runs and after it succeeded, a second call gives the same promise. With `redirect` it never resolves:
   * call `resume()` on the return page.
   */
  open(options?: { display?: Display }): Promise<Result>;
  /** Shows it inside an element of yours. Mounting again in the same place changes nothing. */
  mount(element: Element | string): void;
  unmount(): void;
  /** Asks the checkout to close; a payment under way is not cut off. */
  close(): void;
  /** Returns the function that ends the listening. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void;
}

export interface PaymentRequest {
  /** Your own order number, unique per merchant and mode. */
  orderId: string;
  orderName: string;
  /** `value`: integer minor units. KRW has none, so won; USD in cents. */
  amount: { value: number; currency: 'KRW' | 'USD' };
  /** What is authenticated here and charged later is a card; another method is refused with `INVALID_REQUEST`. */
  method?: 'card';
  /** `key` is yours; it stays in the browser and is not sent. */
  customer?: { name?: string; email?: string; key?: string };
  successUrl?: string;
  failUrl?: string;
}

export type Authenticated = { paymentKey: string; orderId: string; amount: number };

/** The same on the return page; without `amount` where the buyer came back in another browser than they left in. */
export type Returned = Omit<Authenticated, 'amount'> & { amount?: number };

/** A hint for the page, never proof of payment: ask your server, which has it from its stream of events or from the API. */
export type Result =
  | { status: 'paid'; paymentId: string; orderId: string }
  | {
      status: 'waiting_deposit';
      paymentId: string;
      /** `bank`: its code, as `kookmin`; `bankName`: to be shown, in the language of the checkout. */
      account: { bank: string; bankName: string; number: string; dueAt: string };
    }
  | { status: 'processing'; paymentId: string };

export interface Events {
  ready: void;
  method: { method: Method };
  qr: { expiresAt: string };
  scanned: void;
  /** The session is over; the promise rejects with `SESSION_EXPIRED`. A QR code renews itself without a word. */
  expired: void;
  success: Result;
  /** What the promise rejects with: its `moneyMoved` says whether nothing was paid, or nobody can know. */
  cancel: SteelyardError;
  /** Also what the buyer can still mend in the checkout, as a declined card: the promise then goes on waiting. */
  error: SteelyardError;
  close: void;
}

export declare class SteelyardError extends Error {
  code: ErrorCode;
  declineCode?: string;
  /** The field at fault, with `INVALID_REQUEST` and `INVALID_KEY`. */
  param?: string;
  requestId: string;
  retryable: boolean;
  /** `unknown`: do not ask the buyer to pay again before your server knows how it ended. */
  moneyMoved: 'no' | 'unknown';
  docUrl: string;
}

export type ErrorCode =
  | 'USER_CANCELED'
  | 'SESSION_EXPIRED'
  | 'ALREADY_PAID'
  | 'DECLINED'
  | 'AUTHENTICATION_FAILED'
  | 'AMOUNT_MISMATCH'
  | 'POPUP_BLOCKED'
  | 'ORIGIN_NOT_ALLOWED'
  | 'INVALID_KEY'
  | 'OUT_OF_STOCK'
  | 'INVALID_REQUEST'
  | 'PROVIDER_DOWN'
  | 'NETWORK'
  | 'INTERNAL';

/** `<steelyard-checkout client-secret="cs_…_secret_…">` */
export interface SteelyardCheckoutElement extends HTMLElement {
  open(options?: { display?: Display }): Promise<Result>;
  close(): void;
}

type ElementEvents = { [E in keyof Events as `steelyard:${E}`]: CustomEvent<Events[E]> };

declare global {
  interface HTMLElementTagNameMap {
    'steelyard-checkout': SteelyardCheckoutElement;
  }
  interface HTMLElementEventMap extends ElementEvents {}
  interface Window {
    /** Only with the classic script. */
    Steelyard: typeof Steelyard;
  }
}

// The pieces screens are made of. Nothing here knows the API.

import { html, useEffect, useRef, useState } from '../vendor/htm-preact-standalone.mjs';
import { parts } from '../js/format.mjs';
import { caretAfter, clock, spoken } from './format.mjs';
import { back as goBack } from './router.mjs';
import { app, t } from './state.mjs';
import { didMoneyMove, whatHappened, whatToPress } from './explain.mjs';

const ICONS = {
  back: 'M15 5l-7 7 7 7',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 4.5v5M8 14.5v5',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16',
  photo: 'M4 6h16v13H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01',
  light: 'M8 3h8v4l-2 3v11h-4V10L8 7zM12 13v2',
  plus: 'M12 5v14M5 12h14',
  gift: 'M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9c-6 0-5-5-2.5-5S12 9 12 9s0-5 2.5-5S18 9 12 9',
  card: 'M3 6h18v12H3zM3 10h18M6.5 14.5h4',
  erase: 'M9 6h11v12H9l-5-6zM12 9.5l5 5M17 9.5l-5 5',
  next: 'M9 5l7 7-7 7',
};

export function Icon({ name }) {
  return html`<svg class="ic" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d=${ICONS[name]} /></svg>`;
}

/** The mark: a level beam with its pan and its weight. */
export function Mark() {
  return html`<svg class="mark" width="30" height="26" viewBox="0 0 26 22" aria-hidden="true" focusable="false"
    ><path d="M2 7h22M8 7V3M4 7l-2 8h6L6 7M18 7v5" /><rect x="15" y="12" width="6" height="7" rx="1.5" /></svg>`;
}

/** One screen: its name in the title and the heading, which takes the focus when the payer came here by moving. */
export function Screen({ title, back, action, lead, foot, children, name }) {
  const heading = useRef(null);
  useEffect(() => {
    document.title = title === 'Steelyard' ? title : `${title} · Steelyard`;
    if (app.moved) heading.current?.focus({ preventScroll: true });
    if (app.moved) scrollTo(0, 0);
  }, [title]);
  const onBack = (event) => {
    event.preventDefault();
    goBack(back);
  };
  return html`<div class="ph" data-screen=${name ?? app.route.name}>
    <header class="top-bar">
      <${Strips} />
      <div class="bar">
        ${back && html`<a class="ib" href=${back} onClick=${onBack} aria-label=${t('app.back')}><${Icon} name="back" /></a>`}
        ${lead}
        <h1 tabindex="-1" ref=${heading}>${title}</h1>
        ${action}
      </div>
    </header>
    <main class="b">${children}</main>
    ${foot && html`<footer>${foot}</footer>`}
  </div>`;
}

function Strips() {
  const mode = app.payer?.mode ?? app.askedMode ?? app.config.mode;
  return html`
    ${mode === 'test' && html`<p class="test">${t('app.testMode')}</p>`}
    <div role="status">${app.offline && html`<p class="strip">${t('app.offline')}</p>`}</div>`;
}

/** An amount with its unit small and grey. */
export function Amount({ amount, currency, tag = 'span', cls = '', signed = false }) {
  const { sign, before, number, after } = parts(amount, currency, app.lang);
  const shown = signed && amount > 0 ? '+' : sign;
  return html`<${tag} class=${`money ${cls}`}>${shown}${before && html`<small class="pre">${before}</small>`}${number}${after && html`<small>${after}</small>`}<//>`;
}

const TICKS = Array.from({ length: 26 }, (_, i) => i);

/** The level beam: what is left of the time, as a weight on a ruled line. */
export function TimeLeft({ remaining, span }) {
  const [left, setLeft] = useState(remaining());
  useEffect(() => {
    const timer = setInterval(() => setLeft(remaining()), 1000);
    return () => clearInterval(timer);
  }, []);
  const share = Math.max(0, Math.min(1, left / span));
  const soon = left > 0 && left <= 30_000;
  const label = t('confirm.timeLeft', { time: spoken(left, app.lang) });
  return html`<div class="time">
    <svg class="beam" viewBox="0 0 400 18" preserveAspectRatio="none" role="img" aria-label=${label}>
      <line x1="0" y1="12" x2="400" y2="12" stroke="currentColor" stroke-width="2" />
      ${TICKS.map((i) => html`<line class="t" x1=${i * 16} x2=${i * 16} y1=${i % 5 ? 9 : 6} y2="12" />`)}
      <rect class="w" x=${Math.round(share * 390)} y="3" width="10" height="14" rx="2" />
    </svg>
    <p class="live" aria-hidden="true">${t('confirm.timeLeft', { time: clock(left) })}</p>
    <p class="sr" role="status">${soon ? t('confirm.soon') : ''}</p>
  </div>`;
}

/** What happened, whether money moved, what to press. */
export function Notice({ tone = 'bad', what, moved, press, children }) {
  return html`<div class=${`notice ${tone}`} role=${tone === 'bad' ? 'alert' : 'status'}>
    <p class="what">${what}</p>
    ${moved && html`<p>${moved}</p>`}
    ${press && html`<p>${press}</p>`}
    ${children}
  </div>`;
}

/** The notice of an ApiError. `money={false}` where no money could have been meant (signing in). */
export function Failure({ error, money = true, press, children }) {
  if (!error) return null;
  return html`<${Notice} what=${whatHappened(error)} moved=${money && didMoneyMove(error.outcome)} press=${press ?? whatToPress(error)}>${children}<//>`;
}

/** A labelled input with its hint and its error tied to it. `format` regroups what is typed, the caret staying put. */
export function Field({ id, label, hint, error, value, onValue, format, aside, ...input }) {
  const onInput = (event) => {
    const el = event.currentTarget;
    if (!format) return onValue(el.value);
    const count = el.value.slice(0, el.selectionStart).replace(/[^0-9A-Za-z]/g, '').length;
    const text = format(el.value);
    el.value = text;
    const caret = caretAfter(text, count);
    el.setSelectionRange(caret, caret);
    return onValue(text);
  };
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return html`<div class=${`field ${error ? 'wrong' : ''}`}>
    <label for=${id}>${label}</label>
    <div class="in">
      <input id=${id} name=${id} value=${value} onInput=${onInput} aria-invalid=${error ? 'true' : 'false'}
        aria-describedby=${describedBy || undefined} ...${input} />${aside}
    </div>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="err" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

/** A button that cannot be pressed twice: busy while what it started runs, and off without a network if it pays. */
export function Press({ onPress, needsNetwork = true, busy = false, disabled = false, cls = 'btn p l', type = 'button', children }) {
  const [running, setRunning] = useState(false);
  // State is set later than the second of two taps comes; a ref is set at once.
  const lock = useRef(false);
  const off = disabled || busy || running || (needsNetwork && app.offline);
  const onClick = async () => {
    if (lock.current || off) return;
    lock.current = true;
    setRunning(true);
    try {
      await onPress?.();
    } finally {
      lock.current = false;
      setRunning(false);
    }
  };
  return html`<button type=${type} class=${cls} disabled=${off} aria-busy=${running || busy ? 'true' : 'false'}
    onClick=${type === 'submit' ? undefined : onClick}>${children}</button>`;
}

/** A form whose submit runs once at a time; focus goes to the first field that is wrong. */
export function Form({ onSubmit, children, cls = 'form' }) {
  const form = useRef(null);
  const lock = useRef(false);
  const submit = async (event) => {
    event.preventDefault();
    if (lock.current) return;
    lock.current = true;
    try {
      await onSubmit();
    } finally {
      lock.current = false;
      requestAnimationFrame(() => form.current?.querySelector('[aria-invalid=true]')?.focus());
    }
  };
  return html`<form class=${cls} ref=${form} onSubmit=${submit} novalidate>${children}</form>`;
}

/** A choice of one, each option a large target. `options`: [{value, label, note, disabled}]. */
export function Choice({ name, legend, options, value, onValue, hideLegend = false }) {
  return html`<fieldset class="choice">
    <legend class=${hideLegend ? 'sr' : ''}>${legend}</legend>
    <ul class="m">${options.map((option) => html`<li key=${option.value}>
      <label class=${option.disabled ? 'off' : ''}>
        <input type="radio" name=${name} value=${option.value} checked=${option.value === value} disabled=${option.disabled}
          onChange=${() => onValue(option.value)} />
        <span>${option.label}${option.under && html`<em>${option.under}</em>`}</span>
        ${option.note && html`<small>${option.note}</small>`}
      </label></li>`)}</ul>
  </fieldset>`;
}

/** Two or three short alternatives in one line. */
export function Segments({ name, legend, options, value, onValue, quiet = false }) {
  return html`<fieldset class=${quiet ? 'segments quiet' : 'segments'}>
    <legend>${legend}</legend>
    <div class="seg">${options.map((option) => html`<label key=${option.value}>
      <input type="radio" name=${name} value=${option.value} checked=${option.value === value}
        onChange=${() => onValue(option.value)} />${option.label}</label>`)}</div>
  </fieldset>`;
}

/** Asks before what cannot be taken back. */
export function Ask({ title, text, yes, onYes, onNo }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  return html`<dialog class="ask" ref=${dialog} aria-labelledby="ask-title" onClose=${onNo}>
    <h2 id="ask-title">${title}</h2>
    <p>${text}</p>
    <div class="two">
      <button type="button" class="btn l" onClick=${() => dialog.current.close()}>${t('app.cancel')}</button>
      <${Press} cls="btn l danger" onPress=${onYes}>${yes}<//>
    </div>
  </dialog>`;
}

/** A line of a list of facts. */
export function Row({ label, children, cls = '' }) {
  return html`<div class=${`row ${cls}`}><dt>${label}</dt><dd>${children}</dd></div>`;
}

export function Waiting({ text }) {
  return html`<div class="waiting" role="status"><span class="sway" aria-hidden="true"><${Mark} /></span><p>${text}</p></div>`;
}

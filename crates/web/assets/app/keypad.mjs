// The keypad for the six digits. A keyboard works too; what is typed is never shown, only how much of it.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/htm-preact-standalone.mjs';
import { moment } from '../js/format.mjs';
import { app, calls, takePayer, t } from './state.mjs';
import { didMoneyMove } from './explain.mjs';
import { Failure, Icon, Notice } from './ui.mjs';

const LENGTH = 6;
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Calls `onFull(pin)` at the sixth digit. A new `key` empties it. */
function Keypad({ onFull, disabled, describedBy }) {
  const [pin, setPin] = useState('');
  const put = (digit) => setPin((before) => (disabled || before.length === LENGTH ? before : before + digit));
  const erase = () => setPin((before) => (disabled ? before : before.slice(0, -1)));

  useEffect(() => {
    if (pin.length === LENGTH) onFull(pin);
  }, [pin]);

  // In the layout phase, so that no key is lost between what is seen and what is heard.
  useLayoutEffect(() => {
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[0-9]$/.test(event.key)) put(event.key);
      else if (event.key === 'Backspace') erase();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [disabled]);

  return html`<div class="pin">
    <div class="dots" role="img" aria-label=${t('pin.typed', { count: pin.length })}>
      ${Array.from({ length: LENGTH }, (_, i) => html`<i class=${i < pin.length ? 'on' : ''}></i>`)}
    </div>
    <p class="sr" role="status">${pin.length ? t('pin.typed', { count: pin.length }) : ''}</p>
    <div class="keys" role="group" aria-label=${t('pin.keypad')} aria-describedby=${describedBy}>
      ${KEYS.map((digit) => html`<button type="button" key=${digit} disabled=${disabled} onClick=${() => put(digit)}>${digit}</button>`)}
      <span></span>
      <button type="button" disabled=${disabled} onClick=${() => put('0')}>0</button>
      <button type="button" disabled=${disabled} onClick=${erase} aria-label=${t('pin.erase')}><${Icon} name="erase" /></button>
    </div>
  </div>`;
}

/** Until when the PIN is locked, or null. */
function lockedUntil() {
  const until = app.payer?.pinLockedUntil;
  return until && Date.parse(until) > Date.now() ? until : null;
}

function Locked({ error }) {
  const until = lockedUntil();
  return html`<${Notice} what=${until ? t('pin.lockedUntil', { time: moment(until, app.lang) }) : error.said || t('pin.locked')}
    moved=${didMoneyMove(error?.outcome ?? 'none')} press=${t('next.locked')} />`;
}

/** The keypad with what there is to say above it. It empties itself after every refusal. */
export function PinEntry({ error, sending, onPin }) {
  const round = useRef({ error: null, count: 0 });
  if (error !== round.current.error) round.current = { error, count: round.current.count + 1 };
  const locked = error?.code === 'PIN_LOCKED' || lockedUntil() !== null;
  useEffect(() => {
    if (error?.code === 'PIN_LOCKED') calls.get('me').then(takePayer, () => {});
  }, [error]);
  let says = html`<p class="pin-hint">${t('pin.hint')}</p>`;
  if (sending) says = html`<p class="pin-hint" role="status">${t('pin.sending')}</p>`;
  else if (locked) says = html`<${Locked} error=${error} />`;
  else if (error) says = html`<${Failure} error=${error} />`;
  return html`<div class="pin-entry">
    <div id="pin-says">${says}</div>
    <${Keypad} key=${round.current.count} onFull=${onPin} disabled=${sending || locked || app.offline} describedBy="pin-says" />
  </div>`;
}

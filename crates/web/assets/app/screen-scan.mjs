// Scanning. The camera is one of three ways; the photo and the short code stand beside it always.

import { html, useEffect, useRef, useState } from '../vendor/htm-preact-standalone.mjs';
import { cameraIsAllowed, textInPhoto, watchCamera, whyNoCamera } from './camera.mjs';
import { shortCode } from './format.mjs';
import { store, stored } from './keep.mjs';
import { readLink } from './qr-link.mjs';
import { href, replace } from './router.mjs';
import { app, pay, t } from './state.mjs';
import { Failure, Field, Form, Icon, Notice, Press, Screen } from './ui.mjs';

const CODE_DIGITS = 8;
const CAMERA_USED = 'steelyard.camera';
const TROUBLE = {
  insecure: 'scan.insecure', absent: 'scan.absent', denied: 'scan.denied', busy: 'scan.busy', nodecoder: 'scan.noDecoder',
};

function Viewfinder({ onText, paused, onTrouble }) {
  const video = useRef(null);
  const watch = useRef(null);
  const [state, setState] = useState('starting');
  const [torch, setTorch] = useState(null);
  const heard = useRef(onText);
  heard.current = paused ? () => {} : onText;
  useEffect(() => {
    watch.current = watchCamera({
      video: video.current,
      onText: (text) => heard.current(text),
      onState: (now) => {
        if (TROUBLE[now]) return onTrouble(now);
        if (now === 'on') store(CAMERA_USED, '1');
        return setState(now);
      },
      onTorch: (has) => setTorch(has ? false : null),
    });
    return () => watch.current.stop();
  }, []);
  const onTorch = () => {
    watch.current.setTorch(!torch)?.then(() => setTorch(!torch), () => setTorch(null));
  };
  return html`<div class="finder">
    <video ref=${video} playsinline muted aria-label=${t('scan.picture')}></video>
    <span class="corners" aria-hidden="true"></span>
    <p role="status">${state === 'on' ? t('scan.aim') : t('scan.starting')}</p>
    ${torch !== null && html`<button type="button" class="torch" aria-pressed=${torch ? 'true' : 'false'} onClick=${onTorch}
      aria-label=${t('scan.light')}><${Icon} name="light" /></button>`}
  </div>`;
}

function ShortCode({ onCode }) {
  const [code, setCode] = useState('');
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const digits = code.replace(/\D/g, '');
    if (digits.length !== CODE_DIGITS) return setError(t('scan.codeShort'));
    setError(null);
    setBusy(true);
    await onCode({ code: digits });
    return setBusy(false);
  };
  return html`<${Form} cls="form code" onSubmit=${submit}>
    <${Field} id="code" label=${t('scan.code')} hint=${t('scan.codeHint')} error=${error} value=${code} onValue=${setCode} format=${shortCode}
      inputmode="numeric" autocomplete="off" placeholder="0000 0000"
      aside=${html`<${Press} type="submit" cls="btn p" busy=${busy}>${t('scan.open')}<//>`} />
  <//>`;
}

/** What a text that is no payment of ours gets said. */
function Foreign({ link, onAgain }) {
  const foreign = link.kind === 'foreign';
  return html`<${Notice} what=${foreign ? t('scan.foreign', { domain: link.domain }) : t('scan.other')} moved=${t('scan.notOpened')}>
    <button type="button" class="btn" onClick=${onAgain}>${t('scan.again')}</button>
  <//>`;
}

export function Scan() {
  const [camera, setCamera] = useState(whyNoCamera() ?? 'off');
  const [found, setFound] = useState(null);
  const [photo, setPhoto] = useState(null);
  const [failure, setFailure] = useState(null);
  const lock = useRef(false);

  useEffect(() => {
    // Who has turned it on here before has read the reason: then the tap that led here is tap enough.
    if (camera === 'off' && stored(CAMERA_USED)) cameraIsAllowed().then((yes) => yes && setCamera('on'));
  }, []);

  async function open(code) {
    if (lock.current) return;
    lock.current = true;
    setFailure(null);
    try {
      const id = await pay.open(code);
      if (id) replace(href('confirm', { id }));
      else setFailure(pay.state.error);
    } finally {
      lock.current = false;
    }
  }
  async function read(text) {
    const link = readLink(text, [location.host, ...(app.config.hosts ?? [])]);
    if (link.kind !== 'payment') return setFound(link);
    navigator.vibrate?.(40);
    return open({ token: link.token });
  }
  async function onPhoto(event) {
    const input = event.currentTarget;
    const file = input.files[0];
    if (!file) return;
    setFound(null);
    setPhoto('reading');
    const text = await textInPhoto(file).catch(() => null);
    input.value = '';
    setPhoto(text === null ? 'none' : null);
    if (text !== null) await read(text);
  }
  const again = () => {
    setFound(null);
    setFailure(null);
  };
  return html`<${Screen} title=${t('scan.title')} back=${href('home')}>
    ${found && html`<${Foreign} link=${found} onAgain=${again} />`}
    ${failure && html`<${Failure} error=${failure} press=${failure.status === 404 ? t('scan.codeUnknown') : undefined}><button type="button" class="btn" onClick=${again}>${t('scan.again')}</button><//>`}
    ${camera === 'on'
      ? html`<${Viewfinder} onText=${read} onTrouble=${setCamera} paused=${Boolean(found || failure) || app.offline} />`
      : html`<div class="finder off">
          ${camera === 'off'
            ? html`<p>${t('scan.why')}</p><button type="button" class="btn p l" disabled=${app.offline} onClick=${() => setCamera('on')}><${Icon} name="scan" />${t('scan.turnOn')}</button>`
            : html`<${Notice} tone="wai" what=${t(TROUBLE[camera])} press=${t('scan.otherWays')}>
                ${(camera === 'denied' || camera === 'busy' || camera === 'nodecoder') && html`<button type="button" class="btn" onClick=${() => setCamera('on')}>${t('scan.tryAgain')}</button>`}<//>`}
        </div>`}
    <section class="ways" aria-label=${t('scan.ways')}>
      <label class="btn l upload"><${Icon} name="photo" />${photo === 'reading' ? t('scan.photoReading') : t('scan.photo')}
        <input type="file" accept="image/*" class="sr" disabled=${app.offline} onChange=${onPhoto} /></label>
      ${photo === 'none' && html`<${Notice} what=${t('scan.photoNone')} press=${t('scan.photoNext')} />`}
      <${ShortCode} onCode=${open} />
    </section>
  <//>`;
}

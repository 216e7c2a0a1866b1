import { mistake } from './errors.mjs';

// Browsers inside other apps: frames and popups of banks and wallets break there, a whole page does not.
const IN_APP = /KAKAOTALK|NAVER\(inapp|DaumApps|everytimeApp|Instagram|FBA[NV]|FB_IAB|\bLine\/|; wv\)/i;
const HAND_HELD = '(pointer:coarse) and (max-width:767px),(pointer:coarse) and (max-height:500px)';

export const chosen = (display = 'auto') => {
  if (!['auto', 'overlay', 'redirect', 'popup'].includes(display)) {
    throw mistake('display', 'must be auto, overlay, redirect or popup');
  }
  if (display !== 'auto') return display;
  const alone = location.origin !== 'null';
  return alone && !IN_APP.test(navigator.userAgent) && !matchMedia(HAND_HELD).matches ? 'overlay' : 'redirect';
};

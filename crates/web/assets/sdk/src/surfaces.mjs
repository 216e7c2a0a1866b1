import { base } from './base.mjs';
import { say } from './errors.mjs';

// All styles are written through the CSSOM: a merchant's `style-src` does not govern it, and no sheet is needed.
const make = (name, css, facts) => {
  const element = Object.assign(document.createElement(name), facts);
  element.style.cssText = css;
  return element;
};

const frameOf = (css) =>
  make('iframe', `border:0;width:100%;display:block;${css}`, {
    title: say('결제', 'Checkout'),
    allow: 'clipboard-write;publickey-credentials-get',
    referrerPolicy: 'strict-origin',
  });

export const inline = (place) => {
  const frame = frameOf('height:640px');
  place.append(frame);
  return {
    go: (url) => (frame.src = url),
    window: () => frame.contentWindow,
    size: (height) => (frame.style.height = `${height}px`),
    remove: () => frame.remove(),
  };
};

/** A modal `<dialog>`: the browser itself traps the focus, makes the rest inert and gives the focus back. */
export const overlay = (ask, gone) => {
  const host = document.createElement('div');
  const dialog = make('dialog', 'position:fixed;inset:0;width:100%;height:100%;max-width:100%;max-height:100%;margin:0;padding:0;border:0;display:grid;place-items:center;overflow:hidden;overscroll-behavior:contain;background:rgb(9 14 13/.55)'); // prettier-ignore
  const panel = make('div', 'display:grid;grid-template-rows:auto 1fr;overflow:hidden;border-radius:14px;width:min(960px,100vw);box-shadow:0 0 0 1px #8884,0 24px 64px #0006');
  const bar = make('div', 'display:flex;align-items:center;padding:0 6px 0 16px;font:600 13px/44px system-ui,sans-serif;border-bottom:1px solid #8884');
  const wait = make('p', 'grid-area:2/1;place-self:center;margin:0;font:400 15px/1.5 system-ui,sans-serif', {
    textContent: say('결제창을 여는 중이에요…', 'Opening the checkout…'),
  });
  const close = make('button', 'margin-left:auto;width:36px;height:36px;border:0;border-radius:8px;background:none;color:inherit;font:24px/1 system-ui,sans-serif;cursor:pointer', {
    type: 'button',
    textContent: '×',
    onclick: ask,
  }); // prettier-ignore
  const frame = frameOf('grid-area:2/1;height:100%;color-scheme:normal');
  const root = document.documentElement;
  const { overflow, paddingRight } = root.style;
  const dark = matchMedia('(prefers-color-scheme:dark)');
  const still = matchMedia('(prefers-reduced-motion:reduce)').matches;

  const paint = () => {
    panel.style.background = dark.matches ? '#0e1413' : '#f6f5f1';
    panel.style.color = dark.matches ? '#e8ece9' : '#17211f';
  };
  const size = (height) => (panel.style.height = `min(${height + 45}px,100dvh - 16px)`);

  dialog.setAttribute('aria-label', frame.title);
  wait.setAttribute('role', 'status');
  close.setAttribute('aria-label', say('결제창 닫기', 'Close the checkout'));
  bar.append(new URL(base).host, close);
  panel.append(bar, wait, frame);
  dialog.append(panel);
  dialog.oncancel = (event) => {
    event.preventDefault();
    ask();
  };
  // Some browsers close a dialog at the second Esc whatever the page says.
  dialog.onclose = gone;
  host.attachShadow({ mode: 'open' }).append(dialog);
  (document.body || root).append(host);
  dark.onchange = paint;
  paint();
  size(720);
  root.style.paddingRight = `${innerWidth - root.clientWidth}px`;
  root.style.overflow = 'hidden';
  dialog.showModal();
  if (!still) {
    dialog.animate({ opacity: [0, 1] }, 140);
    panel.animate({ transform: ['translateY(10px)', 'none'] }, 140);
  }
  return {
    go: (url) => (frame.src = url),
    window: () => frame.contentWindow,
    size,
    hello: () => {
      wait.remove();
      frame.focus();
    },
    remove: () => {
      dialog.onclose = null;
      dark.onchange = null;
      Object.assign(root.style, { overflow, paddingRight });
      dialog.close();
      host.remove();
    },
  };
};

export const popup = (gone) => {
  // Opened at once, in the buyer's click: what waits for a session first is blocked.
  const opened = open('', '', 'popup,width=480,height=780');
  if (!opened) return null;
  const watch = setInterval(() => opened.closed && gone(), 500);
  return {
    go: (url) => (opened.location = url),
    window: () => opened,
    remove: () => {
      clearInterval(watch);
      opened.close();
    },
  };
};

// The shop's share of the signature: a ruled line with a brass weight. It always measures something.

import { drawing } from './dom.mjs';

const WIDTH = 240;

export function beam() {
  const ticks = Array.from({ length: 21 }, (_, i) => {
    const x = (i * WIDTH) / 20;
    return `<line x1="${x}" x2="${x}" y1="2" y2="${i % 5 ? 5 : 8}"/>`;
  });
  const element = drawing(
    `<svg class="beam" viewBox="-5 0 ${WIDTH + 10} 15" role="img"><g class="ticks"><line x1="0" x2="${WIDTH}" y1="2" y2="2"/>${ticks.join('')}</g><rect class="weight" y="2" width="9" height="12" rx="2"/></svg>`,
  );
  const weight = element.querySelector('.weight');
  return {
    element,
    measure(value, full, label) {
      const share = Math.max(0, Math.min(1, value / full));
      weight.setAttribute('x', share * WIDTH - 4.5);
      element.setAttribute('aria-label', label);
    },
  };
}

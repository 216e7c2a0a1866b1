// A function's own text, set as an integrator would write it, with just enough colour to read it by.

import { h } from '../shop/dom.mjs';

const TOKENS = /(\/\/[^\n]*)|('[^'\n]*'|`[^`]*`)|\b(async|await|const|return|new|if|in|null|function)\b|\b(\d+)\b/g;

/** @returns {(string | Element)[]} */
export function drawCode(run) {
  const lines = String(run).split('\n');
  // Its first line stands where the method's name is; the body is what matters.
  const body = lines.slice(1, -1);
  const indent = Math.min(...body.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  const text = body.map((line) => line.slice(indent)).join('\n');
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    parts.push(text.slice(at, match.index));
    const kind = match[2] ? 's' : match[3] ? 'k' : match[4] ? 'n' : 'c';
    parts.push(h(`span.${kind}`, {}, match[0]));
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
}

// Makes what is on the page equal to a newer copy of it, and touches nothing that is equal already: what a buyer has
// typed, chosen, opened or focused stays.
//
// Two elements are the same if their names and their `id`, `data-keep` or `data-method` are. What has `data-keep`
// belongs to scripts and to the buyer; it is left as it is.

const NOT_OURS = new Set(['value', 'checked', 'selected', 'open', 'hidden', 'aria-invalid', 'disabled', 'aria-busy']);

const keyOf = (node) =>
  node.nodeType === Node.ELEMENT_NODE ? node.dataset.keep || node.id || node.dataset.method || '' : '';

const same = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function attributes(from, to) {
  const isControl = /^(INPUT|SELECT|TEXTAREA|BUTTON|DETAILS)$/.test(from.nodeName);
  // A control that the buyer uses keeps its state; whether it may be used is the server's to say.
  const skips = (name) => isControl && NOT_OURS.has(name) && !(name === 'disabled' && !from.hasAttribute('aria-busy'));
  for (const { name, value } of [...to.attributes]) {
    if (!skips(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!skips(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}

/** `to` is used up. */
export function morph(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.dataset.keep && from.dataset.keep === to.dataset.keep) return;
  attributes(from, to);
  let current = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    let match = current;
    while (match && !same(match, wanted)) match = match.nextSibling;
    // Text and elements without a name are only ever compared with the one in their place.
    if (match && match !== current && !keyOf(wanted)) match = null;
    if (match) {
      // Those that were passed over are gone from the newer copy or come later; an iframe that is moved loads anew, so
      // it is the others that go.
      while (current !== match) {
        const gone = current;
        current = current.nextSibling;
        gone.remove();
      }
      current = match.nextSibling;
      morph(match, wanted);
    } else {
      from.insertBefore(wanted, current);
    }
  }
  while (current) {
    const gone = current;
    current = current.nextSibling;
    gone.remove();
  }
}

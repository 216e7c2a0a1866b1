// The checkout that led here, in this very tab: the way back to it, and the number it shows, which its page now covers.
// Another tab, another phone and a code that was relayed have none of this.

const HERE = 'steelyard.here';

function note() {
  try {
    const here = JSON.parse(sessionStorage.getItem(HERE));
    return here && String(here.back).startsWith('/c/') ? here : null;
  } catch {
    return null;
  }
}

/** The checkout of the session `id`, or of the code with this `token`. */
export function checkoutHere({ id, token }) {
  const here = note();
  return here && ((id && here.id === id) || (token && here.token === token)) ? here : null;
}

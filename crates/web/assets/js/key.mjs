/**
 * A key that nobody has used: 128 random bits. Not a UUID of the browser's own, which is missing where the page is not a
 * secure context, as http on a local network.
 */
export const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-');

// What a scanned text is: a payment of ours, an address of somebody else, or no payment at all.

/**
 * `hosts` are those this service is reached at. A foreign address is only ever named, never opened.
 * Returns `{kind:"payment", token}`, `{kind:"foreign", domain}` or `{kind:"other"}`.
 */
export function readLink(text, hosts) {
  let url;
  try {
    url = new URL(String(text).trim());
  } catch {
    return { kind: 'other' };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { kind: 'other' };
  // A name before the host is how a foreign address dresses up as ours.
  if (!hosts.includes(url.host) || url.username) return { kind: 'foreign', domain: url.hostname };
  const token = /^\/q\/([A-Za-z0-9_-]+)$/.exec(url.pathname)?.[1];
  return token ? { kind: 'payment', token } : { kind: 'other' };
}

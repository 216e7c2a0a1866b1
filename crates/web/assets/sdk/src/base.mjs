// The platform is wherever this script came from: nobody configures an address twice. In the classic build the
// bundler puts `document.currentScript.src` here, which is only there while the script first runs.
export const base = new URL(import.meta.url).origin;

/** @param {string} secret @param {Record<string, string>} query */
export const pageOf = (secret, query) => {
  const search = `${new URLSearchParams(query)}`;
  return `${base}/c/${encodeURIComponent(secret)}${search && `?${search}`}`;
};

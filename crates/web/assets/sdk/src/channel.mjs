import { base } from './base.mjs';

/**
 * Talks with the checkout page in `target()`: exact origin, exact window, then a private port. Each page in the frame
 * says hello anew (a bank's page may have been there in between), so each hello replaces the port.
 */
export const channel = (target, onHello, onMessage) => {
  let port;
  const hear = ({ origin, source, data }) => {
    if (origin !== base || !source || source !== target() || data?.steelyard !== 1 || data.type !== 'hello') return;
    port?.close();
    const pair = new MessageChannel();
    port = pair.port1;
    port.onmessage = (event) => onMessage(event.data || {});
    // A page that was loaded before an upgrade does not say that it leaves when it is asked to.
    source.postMessage({ steelyard: 1, type: 'connect', leaves: 1 }, base, [pair.port2]);
    onHello();
  };
  addEventListener('message', hear);
  return {
    /** Whether there was anybody to say it to. */
    post: (message) => !!port && (port.postMessage(message), true),
    close: () => {
      removeEventListener('message', hear);
      port?.close();
    },
  };
};

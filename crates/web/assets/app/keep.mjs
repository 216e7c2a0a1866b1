// What is kept on the device to be read without a network: the last history and receipts, one database per payer.
// Nothing here is needed to pay, so every failure (private mode, a full disk) is only a missing convenience.

const STORE = 'kept';
const PREFIX = 'steelyard-payer-';
const CURRENT = 'steelyard.payer';

function opened(payerId) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(PREFIX + payerId, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(payerId, mode, work) {
  let database;
  try {
    database = await opened(payerId);
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

export const keep = (payerId, key, value) => within(payerId, 'readwrite', (store) => store.put(value, key));
export const kept = (payerId, key) => within(payerId, 'readonly', (store) => store.get(key));

export function lastPayerId() {
  return stored(CURRENT);
}

/** Remembers whose data this device keeps; that of anyone before goes. */
export async function belongTo(payerId) {
  const before = stored(CURRENT);
  if (before && before !== payerId) await wipe();
  store(CURRENT, payerId);
}

export function wipe() {
  const payerId = stored(CURRENT);
  store(CURRENT, null);
  if (!payerId) return Promise.resolve();
  return new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.deleteDatabase(PREFIX + payerId);
    } catch {
      resolve();
      return;
    }
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}

/** localStorage, which may be forbidden. */
export function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Settings then last as long as the page.
  }
}

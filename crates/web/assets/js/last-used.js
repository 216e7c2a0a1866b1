// What this browser paid with last stands first among the methods, and is chosen where the session has no way of its own.
// Not a module: those run when the page has been seen, and then something would move. What the parser puts into the page
// is heard of before anybody sees it.
(() => {
  let last;
  try {
    last = localStorage.getItem('steelyard.method');
  } catch {
    // A browser that keeps nothing for us in a frame.
  }
  if (!last) return;
  const root = document.documentElement;
  const put = () => {
    const radio = document.getElementById(`m-${last}`);
    if (!radio || radio.disabled) return;
    const item = radio.closest('li');
    const list = item.parentElement;
    root.dataset.first = last;
    if (list.firstElementChild !== item) list.prepend(item);
    if ('fresh' in list.dataset) radio.checked = true;
  };
  const observer = new MutationObserver(put);
  observer.observe(root, { childList: true, subtree: true });
  addEventListener('DOMContentLoaded', () => {
    put();
    observer.disconnect();
  });
})();

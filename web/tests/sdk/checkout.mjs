// The checkout page's side of the SDK's messages, as the contract writes them, and nothing else of it.
const query = new URLSearchParams(location.search);
const parent = query.get('embed') === 'popup' ? window.opener : window.parent;
let port = null;
let done = false;

async function pay() {
  const answer = await fetch(`${location.pathname}/pay`, { method: 'POST' });
  const { data } = await answer.json();
  const { order } = data;
  done = true;
  if (!port) location.assign(data.resultUrl);
  else if (data.paymentKey) port.postMessage({ type: 'authenticated', paymentKey: data.paymentKey, orderId: order.merchantOrderId, amount: order.amount });
  else port.postMessage({ type: 'result', result: { status: 'paid', paymentId: data.payment.id, orderId: order.merchantOrderId } });
}

// The frame has the focus, so Esc is heard here and not by the page around it.
const leave = () => port?.postMessage({ type: done ? 'close' : 'cancel' });
addEventListener('keydown', ({ key }) => key === 'Escape' && leave());
document.querySelector('#pay').addEventListener('click', pay);
document.querySelector('#cancel').addEventListener('click', () => port?.postMessage({ type: 'cancel' }));
document.querySelector('#decline').addEventListener('click', () =>
  port?.postMessage({ type: 'error', error: { code: 'DECLINED', declineCode: 'INSUFFICIENT_LIMIT', message: '한도를 넘었어요.', requestId: 'req_d', retryable: true, moneyMoved: 'no', docUrl: '/docs/errors#DECLINED' } }),
);
if (query.has('embed') && parent) {
  addEventListener('message', (event) => {
    if (event.origin !== query.get('origin') || event.data?.type !== 'connect') return;
    [port] = event.ports;
    port.onmessage = ({ data }) => data.type === 'close' && leave();
    port.postMessage({ type: 'ready' });
    port.postMessage({ type: 'size', height: 560 });
  });
  parent.postMessage({ steelyard: 1, type: 'hello' }, query.get('origin'));
}

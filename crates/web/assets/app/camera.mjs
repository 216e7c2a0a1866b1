// The rear camera, read frame by frame until a QR is in it. The decoder comes only now: nobody pays for it before.

// The decoder reads a square from the middle of the frame, of at most so many pixels a side.
const SIDE_MAX = 640;
const PHOTO_SIDE_MAX = 1600;
// Ten looks a second find a code as soon as a hand is steady, and leave the phone cool.
const LOOK_MS = 100;

const decoder = () => import('../vendor/qr-decode.mjs').then((module) => module.decodeQR ?? module.default);

/** Why there can be no camera here, or null: `insecure` (plain http) or `absent`. */
export function whyNoCamera() {
  if (!globalThis.isSecureContext) return 'insecure';
  return navigator.mediaDevices?.getUserMedia ? null : 'absent';
}

/** True where the payer has allowed the camera before, so that asking again would only be in the way. */
export async function cameraIsAllowed() {
  try {
    return (await navigator.permissions.query({ name: 'camera' })).state === 'granted';
  } catch {
    return false;
  }
}

function reasonOf(error) {
  if (error.name === 'NotAllowedError' || error.name === 'SecurityError') return 'denied';
  if (error.name === 'NotFoundError' || error.name === 'OverconstrainedError') return 'absent';
  return 'busy';
}

function nextFrame(video, look) {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(look);
  else requestAnimationFrame(look);
}

function textIn(decode, context, width, height) {
  try {
    return decode(context.getImageData(0, 0, width, height), { timeLimit: 12 });
  } catch {
    return null;
  }
}

/**
 * Shows the rear camera in `video` and calls `onText` with the text of each code seen, until `stop()`.
 * Tracks end when the page is hidden and are asked for again when it is back: a phone takes them away otherwise.
 * `onState`: `starting`, `on`, `denied`, `absent`, `busy`, `paused`, `nodecoder`. `onTorch(bool)`: there is a light.
 */
export function watchCamera({ video, onText, onState, onTorch }) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let stream = null;
  let over = false;
  let lastLook = 0;
  let decode = null;
  let round = 0;

  function release() {
    round += 1;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
  }

  function look() {
    if (over || !stream) return;
    const now = performance.now();
    if (now - lastLook >= LOOK_MS && video.videoWidth) {
      lastLook = now;
      const side = Math.min(video.videoWidth, video.videoHeight);
      const size = Math.min(side, SIDE_MAX);
      canvas.width = canvas.height = size;
      context.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, size, size);
      const text = textIn(decode, context, size, size);
      if (text !== null) onText(text);
    }
    nextFrame(video, look);
  }

  const isOver = (mine) => over || mine !== round;

  async function acquire() {
    const mine = (round += 1);
    onState('starting');
    try {
      decode ??= await decoder();
    } catch {
      return isOver(mine) ? undefined : onState('nodecoder');
    }
    // Whoever has left meanwhile is not asked for their camera.
    if (isOver(mine)) return undefined;
    try {
      const got = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (isOver(mine)) return got.getTracks().forEach((track) => track.stop());
      stream = got;
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      // play() is interrupted when the tracks are released meanwhile; that is no failure of the camera.
      if (isOver(mine)) return undefined;
      release();
      return onState(reasonOf(error));
    }
    if (isOver(mine)) return undefined;
    onState('on');
    onTorch(Boolean(stream.getVideoTracks()[0].getCapabilities?.().torch));
    return nextFrame(video, look);
  }

  function onVisibility() {
    if (document.hidden) {
      release();
      onState('paused');
    } else acquire();
  }
  document.addEventListener('visibilitychange', onVisibility);
  acquire();

  return {
    stop() {
      over = true;
      document.removeEventListener('visibilitychange', onVisibility);
      release();
    },
    setTorch: (on) => stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] }),
  };
}

/** The text of the code in a photo, or null if none is found. Throws if the file is no picture. */
export async function textInPhoto(file) {
  const picture = await createImageBitmap(file);
  const decode = await decoder();
  // A code fills a photo or is a small part of it: the whole at two sizes finds both.
  for (const side of [PHOTO_SIDE_MAX, SIDE_MAX]) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const text = textIn((image) => decode(image, { timeLimit: 400, effort: 3 }), context, canvas.width, canvas.height);
    if (text !== null) return text;
  }
  return null;
}

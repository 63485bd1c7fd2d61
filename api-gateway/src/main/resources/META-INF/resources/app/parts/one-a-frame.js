/** What waits to be drawn, the longest waiting first. */
const waiting = new Set();
let frame = null;

function next() {
  const [draw] = waiting;
  waiting.delete(draw);
  frame = waiting.size ? requestAnimationFrame(next) : null;
  draw();
}

/**
 * Calls each `draw` once in a frame of its own: several charts that change with the same news would together take longer
 * than one frame may.
 */
export function drawSoon(draw) {
  waiting.add(draw);
  frame ??= requestAnimationFrame(next);
}

/** Forgets `draw` where nobody sees it any more. */
export function drawNot(draw) {
  waiting.delete(draw);
  if (waiting.size === 0 && frame !== null) {
    cancelAnimationFrame(frame);
    frame = null;
  }
}

/** Pending draws, the oldest first. */
const pending = new Set();
let frame = null;

function next() {
  const [draw] = pending;
  pending.delete(draw);
  frame = pending.size ? requestAnimationFrame(next) : null;
  draw();
}

/**
 * Calls each `draw` once in its own frame, because several charts that change with the same update would exceed one frame.
 */
export function scheduleDraw(draw) {
  pending.add(draw);
  frame ??= requestAnimationFrame(next);
}

/** Cancels a pending `draw`. */
export function cancelDraw(draw) {
  pending.delete(draw);
  if (pending.size === 0 && frame !== null) {
    cancelAnimationFrame(frame);
    frame = null;
  }
}

const MOST = 200;

/**
 * The loss within the current epoch: points of [epochs trained so far, running mean of the loss]. Points of finished
 * epochs are dropped, because the epoch's own point replaces them. Returns `trail` itself if nothing changed.
 */
export function extendTrail(trail, job) {
  const trains = job.status === 'training_in_progress' && job.current_loss != null;
  const finished = job.history?.at(-1)?.epoch ?? 0;
  const now = job.progress * job.epochs;
  if (trains && now > finished && trail.at(-1)?.[0] === now) {
    return trail;
  }
  const kept = trains ? trail.filter(([x]) => x > finished && x < now) : [];
  if (trains && now > finished) {
    kept.push([now, job.current_loss]);
  } else if (kept.length === trail.length) {
    return trail;
  }
  return kept.length > MOST ? kept.filter((_, index) => index % 2 === 0 || index === kept.length - 1) : kept;
}

import { html } from 'lit';
import { statusName } from '../format.js';

/** A symbol for each state, so that states do not differ by colour only. */
const SHAPES = {
  queued: '○',
  training_in_progress: '▶',
  paused: '‖',
  success: '✓',
  failed: '✕',
  cancelled: '⊘',
  running: '▶',
  completed: '✓',
  pruned: '⊘',
  alive: '●',
  lost: '✕',
  production: '★',
};

export function chip(status, text = statusName(status)) {
  return html`<span class="chip ${status in SHAPES ? status : 'other'}"><span aria-hidden="true">${SHAPES[status] ?? '·'}</span>${text}</span>`;
}

import { html, nothing } from 'lit';
import { can } from '../access.js';
import { send } from '../api.js';
import { announce } from '../router.js';
import { number, short } from '../format.js';
import { confirmed } from './confirm.js';
import { apiQuery, isFiltered } from './job-filter.js';

const PATH = '/api/v1/train/actions';
/** Jobs of one request, so that each is answered in time. */
const BATCH = 200;
const NAMES = { pause: 'Pause', resume: 'Resume', retry: 'Retry', cancel: 'Cancel' };
const DONE = { pause: 'paused', resume: 'queued again', retry: 'queued again', cancel: 'cancelled' };

const jobs = (count) => (count === 1 ? '1 job' : `${number(count)} jobs`);

/** Requests that select the ticked jobs. */
const ofKeys = (keys) => Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, i) => ({ keys: keys.slice(i * BATCH, (i + 1) * BATCH) }));

/** The request that selects all jobs of the page's filter. */
function ofFilter(query) {
  const filter = Object.fromEntries(apiQuery(query));
  delete filter.cursor;
  return { filter, limit: BATCH };
}

/** Adds the counts of several results. */
function sum(results) {
  const total = (name) => results.reduce((count, one) => count + one[name], 0);
  return { changed: total('changed'), unchanged: total('unchanged'), refused: total('refused'), remaining: results.at(-1)?.remaining ?? 0, problems: results.flatMap((one) => one.items.filter((item) => item.problem)) };
}

/** Number of jobs that the action would change; only an estimate if not all were looked at. */
async function count(action, requests) {
  const plans = [];
  for (const request of requests) {
    plans.push(await send('POST', PATH, { action, ...request, dry_run: true }));
  }
  const plan = sum(plans);
  return plan.changed + (plan.changed ? plan.remaining : 0);
}

/** Repeats the request of a filter for the jobs over its limit, as long as it changes some. */
async function act(action, requests) {
  const results = [];
  for (const request of requests) {
    let result;
    do {
      result = await send('POST', PATH, { action, ...request });
      results.push(result);
    } while (request.filter && result.remaining && result.changed);
  }
  return sum(results);
}

/** Runs an action on many jobs; resolves to its result, or to null if the user cancelled. */
export async function runBulkAction(action, { keys, query }) {
  const requests = keys ? ofKeys(keys) : [ofFilter(query)];
  const changes = await count(action, requests);
  const agreed = changes === 0 || (await confirmed({
    title: `${NAMES[action]} ${jobs(changes)}?`,
    text: action === 'cancel' ? 'They end without a model and cannot be resumed. To stop them for a while only, pause them.' : `${jobs(changes)} will be ${DONE[action]}.`,
    action: `${NAMES[action]} ${jobs(changes)}`,
  }));
  if (!agreed) {
    return null;
  }
  const result = { action, ...(await act(action, requests)) };
  announce(`${jobs(result.changed)} ${DONE[action]}, ${result.refused} refused.`);
  return result;
}

/** Summary of a result with the reasons of refused jobs. */
export function bulkResult(result, close) {
  const shown = result.problems.slice(0, 10);
  return html`<div class="notice" id="bulk-result">
    <strong>${jobs(result.changed)} ${DONE[result.action]}</strong>${result.unchanged ? html`, ${number(result.unchanged)} already were` : nothing}${result.refused ? html`, ${number(result.refused)} refused` : nothing}.
    ${shown.length ? html`<ul>${shown.map((item) => html`<li><a href="/jobs/${item.key}"><code>${short(item.key)}</code></a> ${item.problem.detail}</li>`)}</ul>` : nothing}
    ${result.problems.length > shown.length ? html`<div>${number(result.problems.length - shown.length)} more are not listed.</div>` : nothing}
    <button type="button" id="bulk-close" @click=${close}>Close</button>
  </div>`;
}

/** Buttons for the ticked jobs, and for all jobs of the filter; `run(action, selection)` is called with the selected ones. */
export function bulkActions(picked, query, run) {
  if (!can('submit')) {
    return nothing;
  }
  const row = (label, selection, id) => html`<div class="row actions" role="group" aria-label=${label} id=${id}>
    <span class="quiet">${label}:</span>
    ${Object.entries(NAMES).map(([action, name]) => html`<button type="button" data-bulk=${action} @click=${() => run(action, selection)}>${name}<span class="unseen"> ${label}</span></button>`)}
  </div>`;
  return html`${picked.size ? row(`${jobs(picked.size)} ticked`, { keys: [...picked] }, 'bulk-ticked') : nothing}
    ${isFiltered(query) ? row('All jobs of this filter', { query }, 'bulk-filter') : nothing}`;
}

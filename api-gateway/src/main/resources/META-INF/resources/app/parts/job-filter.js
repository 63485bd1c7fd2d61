import { html, nothing } from 'lit';
import { NETWORKS, STATUSES, statusName } from '../format.js';

/** Names of the query parameters; days are in the browser's time zone. */
const SAME = ['status', 'network', 'key', 'pool', 'model', 'model_version'];
const DETAILED = ['key', 'pool', 'model', 'model_version', 'from', 'to'];

/** Start of `day`, such as 2026-01-31, plus `later` days, in local time; invalid text is left for the server to reject. */
function midnight(day, later = 0) {
  const [whole, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  return whole ? new Date(year, month - 1, Number(date) + later).toISOString() : day;
}

/** Converts the page's query into that of the API. */
export function apiQuery(query) {
  const parameters = new URLSearchParams();
  const put = (name, value) => value && parameters.set(name, value);
  [...SAME, 'cursor'].forEach((name) => put(name, query.get(name)));
  put('created_after', query.get('from') && midnight(query.get('from')));
  put('created_before', query.get('to') && midnight(query.get('to'), 1));
  return parameters;
}

/** Returns true if `query` has a filter. */
export const isFiltered = (query) => [...SAME, 'from', 'to'].some((name) => query.get(name));

/** Address of the first page of jobs for the fields of `form`. */
function address(form) {
  const place = new URLSearchParams();
  [...new FormData(form)].forEach(([name, value]) => value.trim() && place.set(name, value.trim()));
  return place.size ? `/jobs?${place}` : '/jobs';
}

function choice(query, name, label, options, named, changed) {
  const now = query.get(name) ?? '';
  return html`<label class="row">${label}
    <select id=${name} name=${name} @change=${changed}>
      <option value="" ?selected=${now === ''}>all</option>
      ${options.map((option) => html`<option value=${option} ?selected=${now === option}>${named(option)}</option>`)}
    </select>
  </label>`;
}

function field(query, name, label, type, more = {}) {
  return html`<label>${label}
    <input id="filter-${name}" name=${name} type=${type} .value=${query.get(name) ?? ''} placeholder=${more.example ?? nothing} size=${more.size ?? nothing} min=${more.min ?? nothing} autocomplete="off" spellcheck="false" />
  </label>`;
}

/** The filter form for `query`; `apply` is called with the address of the new filter. */
export function jobFilter(query, apply, networks = NETWORKS) {
  const go = (event) => {
    event.preventDefault();
    apply(address(event.target.form ?? event.target));
  };
  return html`<form class="filters row" role="search" aria-label="Jobs" novalidate @submit=${go}>
    ${choice(query, 'status', 'State', STATUSES, statusName, go)} ${choice(query, 'network', 'Network', networks, (name) => name, go)}
    <details ?open=${DETAILED.some((name) => query.get(name))}>
      <summary>More</summary>
      <div class="row">
        ${field(query, 'key', 'Key begins with', 'text', { example: '6f1c', size: 12 })} ${field(query, 'pool', 'Pool', 'text', { example: 'default', size: 10 })} ${field(query, 'model', 'Model', 'text', { example: 'DigitModel', size: 12 })}
        ${field(query, 'model_version', 'Published version', 'number', { min: 1 })} ${field(query, 'from', 'Submitted from', 'date')} ${field(query, 'to', 'to', 'date')}
        <button id="filter">Filter</button>
      </div>
    </details>
    ${isFiltered(query) ? html`<a class="button" id="unfilter" href="/jobs">All jobs</a>` : nothing}
  </form>`;
}

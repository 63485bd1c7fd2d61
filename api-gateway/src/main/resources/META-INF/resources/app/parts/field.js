import { html, nothing } from 'lit';
import { errorsOf } from '../schema.js';

const idOf = (field) => `field${field.pointer.replaceAll('/', '-')}`;
const asText = (value) => (Array.isArray(value) ? value.join(', ') : value == null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** The server's message, prefixed with the list item that it concerns. */
function sentence(field, error) {
  const item = Number(error.pointer.slice(field.pointer.length + 1));
  return Number.isInteger(item) && error.pointer !== field.pointer ? `Number ${item + 1} ${error.detail}` : error.detail;
}

function about(field, errors) {
  return html`<div id="${idOf(field)}-about">
    ${field.hint ? html`<div class="hint">${field.hint}</div>` : nothing}
    ${errors.map((error) => html`<div class="wrong">✕ ${sentence(field, error)}</div>`)}
  </div>`;
}

function options(field, titles) {
  const known = field.options.includes(field.value);
  const empty = field.required && known ? nothing : html`<option value="" ?selected=${!known}>${field.fallback === undefined ? (field.required ? 'choose' : 'default') : `default (${field.fallback})`}</option>`;
  return html`${empty}${field.options.map((option) => html`<option value=${option} ?selected=${option === field.value}>${titles[option] ?? option}</option>`)}`;
}

function input(field, wrong, titles, change) {
  const id = idOf(field);
  const described = `${id}-about`;
  const invalid = wrong ? 'true' : 'false';
  const set = (event) => change(field, event.target.type === 'checkbox' ? event.target.checked : event.target.value);
  switch (field.kind) {
    case 'choice':
      return html`<select id=${id} aria-required=${field.required ? 'true' : 'false'} aria-describedby=${described} aria-invalid=${invalid} @change=${set}>${options(field, titles)}</select>`;
    case 'switch':
      return html`<input id=${id} type="checkbox" .checked=${field.value === true} aria-describedby=${described} aria-invalid=${invalid} @change=${set} />`;
    case 'json':
      return html`<textarea id=${id} rows="2" class="mono" spellcheck="false" .value=${asText(field.value)} aria-describedby=${described} aria-invalid=${invalid} @input=${set}></textarea>`;
    default:
      return html`<input id=${id} .value=${asText(field.value)} inputmode=${field.kind === 'number' ? 'decimal' : 'text'} placeholder=${field.example ?? (field.kind === 'list' ? 'such as 256, 128' : nothing)} aria-required=${field.required ? 'true' : 'false'} autocomplete="off" spellcheck="false" aria-describedby=${described} aria-invalid=${invalid} @input=${set} />`;
  }
}

/**
 * One field with its label, help and errors, or a group of fields. `titles` are display names of options;
 * `change(field, value)` is called on input.
 */
export function fieldOf(field, errors, titles, change) {
  const own = errorsOf(field, errors);
  if (field.kind === 'group') {
    return html`${own.map((error) => html`<div class="wrong">✕ ${error.detail}</div>`)}${field.fields.map((inner) => fieldOf(inner, errors, titles, change))}`;
  }
  const control = input(field, own.length > 0, field.name === 'network' ? titles : {}, change);
  const name = html`<span>${field.label}${field.required ? html`<span class="quiet"> (required)</span>` : nothing}</span>`;
  return html`<div class="field">
    <label for=${idOf(field)} class=${field.kind === 'switch' ? 'check' : ''}>${field.kind === 'switch' ? [control, name] : [name, control]}</label>
    ${about(field, own)}
  </div>`;
}

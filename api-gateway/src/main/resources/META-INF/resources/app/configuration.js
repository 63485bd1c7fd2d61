/** Reads the fields of schema.js as JSON. */
const WHOLE = /^-?(0|[1-9]\d*)$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Returns the configuration from some fields; `wrong` receives an error for each invalid value. An empty field is
 * omitted, so that the server uses its default. A required group is sent even if it is empty, so that the server names
 * the missing fields.
 */
export function configuration(some, wrong = []) {
  const config = {};
  for (const field of some) {
    const value = field.kind === 'group' ? group(field, wrong) : typed(field, wrong);
    if (value !== undefined) {
      config[field.name] = value;
    }
  }
  return config;
}

function group(field, wrong) {
  const value = configuration(field.fields, wrong);
  return field.required || Object.keys(value).length ? value : undefined;
}

function typed(field, wrong) {
  const { kind, value } = field;
  if (kind === 'switch') {
    return value === true;
  }
  if (value === '' || value == null) {
    return undefined;
  }
  if (kind === 'number') {
    return quantity(String(value).trim());
  }
  if (kind === 'list') {
    return list(value);
  }
  if (kind !== 'json' || typeof value !== 'string') {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    wrong.push({ pointer: field.pointer, detail: 'is not valid JSON' });
    return undefined;
  }
}

/** Parses numbers, also in brackets; the server validates everything else. */
function list(value) {
  if (Array.isArray(value)) {
    return value;
  }
  const items = value.trim().replace(/^\[/, '').replace(/\]$/, '').trim();
  return items === '' ? undefined : items.split(/\s*,\s*|\s+/).map(quantity);
}

/** Keeps a number as it was typed, also if a JavaScript number could not represent it. */
function quantity(text) {
  if (WHOLE.test(text) && !Number.isSafeInteger(Number(text))) {
    return JSON.rawJSON?.(text) ?? text;
  }
  return DECIMAL.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

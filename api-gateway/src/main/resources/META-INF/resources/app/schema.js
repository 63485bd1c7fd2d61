import { read } from './api.js';

const WHOLE = /^-?(0|[1-9]\d*)$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
let loading;

/** The description of the API, read once. */
export function openApi() {
  loading ??= read('/q/openapi?format=json').catch((e) => {
    loading = undefined; // the next one tries again
    throw e;
  });
  return loading;
}

const submit = (api) => api.paths?.['/api/v1/train']?.post;

/** Whether a submit may be tried without being carried out; older gateways would carry it out. */
export function canTry(api) {
  return (submit(api)?.parameters ?? []).some((parameter) => parameter.name === 'dry_run');
}

/** The fields of what a client may submit, filled from `config`. */
export function submitFields(api, config) {
  return fields(api, submit(api).requestBody.content['application/json'].schema, config);
}

/** A reference's schema; what stands beside the reference holds too. */
function resolve(api, schema) {
  const { $ref: ref, allOf, anyOf, oneOf, ...beside } = schema;
  const inner = ref ? api.components.schemas[ref.split('/').at(-1)] : (allOf ?? anyOf ?? oneOf)?.find((one) => one.$ref || one.type !== 'null');
  return inner ? { ...resolve(api, inner), ...beside } : schema;
}

/** The fields of a configuration: { name, pointer, kind, options, hint, value, fields }. */
export function fields(api, schema, value, pointer = '') {
  const whole = resolve(api, schema);
  const required = new Set(whole.required);
  return Object.entries(whole.properties ?? {})
    .filter(([, one]) => !one.readOnly)
    .map(([name, one]) => field(name, required.has(name), resolve(api, one), value?.[name], `${pointer}/${name}`, api));
}

function field(name, required, schema, value, pointer, api) {
  const types = [schema.type].flat().filter((type) => type !== 'null');
  const common = { name, pointer, required, hint: hint(schema), value };
  if (schema.properties) {
    return { ...common, kind: 'group', fields: fields(api, schema, value, pointer) };
  }
  if (schema.enum) {
    return { ...common, kind: 'choice', options: schema.enum.filter((option) => option !== null) };
  }
  if (types.includes('boolean')) {
    return { ...common, kind: 'switch', value: value ?? schema.default };
  }
  if (types.includes('integer') || types.includes('number')) {
    return { ...common, kind: 'number' };
  }
  return types.includes('string') ? { ...common, kind: 'text' } : { ...common, kind: 'json' };
}

/** What the schema says of a field, in words. */
function hint(schema) {
  const { description, default: otherwise, minimum: low, maximum: high, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  const from = typeof above === 'number' ? `above ${above}` : above ? `above ${low}` : low === undefined ? null : `from ${low}`;
  const to = typeof below === 'number' ? `below ${below}` : below ? `below ${high}` : high === undefined ? null : `to ${high}`;
  const span = [from, to].filter(Boolean).join(' ');
  return [description, span, otherwise === undefined ? null : `${otherwise} if left empty`].filter(Boolean).join('; ');
}

/** Where the server's word about `pointer` belongs: that field, or the one that holds it. */
export function errorsOf(field, errors) {
  return errors.filter((error) => error.pointer === field.pointer || (field.kind !== 'group' && error.pointer.startsWith(`${field.pointer}/`)));
}

/** Every field, groups before what is in them. */
export function all(some) {
  return some.flatMap((field) => (field.kind === 'group' ? [field, ...all(field.fields)] : [field]));
}

/**
 * What was typed as a configuration; `wrong` gets what is no JSON at all. An empty field is left to its default, and so
 * is a group of such.
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
  return Object.keys(value).length ? value : undefined;
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
  if (kind !== 'json' || typeof value !== 'string') {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    wrong.push({ pointer: field.pointer, detail: 'is no JSON; write such as [256,128].' });
    return undefined;
  }
}

/** A number as it was typed, also where a script's numbers could not hold it; the server says what is wrong with a word. */
function quantity(text) {
  if (WHOLE.test(text) && !Number.isSafeInteger(Number(text))) {
    return JSON.rawJSON?.(text) ?? text;
  }
  return DECIMAL.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

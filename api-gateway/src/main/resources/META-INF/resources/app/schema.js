import { read } from './api.js';
import { words } from './format.js';

let loading;

/** The OpenAPI document, loaded once. */
export function openApi() {
  loading ??= read('/q/openapi?format=json').catch((e) => {
    loading = undefined; // the next call tries again
    throw e;
  });
  return loading;
}

const SUBMIT = '/api/v1/train';
const bodyOf = (api, path) => api.paths[path].post.requestBody.content['application/json'];

/** Returns true if the gateway supports `method` on `path`, a path of the OpenAPI document. */
export const offers = (api, method, path) => api.paths?.[path]?.[method] !== undefined;

/** Names of the networks by which jobs can be filtered. */
export function networkNames(api) {
  return api.paths[SUBMIT].get.parameters.find((parameter) => parameter.name === 'network').schema.enum;
}

/** The first example of the OpenAPI document for the body of a POST request to `path`. */
export function exampleBody(api, path) {
  const [{ value }] = Object.values(bodyOf(api, path).examples);
  return typeof value === 'string' ? JSON.parse(value) : structuredClone(value);
}

export const exampleConfig = (api) => exampleBody(api, SUBMIT);

/** The fields of a training configuration, filled from `config`; `pointer` is that of the configuration. */
export function submitFields(api, config, pointer = '') {
  return fields(api, bodyOf(api, SUBMIT).schema, config, pointer);
}

/** The fields of the body of a POST request to `path`, filled from `value`. */
export function bodyFields(api, path, value) {
  return fields(api, bodyOf(api, path).schema, value);
}

/** Resolves a reference; properties beside the reference are merged. */
function resolve(api, schema) {
  const { $ref: ref, allOf, anyOf, oneOf, ...beside } = schema;
  const inner = ref ? api.components.schemas[ref.split('/').at(-1)] : (allOf ?? anyOf ?? oneOf)?.find((one) => one.$ref || one.type !== 'null');
  return inner ? { ...resolve(api, inner), ...beside } : schema;
}

/** The fields of an object: { name, label, pointer, required, kind, options, hint, value, fields }. */
function fields(api, schema, value, pointer = '') {
  const whole = resolve(api, schema);
  const required = new Set(whole.required);
  return Object.entries(whole.properties ?? {})
    .filter(([, one]) => !one.readOnly)
    .map(([name, one]) => field(name, required.has(name), resolve(api, one), value?.[name], `${pointer}/${name}`, api));
}

function field(name, required, schema, value, pointer, api) {
  const types = [schema.type].flat().filter((type) => type !== 'null');
  const label = schema.title ?? words(name).replace(/^./, (first) => first.toUpperCase());
  const common = { name, label, pointer, required, hint: hint(schema), value, fallback: schema.default, choices: schema['x-choices']?.split(' ') };
  if (schema.properties) {
    return { ...common, kind: 'group', networks: schema['x-networks'], fields: fields(api, schema, value, pointer) };
  }
  if (schema.enum) {
    const options = schema.enum.filter((option) => option !== null);
    const [only] = options.length === 1 && required ? options : [];
    return { ...common, kind: 'choice', options, value: value ?? only };
  }
  if (types.includes('boolean')) {
    return { ...common, kind: 'switch', value: value ?? schema.default };
  }
  if (types.includes('integer') || types.includes('number')) {
    return { ...common, kind: 'number', whole: types.includes('integer'), minimum: schema.minimum, maximum: schema.maximum };
  }
  if (types.includes('array')) {
    return { ...common, kind: 'list' };
  }
  return types.includes('string') ? { ...common, kind: 'text' } : { ...common, kind: 'json' };
}

/** Describes a field's constraints in words. */
function hint(schema) {
  const { description, items, default: otherwise } = schema;
  const from = items ? 'each ' : '';
  const limits = span(items ?? schema);
  return [description, limits && `${from}${limits}`, otherwise === undefined || schema.enum || typeof otherwise === 'boolean' ? null : `${otherwise} if left empty`].filter(Boolean).join('; ');
}

function span({ minimum: low, maximum: high, exclusiveMinimum: above, exclusiveMaximum: below }) {
  const from = typeof above === 'number' ? `above ${above}` : above ? `above ${low}` : low === undefined ? null : `from ${low}`;
  const to = typeof below === 'number' ? `to below ${below}` : below ? `to below ${high}` : high === undefined ? null : `to ${high}`;
  return [from, to].filter(Boolean).join(' ');
}

/** Returns those fields of a configuration that apply to the selected network. */
export function shownFields(some) {
  const network = some.find((field) => field.name === 'network')?.value;
  return some.map((field) => {
    const taken = field.networks?.[network]?.arguments;
    return field.networks ? { ...field, fields: field.fields.filter((inner) => taken?.includes(inner.name)) } : field;
  });
}

/** Display names of the networks by their API names. */
export function networkTitles(some) {
  const { networks = {} } = some.find((field) => field.networks) ?? {};
  return Object.fromEntries(Object.entries(networks).map(([name, { title }]) => [name, title]));
}

/** The server's errors at the pointer of `field` or below it. */
export function errorsOf(field, errors) {
  return errors.filter((error) => error.pointer === field.pointer || (field.kind !== 'group' && error.pointer.startsWith(`${field.pointer}/`)));
}

/** All fields; groups come before their fields. */
export function all(some) {
  return some.flatMap((field) => (field.kind === 'group' ? [field, ...all(field.fields)] : [field]));
}

import { read } from './api.js';

/** Of imports; no training has it. */
const NOT_OFFERED = new Set(['source']);
let loading;

/** The description of the API, read once. */
export function openApi() {
  loading ??= read('/q/openapi?format=json').catch((e) => {
    loading = undefined; // the next one tries again
    throw e;
  });
  return loading;
}

/** Whether a submit may be tried without being carried out; older gateways would carry it out. */
export function canTry(api) {
  const parameters = api.paths?.['/api/v1/train']?.post?.parameters ?? [];
  return parameters.some((parameter) => parameter.name === 'dry_run');
}

function resolve(api, schema) {
  const inner = schema.$ref ? schema : (schema.allOf ?? schema.anyOf ?? schema.oneOf)?.find((one) => one.$ref || one.type !== 'null');
  if (!inner) {
    return schema;
  }
  const target = inner.$ref ? api.components.schemas[inner.$ref.split('/').at(-1)] : inner;
  return { ...resolve(api, target), ...(schema.description ? { description: schema.description } : {}) };
}

/** The fields of a configuration: { name, pointer, kind, options, hint, value, fields }. */
export function fields(api, schema, value, pointer = '') {
  const whole = resolve(api, schema);
  return Object.entries(whole.properties ?? {})
    .filter(([name, one]) => !one.readOnly && !NOT_OFFERED.has(name))
    .map(([name, one]) => field(api, name, resolve(api, one), value?.[name], `${pointer}/${name}`));
}

function field(api, name, schema, value, pointer) {
  const types = [schema.type].flat().filter((type) => type !== 'null');
  const common = { name, pointer, hint: schema.description, value: value ?? schema.default };
  if (schema.properties) {
    return { ...common, kind: 'group', fields: fields(api, schema, value, pointer) };
  }
  if (schema.enum) {
    return { ...common, kind: 'choice', options: schema.enum.filter((option) => option !== null) };
  }
  if (types.includes('boolean')) {
    return { ...common, kind: 'switch' };
  }
  if (types.includes('integer') || types.includes('number')) {
    return { ...common, kind: 'number' };
  }
  return types.includes('string') ? { ...common, kind: 'text' } : { ...common, kind: 'json' };
}

/** Where the server's word about `pointer` belongs: that field, or the one that holds it. */
export function errorsOf(field, errors) {
  return errors.filter((error) => error.pointer === field.pointer || (field.kind !== 'group' && error.pointer.startsWith(`${field.pointer}/`)));
}

/** Every field that is no group. */
export function leaves(all) {
  return all.flatMap((field) => (field.kind === 'group' ? leaves(field.fields) : [field]));
}

/** What was typed as a configuration; `wrong` gets what is no JSON at all. An empty field is left to its default. */
export function configuration(all, wrong = []) {
  const config = {};
  for (const field of all) {
    const value = field.kind === 'group' ? configuration(field.fields, wrong) : typed(field, wrong);
    if (value !== undefined) {
      config[field.name] = value;
    }
  }
  return config;
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
    return Number.isFinite(Number(value)) ? Number(value) : value; // the server says what is wrong with a word
  }
  if (kind !== 'json' || typeof value !== 'string') {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    wrong.push({ pointer: field.pointer, detail: 'is no JSON; write such as {"layer_sizes":[256,128]}' });
    return undefined;
  }
}

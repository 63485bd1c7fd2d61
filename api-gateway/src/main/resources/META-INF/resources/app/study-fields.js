import { configuration } from './configuration.js';
import { all, bodyFields, submitFields } from './schema.js';

export const STUDIES = '/api/v1/studies';

/** A study decides itself about these, or has none. */
const LEFT_OUT = ['dataset_args', 'callback_url', 'after', 'save_weights'];
const FIXED = ['/train_args/epochs', '/train_args/schedule_epochs', '/train_args/validation_split'];
const VARIABLE = /^\/(network|engine|(network_args|train_args)\/[^/]+)$/;

const escaped = (pointer) => pointer.replaceAll('~', '~0').replaceAll('/', '~1');
const pointerOf = (field) => field.pointer.replace(/^\/base/, '');

/** The fields of the training configuration of a study. */
export const baseFields = (api, base) => submitFields(api, base, '/base').filter((field) => !LEFT_OUT.includes(field.name));

/** The other fields of a study, without its space. */
export function studyFields(api, request) {
  return bodyFields(api, STUDIES, request)
    .filter((field) => field.name !== 'base' && field.name !== 'space')
    .map((field) => {
      if (field.name === 'enqueue') {
        return { ...field, kind: 'json', value: request.enqueue && JSON.stringify(request.enqueue) };
      }
      return field.name === 'warm_start' ? { ...field, example: 'ids of studies' } : field;
    });
}

/** Fields of a group that apply to the selected name of a sampler or pruner. */
export function chosenFields(group) {
  const name = group.fields.find((field) => field.name === 'name');
  const chosen = name.value || name.fallback;
  return { ...group, fields: group.fields.filter((field) => !field.choices || field.choices.includes(chosen)) };
}

/** Fields of the configuration that can be varied. */
export function variableFields(base) {
  return all(base).filter((field) => field.kind !== 'group' && VARIABLE.test(pointerOf(field)) && !FIXED.includes(pointerOf(field)));
}

/** Types that a parameter for this field can have, the most likely first. */
function typesOf(field) {
  return field?.kind === 'number' ? [field.whole ? 'int' : 'float', 'categorical'] : ['categorical'];
}

/** A range around the present value. */
function proposed(field) {
  const value = Number(field.value ?? field.fallback);
  if (field.kind === 'number' && value > 0) {
    const factor = field.whole ? 2 : 10;
    const round = (x) => (field.whole ? Math.round(x) : Number(x.toPrecision(6)));
    return { type: typesOf(field)[0], min: Math.max(field.minimum ?? 0, round(value / factor)), max: Math.min(field.maximum ?? Infinity, round(value * factor)), scale: field.whole ? undefined : 'log' };
  }
  return { type: typesOf(field)[0], values: field.options ?? [] };
}

/** A parameter of the form: { pointer, label, types, fields }. Without `parameter` a range is proposed. */
export function parameterOf(base, pointer, parameter = undefined) {
  const field = variableFields(base).find((one) => pointerOf(one) === pointer);
  const { type, ...given } = parameter ?? proposed(field);
  const types = [...new Set([type, ...typesOf(field)])];
  const at = `/space/${escaped(pointer)}`;
  const of = (name, label, kind, more = {}) => ({ name, label, kind, pointer: `${at}/${name}`, value: given[name], ...more });
  const json = (name) => (given[name] === undefined ? undefined : JSON.stringify(given[name]));
  return {
    pointer,
    at,
    label: field?.label ?? pointer,
    type,
    types,
    fields: [
      of('min', 'Least', 'number', { required: true, types: ['float', 'int'] }),
      of('max', 'Most', 'number', { required: true, types: ['float', 'int'] }),
      of('scale', 'Scale', 'choice', { options: ['linear', 'log'], fallback: 'linear', types: ['float', 'int'] }),
      of('step', 'Step', 'number', { types: ['float', 'int'] }),
      of('values', 'Values', 'json', { required: true, hint: 'such as [32, 64]', value: json('values'), types: ['categorical'] }),
      of('when', 'Only if', 'json', { hint: 'such as {"/network": "mlp"}; always if left empty', value: json('when') }),
    ],
  };
}

/** Fields of a parameter that apply to its type. */
export const parameterFields = (parameter) => parameter.fields.filter((field) => !field.types || field.types.includes(parameter.type));

/** The names of fields that can be varied and are not yet: [[pointer, label]]. */
export function choices(base, parameters) {
  return variableFields(base).map((field) => [pointerOf(field), field.label]).filter(([pointer]) => !parameters.some((one) => one.pointer === pointer));
}

/** Values without brackets are accepted too. */
const bracketed = (field) => (field.name === 'values' && field.value && !String(field.value).trim().startsWith('[') ? { ...field, value: `[${field.value}]` } : field);

/** The space as JSON; `wrong` receives an error for each invalid value. */
export function spaceOf(parameters, wrong) {
  return Object.fromEntries(parameters.map((one) => [one.pointer, { type: one.type, ...configuration(parameterFields(one).map(bracketed), wrong) }]));
}

import { number, percent } from './format.js';

const STUDIES = '/api/v1/studies';

/** The path of a study in the API, or of something below it. */
export const studyPath = (id, below = '') => `${STUDIES}/${encodeURIComponent(id)}${below}`;

export const studyHasEnded = (status) => status !== 'running' && status !== 'paused';

const metricOf = (study) => study.request.objective?.metric ?? 'validation.accuracy';

/** True if larger results are better. */
export function isMaximized(study) {
  const direction = study.request.objective?.direction;
  return direction ? direction === 'maximize' : !metricOf(study).endsWith('loss');
}

export const objectiveName = (study) => metricOf(study).replace('.', ' ');

/** Formats a result of the study. */
export function formatResult(study, value) {
  return metricOf(study).endsWith('accuracy') ? percent(value) : number(value);
}

/** The result after the last epoch of a trial; null if there is none or it was not a number. */
export const resultOf = (trial) => trial.curve.at(-1)?.value ?? null;

export const epochsOf = (trial) => trial.curve.length;

/** Segments of a JSON pointer. */
const segments = (pointer) => pointer.split('/').slice(1).map((one) => one.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Parameters of the study: { pointer, name, type, min, max, scale, values }; names are as short as they are unique. */
export function parametersOf(study) {
  const pointers = Object.keys(study.request.space);
  const last = (pointer) => segments(pointer).at(-1);
  return pointers.map((pointer) => {
    const unique = pointers.filter((other) => last(other) === last(pointer)).length === 1;
    return { pointer, name: unique ? last(pointer) : segments(pointer).join('.'), ...study.request.space[pointer] };
  });
}

/** Formats the value of a parameter. */
export function formatValue(value) {
  if (typeof value === 'number') {
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : number(value, 5);
  }
  return value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}

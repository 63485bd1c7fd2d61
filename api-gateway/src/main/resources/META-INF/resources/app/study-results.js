import { isMaximized, resultOf } from './study-view.js';

/** Groups of trials by their results, the best first. */
export const GROUPS = 5;

/** Positions of the best so far of `results`, in which null stands for none: [[x, y]] as steps. */
export function bestSoFar(results, maximized) {
  const better = (a, b) => (maximized ? a > b : a < b);
  const points = [];
  let best = null;
  results.forEach((value, index) => {
    if (value === null || (best !== null && !better(value, best))) {
      return;
    }
    if (best !== null && points.at(-1)[0] < index) {
      points.push([index, best]);
    }
    best = value;
    points.push([index + 1, best]);
  });
  if (best !== null && points.at(-1)[0] < results.length) {
    points.push([results.length, best]);
  }
  return points;
}

/**
 * Trials that have a result, as { trial, value, group }, the worst first, so that the best are drawn last. Group 0 has the best
 * fifth. With `epoch` the result is that after this epoch.
 */
export function ranked(study, trials, epoch = null) {
  const sign = isMaximized(study) ? -1 : 1;
  const value = (trial) => (epoch === null ? resultOf(trial) : (trial.curve.find((point) => point.epoch === epoch)?.value ?? null));
  const known = trials.filter((trial) => trial.state !== 'failed').map((trial) => ({ trial, value: value(trial) })).filter((one) => one.value !== null);
  known.sort((a, b) => sign * (a.value - b.value) || a.trial.number - b.trial.number);
  return known.map((one, rank) => ({ ...one, group: Math.floor((rank * GROUPS) / known.length) })).reverse();
}

/** Epoch after which all trials are compared first; null if they run to their end. */
export const firstRung = (log) => log.holds.get(0)?.[0] ?? null;

/** Number of different results from which the importance is computed. */
export function importanceResults(study, trials, log) {
  const epoch = firstRung(log);
  const some = epoch === null ? trials.filter((trial) => trial.state === 'completed') : trials;
  return ranked(study, some, epoch);
}

/** Finds a value of a categorical parameter. */
const indexOf = (parameter, value) => parameter.values.findIndex((one) => JSON.stringify(one) === JSON.stringify(value));

const isLog = (parameter) => parameter.scale === 'log';

/** Coordinate of a value on the axis of its parameter: the position of a categorical value, else the number; null if unused. */
export function coordinate(parameter, trial) {
  const value = trial.values[parameter.pointer];
  if (value === undefined) {
    return null;
  }
  return parameter.type === 'categorical' ? indexOf(parameter, value) : Number(value);
}

/** Scales a coordinate to 0 to 1. */
export function toUnit(parameter, at) {
  if (parameter.type === 'categorical') {
    return parameter.values.length > 1 ? at / (parameter.values.length - 1) : 0.5;
  }
  const [low, high, x] = isLog(parameter) ? [parameter.min, parameter.max, at].map(Math.log) : [parameter.min, parameter.max, at];
  return (x - low) / (high - low);
}

/** The number at a position between 0 and 1. */
export function fromUnit({ min, max, scale }, unit) {
  return scale === 'log' ? Math.exp(Math.log(min) + unit * (Math.log(max) - Math.log(min))) : min + unit * (max - min);
}

import { GROUPS, coordinate, fromUnit, toUnit } from '../study-results.js';
import { formatResult, formatValue } from '../study-view.js';
import { frame, isDark } from './echarts.js';
import { isolines } from './isolines.js';

/** Groups differ by colour and symbol, the best first. */
const COLOURS = [['#1d4ed8', '#8ab4ff'], ['#0f766e', '#5cd6c5'], ['#6b7280', '#9aa5b8'], ['#a16207', '#d9a94f'], ['#b3131b', '#ff9b9b']];
const SYMBOLS = ['circle', 'diamond', 'rect', 'triangle', 'pin'];
const DASHES = ['solid', 'solid', 'dashed', 'dashed', 'dotted'];
const NAMES = ['best fifth', 'second', 'third', 'fourth', 'worst fifth'];

const colour = (group) => COLOURS[group][isDark() ? 1 : 0];
const groups = Array.from({ length: GROUPS }, (_, i) => GROUPS - 1 - i); // the worst first

/** Text without markup, which values of users could contain. */
const tooltip = { trigger: 'item', confine: true, transitionDuration: 0, renderMode: 'richText' };

function describe(study, parameters, { trial, value }) {
  return [`trial ${trial.number}: ${formatResult(study, value)}`, ...parameters.map((one) => `${one.name} ${formatValue(trial.values[one.pointer])}`)].join('\n');
}

function axis(base, parameter) {
  const common = { ...base, name: parameter.name, nameLocation: 'middle', minInterval: 0, scale: true, axisLine: { onZero: false } };
  if (parameter.type === 'categorical') {
    const label = (x) => (Number.isInteger(x) ? formatValue(parameter.values[x]) : '');
    return { ...common, type: 'value', min: -0.5, max: parameter.values.length - 0.5, interval: 0.5, splitLine: { show: false }, axisTick: { show: false }, axisLabel: { ...base.axisLabel, formatter: label, hideOverlap: true } };
  }
  return { ...common, type: parameter.scale === 'log' ? 'log' : 'value', min: parameter.min, max: parameter.max, axisLabel: { ...base.axisLabel, formatter: formatValue, hideOverlap: true } };
}

/** Position of a trial on an axis; trials with the same categorical value lie side by side. */
function position(parameter, { number }, at) {
  return parameter.type === 'categorical' ? at + (((number * 0.618) % 1) - 0.5) / 2 : at;
}

/** Many lines would hide each other. */
const opacity = (group, count) => Math.max(0.08, Math.min(group === 0 ? 0.9 : 0.45, (group === 0 ? 80 : 20) / count));

/** Each trial as a line over all parameters to its result. */
export function parallelOptions(study, parameters, results) {
  const { xAxis, yAxis, ...shared } = frame('');
  const values = results.map((one) => one.value);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const last = parameters.length;
  const path = ({ trial, value }) => [
    ...parameters.map((one, i) => (coordinate(one, trial) === null ? [null, null] : [i, toUnit(one, coordinate(one, trial))])),
    [last, high > low ? (value - low) / (high - low) : 0.5],
    [null, null], // the next trial begins a new line
  ];
  const label = (x, y, text) => ({ value: [x, y], label: { formatter: text, position: y === 0 ? 'bottom' : y === 1 ? 'top' : 'right' } });
  const ends = parameters.flatMap((one, i) =>
    one.type === 'categorical' ? one.values.map((value, at) => label(i, toUnit(one, at), formatValue(value))) : [label(i, 0, formatValue(one.min)), label(i, 1, formatValue(one.max))],
  );
  const { color } = shared.textStyle;
  return {
    ...shared,
    grid: { left: 48, right: 56, top: 84, bottom: 24 },
    tooltip: { show: false },
    xAxis: { ...xAxis, name: '', position: 'top', max: last, interval: 1, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: isDark() ? '#6b7487' : '#8a91a0' } }, axisLabel: { color, margin: 26, fontWeight: 600, formatter: (x) => parameters[x]?.name ?? 'result' } },
    yAxis: { ...yAxis, scale: false, min: 0, max: 1, show: false },
    series: [
      ...groups.map((group) => ({ type: 'line', name: NAMES[group], color: colour(group), symbol: 'none', showSymbol: false, connectNulls: false, lineStyle: { color: colour(group), width: group === 0 ? 1.8 : 1, type: DASHES[group], opacity: opacity(group, results.length / GROUPS) }, data: results.filter((one) => one.group === group).flatMap(path) })),
      { type: 'scatter', symbolSize: 1, silent: true, z: 10, itemStyle: { color: 'transparent' }, label: { show: true, color, backgroundColor: isDark() ? '#12151ccc' : '#ffffffcc', padding: [1, 3] }, data: [...ends, label(last, 0, formatResult(study, low)), label(last, 1, formatResult(study, high))] },
    ],
    legend: { ...shared.legend, data: [...groups].reverse().map((group) => NAMES[group]), lineStyle: { opacity: 1 } },
  };
}

/** Results against one parameter. */
export function sliceOptions(study, parameter, results) {
  const shared = frame(parameter.name);
  const used = results.filter((one) => coordinate(parameter, one.trial) !== null);
  const series = (name, symbol, ended) => ({ type: 'scatter', name, symbol, symbolSize: 7, color: colour(ended ? 0 : 3), itemStyle: { opacity: 0.65 }, data: used.filter((one) => (one.trial.state === 'completed') === ended).map((one) => ({ value: [position(parameter, one.trial, coordinate(parameter, one.trial)), one.value], one })) });
  return {
    ...shared,
    legend: { ...shared.legend, itemWidth: 14 },
    tooltip: { ...tooltip, formatter: ({ data }) => describe(study, [parameter], data.one) },
    xAxis: axis(shared.xAxis, parameter),
    yAxis: { ...shared.yAxis, axisLine: { onZero: false }, axisLabel: { ...shared.yAxis.axisLabel, formatter: (y) => formatResult(study, y) } },
    series: [series('not completed', 'triangle', false), series('completed', 'circle', true)],
  };
}

/** Lines of equal results over two numbers; the trials as points. */
function contourLines(x, y, used, levels) {
  if ([x, y].some((one) => one.type === 'categorical') || x.pointer === y.pointer) {
    return [];
  }
  const points = used.map((one) => [toUnit(x, coordinate(x, one.trial)), toUnit(y, coordinate(y, one.trial)), one.value]);
  const real = ([px, py]) => [fromUnit(x, px), fromUnit(y, py)];
  return isolines(points, levels.map((one) => one.value)).map((pieces, i) => ({
    type: 'line', name: NAMES[levels[i].group], symbol: 'none', showSymbol: false, silent: true, connectNulls: false, z: 1,
    lineStyle: { color: colour(levels[i].group), width: 1 + (GROUPS - levels[i].group) / 2, type: 'solid' },
    data: pieces.flatMap(([a, b]) => [real(a), real(b), [null, null]]),
  }));
}

/** Trials and lines of equal results over two parameters. */
export function contourOptions(study, x, y, results) {
  const shared = frame(x.name);
  const used = results.filter((one) => coordinate(x, one.trial) !== null && coordinate(y, one.trial) !== null);
  const levels = groups.slice(1).map((group) => ({ group, value: results.find((one) => one.group === group)?.value })).filter((one) => one.value !== undefined);
  return {
    ...shared,
    legend: { ...shared.legend, itemWidth: 14, data: [...groups].reverse().map((group) => NAMES[group]) },
    tooltip: { ...tooltip, formatter: ({ data }) => describe(study, [x, y], data.one) },
    xAxis: axis(shared.xAxis, x),
    yAxis: { ...axis(shared.yAxis, y), nameGap: 52, nameTextStyle: shared.xAxis.nameTextStyle },
    grid: { ...shared.grid, left: 44 },
    series: [
      ...groups.map((group) => ({ type: 'scatter', name: NAMES[group], symbol: SYMBOLS[group], symbolSize: group === 0 ? 9 : 7, color: colour(group), itemStyle: { opacity: 0.8 }, data: used.filter((one) => one.group === group).map((one) => ({ value: [x, y].map((axisOf) => position(axisOf, one.trial, coordinate(axisOf, one.trial))), one })) })),
      ...contourLines(x, y, used, levels),
    ],
  };
}

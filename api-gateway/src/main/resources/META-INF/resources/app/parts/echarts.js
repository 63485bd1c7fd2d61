let loading;

/** Loads with a script element, because browsers may cache a failed import. */
function load(url) {
  const script = Object.assign(document.createElement('script'), { src: url });
  script.dataset.optional = ''; // recover.js ignores optional scripts
  return new Promise((done, failed) => {
    script.addEventListener('load', done);
    script.addEventListener('error', () => failed(new Error(`${url} could not be loaded`)));
    document.head.append(script);
  }).finally(() => script.remove());
}

/** The ECharts library, loaded by the first chart. Its browser build sets a global. */
export function echarts() {
  loading ??= load(import.meta.resolve('echarts/dist/echarts.common.min.js')).then(
    () => globalThis.echarts,
    (e) => {
      loading = undefined; // the next chart tries again
      throw e;
    },
  );
  return loading;
}

const ROOT = document.documentElement;
/** Dash patterns by colour in pixels; all can be distinguished on the 34 pixels of a legend entry. */
const DASHES = ['solid', 'dashed', 'dotted', [12, 3, 3, 3], [2, 6], [20, 6], [12, 3, 3, 3, 3, 3], [6, 10], [14, 4, 6, 4], [2, 2, 2, 8]];
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'pin'];
const COLOURS = [
  ['#1d4ed8', '#8ab4ff'],
  ['#b45309', '#f2b45c'],
  ['#0f766e', '#5cd6c5'],
  ['#9d174d', '#ff9cc5'],
  ['#4d5d0c', '#c8dc6a'],
  ['#6d28d9', '#c4a6ff'],
  ['#b3131b', '#ff9b9b'],
  ['#1f6f8b', '#7fd0ee'],
  ['#5b4636', '#d8bfa6'],
  ['#374151', '#cfd6e2'],
];

export const isDark = () => {
  const theme = ROOT.dataset.theme;
  return theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
};

/** Lines differ by colour and dash, and by symbol if there are few points. */
export function style(index) {
  const colour = COLOURS[index % COLOURS.length][isDark() ? 1 : 0];
  return {
    itemStyle: { color: colour },
    lineStyle: { color: colour, width: 2, type: DASHES[index % DASHES.length] },
    symbol: SYMBOLS[index % SYMBOLS.length],
  };
}

/** Options of all charts, without animation because they change while they are viewed. */
export function frame(xName) {
  const ink = isDark() ? '#e8ebf1' : '#1a1f2b';
  const faint = isDark() ? '#2c3342' : '#dfe3ea';
  const axis = { axisLabel: { color: ink }, nameTextStyle: { color: ink }, splitLine: { lineStyle: { color: faint } } };
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { color: ink, fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 16, top: 36, bottom: 28, containLabel: true },
    legend: { top: 0, type: 'scroll', textStyle: { color: ink }, itemWidth: 34 },
    tooltip: { trigger: 'axis', confine: true, transitionDuration: 0 },
    xAxis: { ...axis, type: 'value', name: xName, nameLocation: 'middle', nameGap: 24, minInterval: 1, min: 0 },
    yAxis: { ...axis, type: 'value', scale: true },
  };
}

import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { onConnection } from '../connection.js';
import { echarts, frame, style } from './echarts.js';
import { cancelDraw, scheduleDraw } from './draw-scheduler.js';

const points = (line) => ({ data: line.points, showSymbol: line.points.length < 30 });

/**
 * Curves over epochs, or over other steps that `step` names, or the same values as a table.
 *
 * `series` is a list of { name, points: [[x, y]], transient }; transient series are not in the table. `total` is the last
 * epoch, `format` formats a y value, `empty` is shown while there are no points.
 */
export class LineChart extends LightElement {
  static properties = { heading: {}, series: { attribute: false }, format: { attribute: false }, total: { attribute: false }, step: {}, empty: {}, asTable: { state: true } };

  #chart;
  #lines;
  #total;
  #resize = new ResizeObserver(() => this.#fit());
  #draw = () => this.#show();
  #repaint = () => {
    this.#close();
    scheduleDraw(this.#draw);
  };

  constructor() {
    super();
    this.series = [];
    this.step = 'epoch';
    this.empty = 'The first point comes with the first epoch.';
    this.format = (y) => String(y);
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('theme', this.#repaint);
    this.unwatch = onConnection((since) => since === null && this.lacksLibrary && this.#tryAgain());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('theme', this.#repaint);
    this.unwatch();
    cancelDraw(this.#draw);
    this.#close();
  }

  #close() {
    this.#resize.disconnect();
    this.#chart?.dispose();
    this.#chart = undefined;
    this.#lines = undefined;
    this.#total = undefined;
  }

  /** True if the table is shown only because the library could not be loaded. */
  #tryAgain() {
    this.lacksLibrary = false;
    this.asTable = false;
  }

  get #isEmpty() {
    return !this.series.some((line) => line.points.length);
  }

  updated() {
    if (this.asTable || this.#isEmpty) {
      cancelDraw(this.#draw);
      this.#close();
      return;
    }
    scheduleDraw(this.#draw);
  }

  async #show() {
    let library;
    try {
      library = await echarts();
    } catch {
      this.lacksLibrary = true;
      this.asTable = true; // the table needs no library
      return;
    }
    const place = this.querySelector('.chart');
    if (!place || !this.isConnected) {
      return;
    }
    if (!this.#chart) {
      this.#open(library, place);
    }
    if (this.#total !== this.total) {
      this.#total = this.total;
      this.#chart.setOption({ xAxis: { max: this.total } });
    }
    const lines = this.series.map((line) => line.name).join('\n');
    if (lines === this.#lines) {
      this.#chart.setOption({ series: this.series.map(points) }); // styles and axes stay, so that ECharts does not recreate them
    } else {
      this.#chart.setOption({ series: this.series.map((line, index) => ({ type: 'line', name: line.name, symbolSize: 7, ...style(index), ...points(line) })) }, { replaceMerge: ['series'] });
      this.#lines = lines;
    }
    place.dataset.drawn = '';
  }

  #open(library, place) {
    this.#chart = library.init(place);
    const shared = frame(this.step);
    const format = (y) => this.format(y);
    this.#chart.setOption({
      ...shared,
      yAxis: { ...shared.yAxis, axisLabel: { ...shared.yAxis.axisLabel, formatter: format } },
      tooltip: { ...shared.tooltip, valueFormatter: (y) => (y == null ? '–' : format(y)) },
    });
    this.#resize.observe(place);
  }

  /** Observers also report the initial size, which is ignored. */
  #fit() {
    const place = this.#chart?.getDom();
    if (place && (place.clientWidth !== this.#chart.getWidth() || place.clientHeight !== this.#chart.getHeight())) {
      this.#chart.resize();
    }
  }

  #summary() {
    const ends = this.series.filter((line) => line.points.length).map((line) => `${line.name} ${this.format(line.points.at(-1)[1])}`);
    return ends.length ? `${this.heading}, by ${this.step}. Last: ${ends.join(', ')}.` : `${this.heading}: nothing yet.`;
  }

  #table() {
    const series = this.series.filter((line) => !line.transient);
    const epochs = [...new Set(series.flatMap((line) => line.points.map(([x]) => x)))].sort((a, b) => a - b);
    const columns = series.map((line) => new Map(line.points));
    return html`<div class="wide" tabindex="0" role="region" aria-label="${this.heading}, as a table">
      <table>
        <thead><tr><th scope="col">${this.step}</th>${series.map((line) => html`<th scope="col" class="right">${line.name}</th>`)}</tr></thead>
        <tbody>
          ${epochs.map((x) => html`<tr><th scope="row">${x}</th>${columns.map((of) => html`<td class="right">${of.has(x) ? this.format(of.get(x)) : '–'}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>`;
  }

  render() {
    return html`<figure>
      <figcaption>
        ${this.heading}
        ${this.#isEmpty ? nothing : html`<button type="button" aria-pressed=${this.asTable ? 'true' : 'false'} @click=${() => (this.asTable = !this.asTable)}>Show as table<span class="unseen">: ${this.heading}</span></button>`}
      </figcaption>
      ${this.#isEmpty ? html`<p class="no-chart">${this.empty}</p>` : this.asTable ? this.#table() : html`<div class="chart" role="img" aria-label=${this.#summary()}></div>`}
    </figure>`;
  }
}
customElements.define('ty-line-chart', LineChart);

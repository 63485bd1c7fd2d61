import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { onConnection } from '../connection.js';
import { echarts } from './echarts.js';
import { cancelDraw, scheduleDraw } from './draw-scheduler.js';

/**
 * A chart whose ECharts options come from the function `options`; a new function draws it again. `summary` describes it for
 * screen readers, `empty` is shown without options, `width` is the least width in rem.
 */
class Chart extends LightElement {
  static properties = { heading: {}, options: { attribute: false }, summary: {}, empty: {}, width: { type: Number }, failed: { state: true } };

  #chart;
  #drawn;
  #resize = new ResizeObserver(() => this.#fit());
  #draw = () => this.#show();
  #repaint = () => {
    this.#close();
    scheduleDraw(this.#draw);
  };

  connectedCallback() {
    super.connectedCallback();
    addEventListener('theme', this.#repaint);
    this.unwatch = onConnection((since) => since === null && (this.failed = false));
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
    this.#chart = this.#drawn = undefined;
  }

  updated() {
    if (!this.options || this.failed) {
      cancelDraw(this.#draw);
      this.#close();
    } else if (this.#drawn !== this.options) {
      scheduleDraw(this.#draw);
    }
  }

  async #show() {
    let library;
    try {
      library = await echarts();
    } catch {
      this.failed = true;
      return;
    }
    const place = this.querySelector('.chart');
    if (!place || !this.isConnected || !this.options) {
      return;
    }
    if (!this.#chart) {
      this.#chart = library.init(place);
      this.#resize.observe(place);
    }
    this.#chart.setOption(this.options(), { notMerge: true });
    this.#drawn = this.options;
    place.dataset.drawn = '';
  }

  /** Observers also report the initial size, which is ignored. */
  #fit() {
    const place = this.#chart?.getDom();
    if (place && (place.clientWidth !== this.#chart.getWidth() || place.clientHeight !== this.#chart.getHeight())) {
      this.#chart.resize();
    }
  }

  #content() {
    if (!this.options || this.failed) {
      return html`<p class="no-chart">${this.failed ? 'The chart library could not be loaded.' : this.empty}</p>`;
    }
    const chart = html`<div class="chart" role="img" aria-label=${this.summary ?? this.heading} style=${this.width ? `min-width:${this.width}rem` : nothing}></div>`;
    return this.width ? html`<div class="wide" tabindex="0" role="region" aria-label=${this.heading}>${chart}</div>` : chart;
  }

  render() {
    return html`<figure>${this.heading ? html`<figcaption>${this.heading}</figcaption>` : nothing}${this.#content()}</figure>`;
  }
}
customElements.define('ty-chart', Chart);

import { LitElement, html, nothing } from 'lit';
import { get } from './api.js';

const WIDTH = 240;
const HEIGHT = 40;
const MINUTE = 60_000;
const percent = (load) => `${Math.round(load * 100)} %`;
const span = (minutes) => (minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`);

/** How busy a host is now, and was since this host began to watch it, a day at most. */
class LoadChart extends LitElement {
  static properties = { agent: { attribute: false }, now: { attribute: false }, loads: { state: true } };

  constructor() {
    super();
    Object.assign(this, { agent: '', now: 0, loads: [] });
  }

  createRenderRoot() { return this; }

  connectedCallback() {
    super.connectedCallback();
    this.clock = setInterval(() => this.#fetch(), MINUTE);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  willUpdate(changed) {
    if (changed.has('agent') && this.agent) { this.loads = []; this.#fetch(); }
  }

  async #fetch() {
    const agent = this.agent;
    try {
      const { load } = await get(`/api/agents/${encodeURIComponent(agent)}/load`);
      if (agent === this.agent) this.loads = load;
    } catch { /* the line stays as it is; a lost connection shows elsewhere */ }
  }

  render() {
    const loads = [...this.loads, this.now];
    const minutes = this.loads.length;
    const most = Math.max(...loads.filter((load) => load !== null));
    const words = minutes ? `now ${percent(this.now)}, at most ${percent(most)} in the last ${span(minutes)}` : `now ${percent(this.now)}; a line is drawn once it has been watched for a minute`;
    return html`${minutes ? html`<svg class="load" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Load: ${words}" data-testid="load-chart"><path d=${LoadChart.#line(loads)}></path></svg> ` : nothing}<span>${words}</span>`;
  }

  /** A line with gaps where nothing is known. */
  static #line(loads) {
    let drawn = false;
    return loads.map((load, at) => {
      const pen = load === null ? '' : `${drawn ? 'L' : 'M'}${((at * WIDTH) / Math.max(1, loads.length - 1)).toFixed(1)} ${(HEIGHT - 2 - load * (HEIGHT - 4)).toFixed(1)}`;
      drawn = load !== null;
      return pen;
    }).join('');
  }
}
customElements.define('weft-load-chart', LoadChart);

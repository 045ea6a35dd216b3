import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit-html/directives/repeat.js';
import { empty } from './parts.js';
import * as place from './place.js';

const EXTRA = 12;
/** Made once: a list of ten thousand is compared a hundred thousand times. */
const COLLATOR = new Intl.Collator(undefined, { numeric: true });

/**
 * A list that filters, sorts and scrolls. Only the rows on the screen are in the document, so ten thousand are as quick as ten.
 * Filter and sort order are in the page's address, so that a link leads to the same list.
 *
 * Where a page has several lists, each has a scope, which sets its part of the address apart.
 *
 * columns: {id, label, value(row) to sort and filter by, cell(row) to show, number?: sorts high first}
 */
class Table extends LitElement {
  static properties = {
    rows: { attribute: false }, columns: { attribute: false }, key: { attribute: false }, href: { attribute: false }, testid: { type: String }, facts: { attribute: false },
    label: { type: String }, scope: { type: String }, nothing: { attribute: false }, more: { attribute: false }, choices: { attribute: false }, first: { state: true }, fetching: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { rows: [], columns: [], key: (row) => row.id, facts: () => ({}), first: 0, height: 44, space: 600, choices: [], scope: '', fetching: false });
  }

  createRenderRoot() { return this; }

  connectedCallback() {
    super.connectedCallback();
    this.sizes = new ResizeObserver(() => this.#measure());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  firstUpdated() {
    const box = this.querySelector('.scroll');
    if (box) this.sizes.observe(box);
  }

  #name(id) { return this.scope ? `${this.scope}.${id}` : id; }

  #query(id) { return place.query(this.#name(id)); }

  #set(changes) {
    place.setQuery(Object.fromEntries(Object.entries(changes).map(([id, value]) => [this.#name(id), value])));
  }

  #measure() {
    const box = this.querySelector('.scroll');
    const row = box?.querySelector('tbody tr.row-data');
    if (box) this.space = box.clientHeight;
    if (row?.offsetHeight) this.height = row.offsetHeight;
    this.requestUpdate();
  }

  #scrolled(event) {
    const box = event.currentTarget;
    this.first = Math.max(0, Math.floor(box.scrollTop / this.height) - EXTRA);
    if (this.more && !this.fetching && box.scrollTop + box.clientHeight > box.scrollHeight - 20 * this.height) this.#fetchMore();
  }

  async #fetchMore() {
    this.fetching = true;
    try {
      await this.more();
    } finally {
      this.fetching = false;
    }
  }

  #shown() {
    const filter = this.#query('q').toLowerCase();
    const order = this.#query('sort');
    const chosen = this.choices.filter(({ id }) => this.#query(id));
    const same = this.was && this.was.rows === this.rows && this.was.filter === filter && this.was.order === order && this.was.at === location.hash;
    if (same) return this.was.shown;
    let shown = this.rows;
    if (filter) shown = shown.filter((row) => this.columns.some(({ value }) => String(value(row) ?? '').toLowerCase().includes(filter)));
    for (const { id, value } of chosen) shown = shown.filter((row) => String(value(row)) === this.#query(id));
    const column = this.columns.find(({ id }) => id === order.replace(/^-/, ''));
    if (column) {
      const back = order.startsWith('-') ? -1 : 1;
      const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : COLLATOR.compare(a ?? '', b ?? ''));
      shown = shown.map((row) => [column.value(row), row]).sort(([a], [b]) => back * compare(a, b)).map(([, row]) => row);
    }
    this.was = { rows: this.rows, filter, order, at: location.hash, shown };
    return shown;
  }

  #sort(column) {
    const order = this.#query('sort');
    const up = column.number ? `-${column.id}` : column.id;
    const down = column.number ? column.id : `-${column.id}`;
    this.#set({ sort: order === up ? down : order === down ? '' : up });
    this.requestUpdate();
  }

  #filter(changes) {
    this.#set(changes);
    this.first = 0;
    const box = this.querySelector('.scroll');
    if (box) box.scrollTop = 0;
    this.requestUpdate();
  }

  #key(event) {
    const rows = [...this.querySelectorAll('tr.row-data a.row-link')];
    const at = rows.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && at >= 0 && rows[at + step]) { rows[at + step].focus(); event.preventDefault(); }
  }

  updated() {
    // Set from here and not in the markup: the page's policy allows no style attributes.
    const [above, below] = this.querySelectorAll('tr.space > td');
    if (above) { above.style.height = `${this.above}px`; below.style.height = `${this.below}px`; }
    if (!this.measured && this.querySelector('tr.row-data')) { this.measured = true; this.firstUpdated(); this.#measure(); }
  }

  render() {
    const shown = this.#shown();
    const count = Math.ceil(this.space / this.height) + 2 * EXTRA;
    const first = Math.min(this.first, Math.max(0, shown.length - count));
    const part = shown.slice(first, first + count);
    this.above = first * this.height;
    this.below = Math.max(0, shown.length - first - part.length) * this.height;
    const order = this.#query('sort');
    return html`
      <div class="tools" role="search">
        <input type="search" class="filter" placeholder="Filter" aria-label="Filter ${this.label}" .value=${this.#query('q')} @input=${(event) => this.#filter({ q: event.target.value })}>
        ${this.choices.map(({ id, label, options }) => html`
          <select aria-label=${label} @change=${(event) => this.#filter({ [id]: event.target.value })}>
            <option value="">${label}: all</option>
            ${options.map((option) => html`<option value=${option} ?selected=${this.#query(id) === option}>${option}</option>`)}
          </select>`)}
        <span class="quiet" role="status">${shown.length === this.rows.length ? shown.length : `${shown.length} of ${this.rows.length}`}${this.more ? '+' : ''}</span>
      </div>
      ${this.rows.length === 0 ? (this.nothing ?? empty('Nothing here.', '')) : html`
      <div class="scroll" tabindex="0" role="region" aria-label=${this.label} @scroll=${this.#scrolled} @keydown=${this.#key}>
        <table aria-rowcount=${shown.length + 1}>
          <thead><tr aria-rowindex="1">${this.columns.map((column) => html`
            <th scope="col" aria-sort=${order === column.id ? 'ascending' : order === `-${column.id}` ? 'descending' : nothing}>
              <button type="button" class="sort" @click=${() => this.#sort(column)}>${column.label}<span aria-hidden="true">${order === column.id ? ' ▲' : order === `-${column.id}` ? ' ▼' : ''}</span></button></th>`)}</tr></thead>
          <tbody>
            <tr class="space" aria-hidden="true"><td colspan=${this.columns.length}></td></tr>
            ${repeat(part, this.key, (row, at) => this.#row(row, first + at))}
            <tr class="space" aria-hidden="true"><td colspan=${this.columns.length}></td></tr>
          </tbody>
        </table>
        ${shown.length === 0 ? html`<p class="quiet none">Nothing fits the filter. <button type="button" class="link" @click=${() => this.#filter(Object.fromEntries(['q', ...this.choices.map(({ id }) => id)].map((id) => [id, ''])))}>Show all</button></p>` : nothing}
        ${this.fetching ? html`<p class="quiet none" role="status">Fetching more…</p>` : nothing}
      </div>`}`;
  }

  #row(row, at) {
    const facts = this.facts(row);
    const href = this.href?.(row);
    return html`<tr class="row-data" aria-rowindex=${at + 2} data-testid=${this.testid ?? nothing} data-id=${facts.id ?? nothing} data-name=${facts.name ?? nothing} data-state=${facts.state ?? nothing}
        data-host=${facts.host ?? nothing} data-path=${facts.path ?? nothing} data-health=${facts.health ?? nothing}>
      ${this.columns.map((column, number) => (number === 0
        ? html`<th scope="row" data-label=${column.label}>${href ? html`<a class="row-link" href=${href}>${column.cell(row)}</a>` : column.cell(row)}</th>`
        : html`<td data-label=${column.label}>${column.cell(row)}</td>`))}</tr>`;
  }
}
customElements.define('weft-table', Table);

import { html, nothing } from 'lit';
import { get, page } from '../api.js';
import { act, badge, empty, loading, problem, when } from '../parts.js';
import { View } from '../view.js';
import '../table.js';

const COLUMNS = [
  { id: 'what', label: 'What', value: (record) => record.what, cell: (record) => record.what },
  { id: 'outcome', label: 'Outcome', value: (record) => record.outcome, cell: (record) => badge(record.outcome) },
  { id: 'target', label: 'On', value: (record) => record.target, cell: (record) => record.target || '–' },
  { id: 'who', label: 'Who', value: (record) => record.who, cell: (record) => html`${record.who} <span class="quiet">${record.role}</span>` },
  { id: 'at', label: 'When', number: true, value: (record) => Date.parse(record.at), cell: (record) => when(record.at) },
  { id: 'seq', label: 'No.', number: true, value: (record) => record.seq, cell: (record) => record.seq },
];

/** Who did what, and whether the record of it is whole. */
class Audit extends View {
  static properties = { records: { state: true }, error: { state: true }, verdict: { state: true } };

  constructor() {
    super();
    Object.assign(this, { records: null, error: '', verdict: null });
  }

  connectedCallback() {
    super.connectedCallback();
    this.#fetch('/api/audit?limit=500');
  }

  /** The newest, and then older ones as they are scrolled to. */
  async #fetch(path) {
    try {
      const { rows, next } = await page(path);
      this.records = [...(this.records ?? []), ...rows];
      this.next = next;
    } catch (failure) {
      this.error = failure.message;
    }
  }

  render() {
    return html`<div class="row"><h2>Audit</h2><span class="row">
        <button type="button" data-testid="audit-verify" @click=${this.#verify}>Verify the chain</button></span></div>
      ${problem(this.error)}
      ${this.verdict ? html`<p class="card" role="status" data-testid="audit-verdict">${this.verdict.ok ? html`${badge('ok')} All ${this.verdict.records} records are as they were written.`
        : html`${badge('failing')} Record ${this.verdict.first_broken}: ${this.verdict.reason}`}</p>` : nothing}
      ${this.records ? html`<weft-table label="Records" testid="audit-row" .rows=${this.records} .columns=${COLUMNS} .key=${(record) => record.seq} .more=${this.next ? () => this.#fetch(this.next) : null}
        .choices=${[{ id: 'outcome', label: 'Outcome', options: [...new Set(this.records.map(({ outcome }) => outcome))].sort(), value: ({ outcome }) => outcome }]}
        .nothing=${empty('Nothing has been recorded yet.', 'Joining, approvals, keys, tasks, installs and denials are.')}></weft-table>` : loading()}`;
  }

  async #verify() {
    const { ok, result } = await act(() => get('/api/audit/verify'));
    if (ok) this.verdict = result;
  }
}
customElements.define('weft-audit', Audit);

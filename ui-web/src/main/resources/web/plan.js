import { LitElement, html, nothing } from 'lit';
import { post } from './api.js';
import { data } from './data.js';
import { act, badge, bytes, loading, problem } from './parts.js';

const VERBS = { install: 'Install', update: 'Update', uninstall: 'Remove' };
/** How a decision looks. */
const DECISIONS = { yes: ['ok', 'allowed'], ask: ['warning', 'you decide'], no: ['refused', 'not allowed'] };
const decision = (answer) => badge(...DECISIONS[answer]);

/** What a scan said. */
export function scanned(scan) {
  if (!scan) return nothing;
  const [style, words] = { passed: ['ok', 'scan: nothing found'], findings: ['warning', 'scan: findings'], 'not-scanned': ['refused', 'not scanned'] }[scan.status] ?? ['warning', scan.status];
  return html`${badge(style, words)} <span class="quiet">${scan.reason}</span>
    ${scan.findings.length ? html`<ul class="plain lines">${scan.findings.map((finding) => html`<li>${badge({ high: 'refused', medium: 'warning' }[finding.severity] ?? 'neutral', finding.severity)} <strong>${finding.name}</strong> ${finding.explanation}</li>`)}</ul>` : nothing}`;
}

/** Whose a skill is, and whether a person here trusts the keys. */
export const signer = (publisher) => html`${publisher.name || publisher.namespace} <code>${publisher.namespace}</code> ${publisher.trusted ? badge('ok', 'trusted') : badge('warning', 'not trusted yet')}
  <span class="quiet">keys <code>${publisher.fingerprint}</code></span>`;

/** What an install, update or removal would do, step by step, with what speaks against it; and doing it. */
class Plan extends LitElement {
  static properties = {
    wish: { attribute: false }, done: { attribute: false }, plan: { state: true }, error: { state: true },
    progress: { state: true }, outcome: { state: true }, agreed: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { wish: null, plan: null, error: '', progress: null, outcome: null, agreed: false });
    data.hear(this, ({ type, data: news }) => { if (type === 'catalog.progress' && news.plan === this.plan?.id) this.progress = news; });
  }

  createRenderRoot() { return this; }

  willUpdate(changed) {
    if (changed.has('wish') && this.wish) this.#prepare();
  }

  async #prepare() {
    const { wish } = this;
    Object.assign(this, { plan: null, error: '', progress: null, outcome: null, agreed: false });
    try {
      const plan = await post('/api/catalog/plan', wish);
      if (wish === this.wish) this.plan = plan;
    } catch (failure) {
      if (wish === this.wish) this.error = failure.message;
    }
  }

  async #apply() {
    this.progress = { step: 0, of: this.plan.steps.length };
    const { ok, result, failure } = await act(() => post(`/api/catalog/plan/${encodeURIComponent(this.plan.id)}/apply`, this.agreed ? { agree: this.plan.agree } : {}));
    this.progress = null;
    if (ok) this.outcome = result; else this.error = failure.message;
    data.refresh('catalog', 'skills', 'repositories');
  }

  render() {
    return html`<section class="card asks" aria-label="Plan" data-testid="plan" aria-live="polite">
      ${this.error ? html`${problem(this.error)}<div class="row"><button type="button" @click=${this.#prepare}>Plan again</button>${this.#close()}</div>` : this.outcome ? this.#result() : this.plan ? this.#planned() : html`<p>Fetching, comparing, scanning and resolving; nothing is changed yet.</p>${loading()}`}
    </section>`;
  }

  #close(label = 'Close') {
    return html`<button type="button" class="second" data-testid="plan-close" @click=${() => this.done?.()}>${label}</button>`;
  }

  #planned() {
    const { plan, progress } = this;
    if (!plan.steps.length) return html`<p><strong>There is nothing to do.</strong> ${plan.notes.join(' ')}</p>${this.#close()}`;
    const what = plan.steps.length === 1 ? VERBS[plan.steps[0].action] : `Do all ${plan.steps.length}`;
    return html`<h3>What would be done ${decision(plan.answer)}</h3>
      ${plan.steps.map((step) => this.#step(step))}
      ${plan.notes.length ? html`<ul>${plan.notes.map((note) => html`<li>${note}</li>`)}</ul>` : nothing}
      ${progress ? html`<p role="status"><progress max=${progress.of} .value=${Math.max(0, progress.step - 0.5)} aria-label="Progress"></progress> ${progress.bundle ? `${VERBS[progress.action]} ${progress.bundle} ${progress.version}, ${progress.step} of ${progress.of}` : 'Begins…'}</p>` : html`
      ${plan.answer === 'ask' ? html`<p><label class="inline"><input type="checkbox" data-testid="plan-agree" .checked=${this.agreed} @change=${(event) => { this.agreed = event.target.checked; }}> I have read the reasons and agree to them</label></p>` : nothing}
      <div class="row">${plan.answer === 'no' ? nothing : html`<button type="button" data-testid="plan-apply" ?disabled=${plan.answer === 'ask' && !this.agreed} @click=${this.#apply}>${what}</button>`}${this.#close(plan.answer === 'no' ? 'Close' : 'Cancel')}</div>`}`;
  }

  #step(step) {
    return html`<div class="step" data-testid="plan-step" data-action=${step.action}>
      <p><strong>${VERBS[step.action]} ${step.skills.join(', ') || step.bundle}</strong> ${step.from && step.to ? `${step.from} → ${step.to}` : step.to || step.from} ${decision(step.decision)}</p>
      <dl class="pairs">
        ${step.publisher ? html`<dt>Publisher</dt><dd>${signer(step.publisher)}</dd><dt>From</dt><dd>${step.repository}, ${bytes(step.size)}, ${step.why}</dd>
        <dt>May use</dt><dd data-testid="plan-permissions">${step.permissions.length ? step.permissions.join(', ') : 'nothing it declares'}</dd>` : nothing}
        ${step.needs.length ? html`<dt>Needs</dt><dd>${step.needs.join(', ')}</dd>` : nothing}
        ${step.members.length > 1 ? html`<dt>Bundles</dt><dd>${step.members.map((member) => `${member.bundle} ${member.version} (${member.why})`).join(', ')}</dd>` : nothing}
        ${step.configuration.some((setting) => setting.required) ? html`<dt>To configure</dt><dd>${step.configuration.filter((setting) => setting.required).map((setting) => setting.title || setting.key).join(', ')}</dd>` : nothing}
      </dl>
      ${step.reasons.length ? html`<ul>${step.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>` : nothing}
      ${step.action === 'uninstall' ? nothing : scanned(step.scan)}
      ${step.changes.length ? html`<div class="scroll short" tabindex="0" role="region" aria-label="Differences"><table data-testid="plan-changes"><thead><tr><th scope="col">What changes</th><th scope="col">Now</th><th scope="col">Then</th></tr></thead>
        <tbody>${step.changes.map((change) => html`<tr><th scope="row">${change.kind} <code>${change.what}</code></th><td>${change.before || '–'}</td><td>${change.after || '–'}</td></tr>`)}</tbody></table></div>` : nothing}
    </div>`;
  }

  #result() {
    const { outcome } = this;
    return html`<p>${outcome.done ? html`${badge('completed', 'done')} Everything is done.` : html`${badge('failed')} Nothing was changed: ${outcome.reason}`}</p>
      <ul class="plain lines" data-testid="plan-outcome" data-done=${outcome.done}>${outcome.steps.map((step) => html`<li>${badge({ done: 'completed', failed: 'failed' }[step.state] ?? 'warning', step.state)} ${VERBS[step.action]} ${step.bundle} ${step.to || step.from} <span class="error">${step.reason}</span></li>`)}</ul>
      ${this.#close()}`;
  }
}
customElements.define('weft-plan', Plan);

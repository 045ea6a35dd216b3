import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit-html/directives/repeat.js';
import { post } from './api.js';

/** A pairing code for a new host, and the hosts that wait to be let in. */
class Pair extends LitElement {
  static properties = { pending: { attribute: false }, code: { state: true }, left: { state: true }, error: { state: true } };

  constructor() {
    super();
    Object.assign(this, { pending: [], code: '', left: 0, error: '' });
  }

  createRenderRoot() { return this; }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  async #try(work) {
    this.error = '';
    try {
      await work();
    } catch (failure) {
      this.error = failure.message;
    }
  }

  #generate() {
    return this.#try(async () => {
      const { code, expires_in: seconds } = await post('/api/pairing/generate-code');
      const end = Date.now() + seconds * 1000;
      clearInterval(this.clock);
      this.code = code;
      this.left = seconds;
      this.clock = setInterval(() => {
        this.left = Math.max(0, Math.round((end - Date.now()) / 1000));
        if (!this.left) { this.code = ''; clearInterval(this.clock); }
      }, 1000);
    });
  }

  #decide(entry, decision) {
    return this.#try(async () => {
      await post(`/api/pairing/${encodeURIComponent(entry.id)}/${decision}`);
      this.dispatchEvent(new CustomEvent('decided'));
    });
  }

  render() {
    return html`
      <h2>Pair</h2>
      <p>A new host joins with a code of six digits, and then waits until you let it in.</p>
      <button type="button" data-testid="code-generate" @click=${this.#generate}>Make a code</button>
      <div aria-live="polite">${this.code ? html`
        <p class="code" data-testid="code-value">${this.code}</p>
        <p class="quiet">Good for one host, for ${Math.floor(this.left / 60)}:${String(this.left % 60).padStart(2, '0')} more. On the new host:</p>
        <pre tabindex="0" aria-label="Command to pair">weft pair ${this.code} --registry ${location.origin}</pre>` : nothing}</div>
      ${this.error ? html`<p class="error" role="alert">${this.error}</p>` : nothing}
      <h3>Waiting to be let in</h3>
      ${this.pending.length === 0 ? html`<div class="empty"><p>Nobody waits.</p><p>Make a code and give it to the new host.</p></div>` : html`
      <ul class="plain">${repeat(this.pending, (entry) => entry.id, (entry) => html`
        <li class="card row" data-testid="pending-row" data-name=${entry.agent_name} data-id=${entry.id}>
          <span><strong>${entry.agent_name}</strong><br><span class="quiet">key <code>${entry.public_key}</code></span></span>
          <span class="row">
            <button type="button" data-testid="approve" aria-label="Let ${entry.agent_name} in" @click=${() => this.#decide(entry, 'approve')}>Approve</button>
            <button type="button" class="second" data-testid="reject" aria-label="Turn ${entry.agent_name} away" @click=${() => this.#decide(entry, 'reject')}>Reject</button>
          </span>
        </li>`)}</ul>`}`;
  }
}
customElements.define('weft-pair', Pair);

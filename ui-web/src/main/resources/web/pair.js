import { LitElement, html, nothing } from 'lit';
import { post } from './api.js';
import { problem } from './parts.js';
import { qr } from './qr.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A pairing code for a new host, and what to type there. */
class Pair extends LitElement {
  static properties = { code: { state: true }, command: { state: true }, qr: { state: true }, left: { state: true }, error: { state: true } };

  constructor() {
    super();
    Object.assign(this, { code: '', command: '', qr: [], left: 0, error: '' });
  }

  createRenderRoot() { return this; }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  async #generate() {
    this.error = '';
    try {
      const { code, expires_in: seconds, command, qr: rows } = await post('/api/pairing/generate-code', { registry: location.origin });
      const end = Date.now() + seconds * 1000;
      clearInterval(this.clock);
      Object.assign(this, { code, command, qr: rows });
      this.left = seconds;
      this.clock = setInterval(() => {
        this.left = Math.max(0, Math.round((end - Date.now()) / 1000));
        if (!this.left) { this.code = ''; clearInterval(this.clock); }
      }, 1000);
    } catch (failure) {
      this.error = failure.message;
    }
  }

  render() {
    return html`<section class="card" aria-label="Pair a device">
      <p>A new host joins with a code of six digits, and then waits until you let it in.</p>
      <button type="button" data-testid="code-generate" @click=${this.#generate}>Make a code</button>
      <div aria-live="polite">${this.code ? html`
        <p class="code" data-testid="code-value">${this.code}</p>
        <p class="quiet">Good for one host, for ${Math.floor(this.left / 60)}:${String(this.left % 60).padStart(2, '0')} more. On the new host:</p>
        <div class="row"><pre tabindex="0" aria-label="Command to pair">${this.command}</pre>
          ${navigator.clipboard ? html`<button type="button" class="second small" @click=${() => navigator.clipboard.writeText(this.command)}>Copy</button>` : nothing}</div>
        ${LOOPBACK.includes(location.hostname) ? html`<p class="quiet">Only this machine can reach ${location.origin}. For another machine, open this page under an address that it can reach too; <code>weft run --bind</code> makes the host listen there.</p>` : nothing}
        <details><summary>As a QR code</summary>${qr(this.qr, `QR code of the command ${this.command}`)}</details>` : nothing}</div>
      ${problem(this.error)}
    </section>`;
  }
}
customElements.define('weft-pair', Pair);

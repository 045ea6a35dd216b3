import { LitElement, html, nothing } from 'lit';
import { stream } from './api.js';

/** A prompt, the steps that the agent takes, and its answer. */
class Ask extends LitElement {
  static properties = { steps: { state: true }, answer: { state: true }, error: { state: true }, busy: { state: true } };

  constructor() {
    super();
    Object.assign(this, { steps: [], answer: null, error: '', busy: false });
  }

  createRenderRoot() { return this; }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopper?.abort();
  }

  async #ask(event) {
    event.preventDefault();
    const prompt = this.querySelector('textarea').value.trim();
    if (!prompt || this.busy) return;
    Object.assign(this, { steps: [], answer: null, error: '', busy: true });
    this.stopper = new AbortController();
    try {
      await stream('POST', '/api/ask', { prompt }, {
        signal: this.stopper.signal,
        on: ({ type, data }) => {
          if (type === 'step') this.steps = [...this.steps, data];
          else if (type === 'answer') this.answer = data;
          else if (type === 'error') this.error = data.detail;
        },
      });
      if (!this.answer && !this.error) this.error = 'The connection ended before the answer came. Ask again.';
    } catch (failure) {
      this.error = failure.name === 'AbortError' ? 'Stopped.' : failure.message;
    } finally {
      this.busy = false;
    }
  }

  #key(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#ask(event);
  }

  render() {
    return html`
      <h2>Ask</h2>
      <form @submit=${this.#ask}>
        <label for="prompt">What do you want to know or have done?</label>
        <textarea id="prompt" rows="3" maxlength="65536" data-testid="ask-input" @keydown=${this.#key}></textarea>
        <div class="row">
          <button type="submit" data-testid="ask-submit" ?disabled=${this.busy}>${this.busy ? 'Working…' : 'Ask'}</button>
          ${this.busy ? html`<button type="button" class="second" @click=${() => this.stopper.abort()}>Stop</button>` : nothing}
        </div>
      </form>
      <div aria-live="polite">
        ${this.steps.length ? html`<h3>Steps</h3><ol class="plain">${this.steps.map((step) => html`
          <li class="card" data-testid="ask-step" data-tool=${step.tool}><details>
            <summary><code>${step.tool}</code> on ${step.agent} <span class="quiet">${step.millis} ms</span> ${step.error ? html`<span class="error">${step.error}</span>` : nothing}</summary>
            <pre tabindex="0" aria-label="Input and output">${JSON.stringify({ input: step.input, output: step.output }, null, 2)}</pre>
          </details></li>`)}</ol>` : nothing}
        ${this.answer ? html`<h3>Answer</h3><div class="card answer" data-testid="ask-answer">${this.answer.text}</div><p class="quiet">by ${this.answer.model}</p>` : nothing}
        ${this.error ? html`<p class="error" role="alert" data-testid="ask-error">${this.error}</p>` : nothing}
      </div>`;
  }
}
customElements.define('weft-ask', Ask);

import { html, nothing } from 'lit';
import { stream } from '../api.js';
import { data, needsPerson } from '../data.js';
import { badge, json, millis } from '../parts.js';
import { link } from '../place.js';
import { View } from '../view.js';
import '../answer-task.js';
import '../attachments.js';
import '../trace.js';

/** A name for a new conversation. */
const fresh = () => `ui-${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

/** A conversation with an agent: its answer as it comes, and the calls it makes, unfolding. */
class Ask extends View {
  static properties = { turns: { state: true }, busy: { state: true } };

  constructor() {
    super();
    Object.assign(this, { turns: [], busy: false, agent: '', conversation: fresh() });
    data.watch(this, 'agents', 'tasks');
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopper?.abort();
    this.#forget();
  }

  #forget() {
    this.turns.flatMap((turn) => turn.pictures).forEach((picture) => URL.revokeObjectURL(picture.url));
    this.turns = [];
  }

  async #ask(event) {
    event.preventDefault();
    const field = this.querySelector('textarea');
    const prompt = field.value.trim();
    if (!prompt || this.busy) return;
    field.value = '';
    const pictures = this.querySelector('weft-attachments').take();
    const turn = { prompt, pictures, steps: [], text: '', answer: null, error: '', began: Date.now() };
    this.turns = [...this.turns, turn];
    this.busy = true;
    this.stopper = new AbortController();
    const body = { prompt, conversation: this.conversation, ...(this.agent ? { agent: this.agent } : {}) };
    try {
      if (pictures.length) body.images = await Promise.all(pictures.map((picture) => picture.content));
      await stream('POST', '/api/ask', body, {
        signal: this.stopper.signal,
        on: ({ type, data: news }) => {
          if (type === 'step') turn.steps = [...turn.steps, news];
          else if (type === 'token' || type === 'chunk') turn.text += news.text;
          else if (type === 'answer') turn.answer = news;
          else if (type === 'error') turn.error = news.detail;
          this.requestUpdate();
        },
      });
      if (!turn.answer && !turn.error) turn.error = 'The connection ended before the answer came. Ask again.';
    } catch (failure) {
      turn.error = failure.name === 'AbortError' ? 'Stopped.' : failure.message;
    } finally {
      turn.took = Date.now() - turn.began;
      this.busy = false;
      await this.updateComplete;
      field.focus();
    }
  }

  #key(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#ask(event);
  }

  #paste(event) {
    const { files } = event.clipboardData;
    if (files.length && this.querySelector('weft-attachments').add(files)) event.preventDefault();
  }

  render() {
    const others = data.lists.agents.filter((agent) => !agent.local && agent.health === 'active');
    return html`
      <div class="row"><h2>Ask</h2>${this.turns.length ? html`<button type="button" class="second small" @click=${() => { this.#forget(); this.conversation = fresh(); }}>New conversation</button>` : nothing}</div>
      ${this.turns.length ? nothing : html`<div class="empty"><p><strong>Ask in your own words.</strong></p><p>The agent calls the <a href=${link('skills')}>skills</a> of all hosts and shows each call. With a <a href=${link('models')}>language model</a> it can plan; without, rules choose one tool by its words.</p></div>`}
      <div class="talk" aria-live="polite">${this.turns.map((turn) => this.#turn(turn))}</div>
      <form class="composer" @submit=${this.#ask}>
        <label for="prompt">What do you want to know or have done?</label>
        <textarea id="prompt" rows="3" maxlength="65536" data-testid="ask-input" @keydown=${this.#key} @paste=${this.#paste} placeholder="Enter sends, Shift+Enter starts a line, images can be pasted"></textarea>
        <weft-attachments></weft-attachments>
        <div class="row">
          <button type="submit" data-testid="ask-submit" ?disabled=${this.busy}>${this.busy ? 'Working…' : 'Ask'}</button>
          ${this.busy ? html`<button type="button" class="second" @click=${() => this.stopper.abort()}>Stop</button>` : nothing}
          ${others.length ? html`<label class="inline">Agent <select @change=${(event) => { this.agent = event.target.value; }}>
            <option value="">${data.who.agent.name} (this host)</option>${others.map((agent) => html`<option value=${agent.agent_id}>${agent.name}</option>`)}</select></label>` : nothing}
        </div>
      </form>`;
  }

  #turn(turn) {
    const asking = data.lists.tasks.rows.filter(needsPerson);
    return html`<section class="turn">
      <p class="prompt">${turn.prompt}</p>
      ${turn.pictures.length ? html`<ul class="plain pictures" aria-label="Images of the prompt">${turn.pictures.map((picture) => html`<li><img src=${picture.url} alt=${picture.name}></li>`)}</ul>` : nothing}
      ${turn.steps.length ? html`<ol class="plain">${turn.steps.map((step) => html`
        <li class="card" data-testid="ask-step" data-tool=${step.tool}><details>
          <summary><code>${step.tool}</code> on ${step.agent} <span class="quiet">${millis(step.millis ?? 0)}</span> ${step.error ? html`<span class="error">${step.error}</span>` : nothing}</summary>
          ${json({ input: step.input, output: step.output }, 'Input and output')}
        </details></li>`)}</ol>` : nothing}
      ${!turn.answer && !turn.error ? asking.map((task) => html`<p>${badge(task.state)} <a href=${link('approvals')}>${task.skill} waits for you</a></p>`) : nothing}
      ${turn.answer ? html`<div class="card answer" data-testid="ask-answer">${turn.answer.text}</div><p class="quiet">by ${turn.answer.model} on ${turn.answer.agent ?? ''}, ${millis(turn.took ?? 0)}</p>
        ${turn.steps.length && turn.answer.trace ? html`<details data-testid="ask-trace" @toggle=${(event) => { turn.traced ||= event.target.open; this.requestUpdate(); }}><summary class="quiet">Where the time went</summary>${turn.traced ? html`<weft-trace .trace=${turn.answer.trace}></weft-trace>` : nothing}</details>` : nothing}`
        : turn.text ? html`<div class="card answer">${turn.text}</div>` : nothing}
      ${turn.error ? html`<p class="error" role="alert" data-testid="ask-error">${turn.error}</p>` : nothing}
      ${!turn.answer && !turn.error ? html`<progress aria-label="The agent works"></progress>` : nothing}
    </section>`;
  }
}
customElements.define('weft-ask', Ask);

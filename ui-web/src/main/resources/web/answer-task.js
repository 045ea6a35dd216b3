import { LitElement, html, nothing } from 'lit';
import { post } from './api.js';
import { act, json, toolName } from './parts.js';

/** What a task asks a person: to approve a call with just these arguments, or to answer a question. */
class AnswerTask extends LitElement {
  static properties = { task: { attribute: false } };

  createRenderRoot() { return this; }

  render() {
    const { task } = this;
    const question = task.question ?? {};
    const approval = task.state === 'auth-required';
    return html`<form class="card asks" data-testid="asks" data-id=${task.id} @submit=${this.#answer}>
      <p><strong>${approval ? `May ${toolName(task)} run?` : question.text || `${toolName(task)} asks`}</strong></p>
      ${approval ? html`${question.text ? html`<p>${question.text}</p>` : nothing}${json(question.arguments ?? task.payload ?? {}, 'Arguments')}
        <div class="row"><button type="button" data-testid="task-approve" @click=${() => this.#send({ approve: true })}>Approve</button>
          <button type="button" class="second" data-testid="task-refuse" @click=${() => this.#send({ approve: false })}>Refuse</button></div>` : html`
        <label for="answer-${task.id}">Answer</label><textarea id="answer-${task.id}" rows="2" required></textarea>
        <div class="row"><button type="submit">Answer</button></div>`}
    </form>`;
  }

  #answer(event) {
    event.preventDefault();
    return this.#send({ answer: this.querySelector('textarea').value });
  }

  async #send(answer) {
    const { ok } = await act(() => post(`/api/hub/tasks/${encodeURIComponent(this.task.id)}/input`, answer), 'Told');
    if (ok) this.dispatchEvent(new CustomEvent('answered', { bubbles: true }));
  }
}
customElements.define('weft-answer-task', AnswerTask);

import { LitElement, html, nothing } from 'lit';
import { post } from './api.js';
import { data } from './data.js';
import { act } from './parts.js';

/** What may be used of models in a period, what was, and how many calls wait for a yes to more. */
class Budget extends LitElement {
  static properties = { budget: { attribute: false } };

  createRenderRoot() { return this; }

  render() {
    const { budget } = this;
    return html`<section class="card ${budget.waiting ? 'asks' : ''}" aria-label="Budget ${budget.name}" data-testid="budget" data-id=${budget.name}>
      <p><strong>${budget.name}</strong> a ${budget.per}${budget.waiting ? html` <span class="badge pending">${budget.waiting} ${budget.waiting === 1 ? 'call waits' : 'calls wait'}</span>` : nothing}</p>
      ${budget.token_limit ? this.#bar('tokens', budget.tokens + budget.reserved_tokens, budget.token_limit) : nothing}
      ${budget.money_limit ? this.#bar('money', budget.money + budget.reserved_money, budget.money_limit) : nothing}
      ${data.acts ? html`<button type="button" class="second small" data-testid="raise" @click=${this.#raise}>Allow half as much again</button>` : nothing}
    </section>`;
  }

  #bar(what, used, limit) {
    return html`<p><meter min="0" max=${limit} high=${limit * 0.9} .value=${used} aria-label="${what} used"></meter> ${Number(used.toFixed(4))} of ${limit} ${what}</p>`;
  }

  async #raise() {
    const { budget } = this;
    const more = { ...(budget.token_limit ? { tokens: Math.ceil(budget.token_limit / 2) } : {}), ...(budget.money_limit ? { money: budget.money_limit / 2 } : {}) };
    await act(() => post(`/api/llm/budgets/${encodeURIComponent(budget.name)}/raise`, more), 'Raised for this period; calls that waited go on');
    data.refresh('llm');
  }
}
customElements.define('weft-budget', Budget);

import { LitElement, html, nothing } from 'lit';
import { del, post, put } from './api.js';
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
      ${data.acts ? html`<button type="button" class="second small" data-testid="raise" @click=${this.#raise}>Allow half as much again</button>
        <button type="button" class="second small" aria-label="As configured: ${budget.name}" data-testid="budget-reset" @click=${this.#reset}>As configured</button>` : nothing}
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

  async #reset() {
    await act(() => del(`/api/llm/budgets/${encodeURIComponent(this.budget.name)}`), 'What the configuration says counts again');
    data.refresh('llm');
  }
}
customElements.define('weft-budget', Budget);

const FOR = { route: 'a route', agent: 'an agent', skill: 'a skill' };

/** Sets a budget: for one route, agent or skill, or for each of them. */
class BudgetForm extends LitElement {
  static properties = { llm: { attribute: false }, kind: { state: true } };

  constructor() {
    super();
    this.kind = 'route';
    data.watch(this, 'agents', 'skills');
  }

  createRenderRoot() { return this; }

  render() {
    const names = { route: Object.keys(this.llm.routes), agent: data.lists.agents.map(({ name }) => name), skill: data.lists.skills.map(({ id }) => id) }[this.kind];
    return html`<form class="card" data-testid="budget-form" aria-label="Set a budget" @submit=${this.#set}>
      <div class="row">
        <label class="inline">For <select id="budget-kind" data-testid="budget-kind" @change=${(event) => { this.kind = event.target.value; }}>${Object.entries(FOR).map(([kind, label]) => html`<option value=${kind}>${label}</option>`)}</select></label>
        <label class="inline">Name <input id="budget-name" data-testid="budget-name" list="budget-names" required maxlength="64" pattern="[\\-a-zA-Z0-9._]+|\\*" title="letters, digits, . _ and -, or * for each" placeholder="* for each" autocomplete="off"></label>
        <datalist id="budget-names"><option value="*"></option>${[...new Set(names)].filter(Boolean).map((name) => html`<option value=${name}></option>`)}</datalist>
        <label class="inline">Tokens <input id="budget-tokens" data-testid="budget-tokens" type="number" min="0" step="1" placeholder="no limit"></label>
        <label class="inline">Money <input id="budget-money" data-testid="budget-money" type="number" min="0" step="any" placeholder="no limit"></label>
        <label class="inline">In each <select id="budget-per" data-testid="budget-per">${['hour', 'day', 'month', 'total'].map((per) => html`<option ?selected=${per === 'day'}>${per}</option>`)}</select></label>
        <button type="submit" data-testid="budget-set">Set</button>
      </div>
      <p class="quiet hint">A call that does not fit waits, and you are asked. What is set here counts at once and beats the configuration; what was used stays used.</p>
    </form>`;
  }

  async #set(event) {
    event.preventDefault();
    const field = (name) => this.querySelector(`#budget-${name}`).value.trim();
    const name = `${this.kind}:${field('name')}`;
    const limit = { tokens: Number(field('tokens')), money: Number(field('money')), per: field('per') };
    const { ok } = await act(() => put(`/api/llm/budgets/${encodeURIComponent(name)}`, limit), `The budget of ${name} is set`);
    if (ok) {
      event.target.reset();
      this.kind = 'route';
    }
    data.refresh('llm');
  }
}
customElements.define('weft-budget-form', BudgetForm);

import { html, nothing } from 'lit';
import { put } from '../api.js';
import { data } from '../data.js';
import { act, badge, empty, loading, millis, when } from '../parts.js';
import { View } from '../view.js';
import '../budget.js';
import '../table.js';

const tokens = (used) => (used ? used.input_tokens + used.output_tokens : 0);
const columns = (usage) => {
  const used = ({ id }) => usage[`provider:${id}`];
  return [
    { id: 'id', label: 'Provider', value: (provider) => provider.id, cell: (provider) => provider.id },
    { id: 'state', label: 'State', value: (provider) => provider.state || 'ok', cell: (provider) => html`${badge(provider.state || 'ok')} <span class="quiet">${provider.last_error}</span>` },
    { id: 'model', label: 'Model', value: (provider) => `${provider.model} ${provider.type}`, cell: (provider) => html`${provider.model} <span class="quiet">${provider.type}</span>` },
    { id: 'calls', label: 'Calls', number: true, value: (provider) => provider.calls, cell: (provider) => `${provider.calls}${provider.running ? `, ${provider.running} now` : ''}` },
    { id: 'failures', label: 'Failed', number: true, value: (provider) => provider.failures, cell: (provider) => provider.failures },
    { id: 'tokens', label: 'Tokens in / out', number: true, value: (provider) => tokens(used(provider)), cell: (provider) => (used(provider) ? `${used(provider).input_tokens} / ${used(provider).output_tokens}` : '–') },
    { id: 'cost', label: 'Cost', number: true, value: (provider) => used(provider)?.cost ?? 0, cell: (provider) => (used(provider)?.cost ? used(provider).cost.toFixed(4) : '–') },
  ];
};
const CALLS = [
  { id: 'provider', label: 'Answered by', value: (call) => call.provider, cell: (call) => badge(call.error ? 'failed' : 'completed', call.provider || 'nobody') },
  { id: 'route', label: 'Route', value: (call) => call.route, cell: (call) => call.route },
  { id: 'caller', label: 'For', value: (call) => call.caller, cell: (call) => call.caller },
  { id: 'tokens', label: 'Tokens', number: true, value: tokens, cell: (call) => `${call.input_tokens} + ${call.output_tokens}${call.estimated ? ' (estimated)' : ''}` },
  { id: 'millis', label: 'Took', number: true, value: (call) => call.millis, cell: (call) => millis(call.millis) },
  { id: 'at', label: 'When', number: true, value: (call) => (typeof call.at === 'string' ? Date.parse(call.at) : call.at), cell: (call) => when(call.at) },
  { id: 'error', label: 'Error', value: (call) => call.error, cell: (call) => (call.error ? html`<span class="error">${call.error}</span>` : '') },
];

/** The language models behind the agent: how they are, which route asks which, and a swap with one click. */
class Models extends View {
  constructor() {
    super();
    data.watch(this, 'llm');
  }

  render() {
    const { llm } = data.lists;
    if (!data.loaded.has('llm')) return html`<h2>Models</h2>${loading()}`;
    if (!llm) return html`<h2>Models</h2>${empty('This host has no models.', data.errors.llm ?? '')}`;
    return html`<h2>Models</h2>
      <h3>Providers</h3>
      <weft-table label="Providers" scope="providers" testid="provider-row" .rows=${llm.providers} .columns=${columns(llm.usage ?? {})} .facts=${({ id, state }) => ({ id, state })}
        .nothing=${empty('There is no provider.', html`Configure one, as in <code>bundles/llm-ollama</code>; until then <code>rules</code> answers.`)}></weft-table>
      <h3>Routes</h3>
      <p class="quiet">A route is asked by name; its first provider answers, and the next ones when it fails. Calls under way end where they are.</p>
      ${Object.entries(llm.routes).map(([route, providers]) => this.#route(route, providers, llm.providers))}
      ${data.acts || llm.budgets?.length ? html`<h3>Budgets</h3>${(llm.budgets ?? []).map((budget) => html`<weft-budget .budget=${budget}></weft-budget>`)}` : nothing}
      ${data.acts ? html`<weft-budget-form .llm=${llm}></weft-budget-form>` : nothing}
      <h3>Latest calls</h3>
      <weft-table label="Calls" scope="calls" testid="call-row" .rows=${(llm.recent ?? []).map((call, at) => ({ ...call, key: `${call.at}/${at}` }))} .columns=${CALLS} .key=${({ key }) => key}
        .nothing=${empty('No model was asked yet.', html`<a href="#/ask">Ask the agent</a> something.`)}></weft-table>`;
  }

  #route(route, order, all) {
    const rest = all.map(({ id }) => id).filter((id) => !order.includes(id));
    return html`<section class="card" data-testid="route" data-id=${route} aria-label="Route ${route}">
      <h3>${route}</h3>
      <ol>${order.map((id, at) => html`<li>${id} ${data.admin && at > 0 ? html`<button type="button" class="second small" data-testid="use" aria-label="Use ${id} first on ${route}" @click=${() => this.#use(route, [id, ...order.filter((other) => other !== id)])}>Use first</button>` : nothing}</li>`)}</ol>
      ${data.admin && rest.length ? html`<p>${rest.map((id) => html`<button type="button" class="second small" aria-label="Use ${id} first on ${route}" @click=${() => this.#use(route, [id, ...order])}>Use ${id}</button> `)}</p>` : nothing}
      ${this.#cache(route)}
    </section>`;
  }

  #cache(route) {
    const seconds = data.lists.llm.cache_seconds?.[route] ?? 0;
    if (!data.admin) return seconds ? html`<p class="quiet">The same request gets the same answer for ${seconds} s.</p>` : nothing;
    return html`<form aria-label="Cache of ${route}" @submit=${(event) => this.#keep(event, route)}><div class="row">
      <label class="inline">Give the same answer again for <input type="number" min="0" max="9999999" step="1" required data-testid="cache-seconds" .value=${String(seconds)}> s</label>
      <button type="submit" class="second small" data-testid="cache-set">Set</button> <span class="quiet">0: ask each time</span></div></form>`;
  }

  async #keep(event, route) {
    event.preventDefault();
    const seconds = Number(event.target.querySelector('input').value);
    const { ok, result } = await act(() => put(`/api/llm/routes/${encodeURIComponent(route)}/cache`, { seconds }), seconds ? `Answers of ${route} are given again for ${seconds} s` : `${route} asks each time`);
    if (ok) { data.lists.llm = result; this.requestUpdate(); }
  }

  async #use(route, providers) {
    const { ok, result } = await act(() => put(`/api/llm/routes/${encodeURIComponent(route)}`, { providers }), `${route} asks ${providers[0]} now`);
    if (ok) { data.lists.llm = result; this.requestUpdate(); }
  }
}
customElements.define('weft-models', Models);

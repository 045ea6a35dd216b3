import { html, nothing } from 'lit';
import { put } from '../api.js';
import { data } from '../data.js';
import { act, badge, empty, loading, millis, when } from '../parts.js';
import { View } from '../view.js';
import '../budget.js';

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
      <div class="scroll short" tabindex="0" role="region" aria-label="Providers"><table>
        <thead><tr><th scope="col">Provider</th><th scope="col">Kind</th><th scope="col">Model</th><th scope="col">State</th><th scope="col">Running</th><th scope="col">Calls</th><th scope="col">Failed</th><th scope="col">Tokens in / out</th><th scope="col">Cost</th></tr></thead>
        <tbody>${llm.providers.map((provider) => this.#provider(provider, llm.usage?.[`provider:${provider.id}`]))}</tbody>
      </table></div>
      <h3>Routes</h3>
      <p class="quiet">A route is asked by name; its first provider answers, and the next ones when it fails. Calls under way end where they are.</p>
      ${Object.entries(llm.routes).map(([route, providers]) => this.#route(route, providers, llm.providers))}
      ${llm.budgets?.length ? html`<h3>Budgets</h3>${llm.budgets.map((budget) => html`<weft-budget .budget=${budget}></weft-budget>`)}` : nothing}
      ${llm.recent?.length ? html`<h3>Latest calls</h3><ul class="plain lines">${llm.recent.slice(0, 20).map((call) => html`
        <li>${badge(call.error ? 'failed' : 'completed', call.provider || 'nobody')} ${call.route} for ${call.caller}, ${call.input_tokens} + ${call.output_tokens} tokens${call.estimated ? ' (estimated)' : ''}, ${millis(call.millis)}, ${when(call.at)}
          ${call.error ? html`<span class="error">${call.error}</span>` : nothing}</li>`)}</ul>` : nothing}`;
  }

  #provider(provider, used) {
    return html`<tr data-testid="provider-row" data-id=${provider.id}>
      <th scope="row" data-label="Provider">${provider.id}</th><td data-label="Kind">${provider.type}</td><td data-label="Model">${provider.model}</td>
      <td data-label="State">${badge(provider.state || 'ok')} <span class="quiet">${provider.last_error}</span></td>
      <td data-label="Running">${provider.running ?? 0}</td><td data-label="Calls">${provider.calls}</td><td data-label="Failed">${provider.failures}</td>
      <td data-label="Tokens">${used ? `${used.input_tokens} / ${used.output_tokens}` : '–'}</td><td data-label="Cost">${used?.cost ? used.cost.toFixed(4) : '–'}</td></tr>`;
  }

  #route(route, order, all) {
    const rest = all.map(({ id }) => id).filter((id) => !order.includes(id));
    return html`<section class="card" data-testid="route" data-id=${route} aria-label="Route ${route}">
      <h3>${route}</h3>
      <ol>${order.map((id, at) => html`<li>${id} ${data.admin && at > 0 ? html`<button type="button" class="second small" data-testid="use" aria-label="Use ${id} first on ${route}" @click=${() => this.#use(route, [id, ...order.filter((other) => other !== id)])}>Use first</button>` : nothing}</li>`)}</ol>
      ${data.admin && rest.length ? html`<p>${rest.map((id) => html`<button type="button" class="second small" aria-label="Use ${id} first on ${route}" @click=${() => this.#use(route, [id, ...order])}>Use ${id}</button> `)}</p>` : nothing}
    </section>`;
  }

  async #use(route, providers) {
    const { ok, result } = await act(() => put(`/api/llm/routes/${encodeURIComponent(route)}`, { providers }), `${route} asks ${providers[0]} now`);
    if (ok) { data.lists.llm = result; this.requestUpdate(); }
  }
}
customElements.define('weft-models', Models);

import { html, nothing } from 'lit';
import { repeat } from 'lit-html/directives/repeat.js';
import { get, post } from '../api.js';
import { data, needsPerson } from '../data.js';
import { act, badge, confirmed, empty, loading, when } from '../parts.js';
import { query } from '../place.js';
import { View } from '../view.js';
import '../answer-task.js';
import '../budget.js';
import '../table.js';

/** Everything that waits for a person, in one place. */
class Approvals extends View {
  static properties = { tasks: { state: true } };

  constructor() {
    super();
    this.tasks = {};
    data.watch(this, 'pairing', 'tasks', 'agents', 'llm', 'repositories', 'approvals');
  }

  /** The rows of the list lack the question: it is fetched for those that ask. */
  willUpdate() {
    for (const { id } of data.lists.tasks.rows.filter(needsPerson)) {
      if (!(id in this.tasks)) {
        this.tasks[id] = null;
        get(`/api/hub/tasks/${encodeURIComponent(id)}`).then((task) => { this.tasks = { ...this.tasks, [id]: task }; }, () => {});
      }
    }
  }

  render() {
    if (!data.loaded.has('pairing')) return html`<h2>Approvals</h2>${loading()}`;
    const door = data.lists.pairing.filter((entry) => entry.status.startsWith('pending'));
    const asking = data.lists.tasks.rows.filter(needsPerson).map(({ id }) => this.tasks[id]).filter(Boolean);
    const breached = (data.lists.llm?.budgets ?? []).filter((budget) => budget.waiting);
    const publishers = data.lists.repositories.flatMap((repository) => repository.publishers.filter(({ trusted }) => !trusted).map((publisher) => ({ ...publisher, repository: repository.name })));
    const updates = data.lists.approvals.filter(({ kind }) => kind === 'update');
    const past = data.lists.pairing.filter((entry) => !entry.status.startsWith('pending'));
    return html`<h2>Approvals</h2>
      ${door.length + asking.length + breached.length + publishers.length + updates.length === 0 ? empty('Nobody waits for you.', html`Hosts that want to join, and calls that need a yes, show up here. <a href="#/peers?pair=1">Pair a device</a>`) : nothing}
      ${door.length ? html`<h3>Hosts at the door</h3><ul class="plain">${repeat(door, ({ id }) => id, (entry) => html`
        <li class="card row" data-testid="pending-row" data-name=${entry.agent_name} data-id=${entry.id}>
          <span><strong>${entry.agent_name}</strong> ${when(entry.created_at)}<br><span class="quiet">key <code>${entry.public_key}</code></span></span>
          <span class="row">
            <button type="button" data-testid="approve" aria-label="Let ${entry.agent_name} in" @click=${() => this.#decide(entry, 'approve')}>Approve</button>
            <button type="button" class="second" data-testid="reject" aria-label="Turn ${entry.agent_name} away" @click=${() => this.#decide(entry, 'reject')}>Reject</button>
          </span></li>`)}</ul>` : nothing}
      ${asking.length ? html`<h3>Tasks that ask</h3>${repeat(asking, ({ id }) => id, (task) => html`<weft-answer-task .task=${task} @answered=${() => this.#answered(task)}></weft-answer-task>`)}` : nothing}
      ${breached.length ? html`<h3>Budgets that are used up</h3>${breached.map((budget) => html`<weft-budget .budget=${budget}></weft-budget>`)}` : nothing}
      ${publishers.length ? html`<h3>Publishers that nobody here trusts yet</h3><p class="quiet">Compare the fingerprint with what the publisher tells by another way. As long as nobody trusts it, none of its skills is installed without asking.</p>
        <ul class="plain">${publishers.map((publisher) => html`<li class="card row" data-testid="publisher-row" data-id=${publisher.namespace}>
          <span><strong>${publisher.name || publisher.namespace}</strong> <code>${publisher.namespace}</code> in ${publisher.repository}<br><span class="quiet">keys <code>${publisher.fingerprint}</code></span></span>
          ${data.admin ? html`<button type="button" data-testid="publisher-trust" aria-label="Trust ${publisher.namespace}" @click=${() => this.#trust(publisher)}>Trust</button>` : nothing}</li>`)}</ul>` : nothing}
      ${updates.length ? html`<h3>Updates that ask</h3><ul class="plain">${updates.map(({ id, detail }) => html`<li class="card row" data-testid="update-row" data-id=${id}>
          <span><strong>${id}</strong><br><span class="quiet">${detail}</span></span><a href="#/catalog?q=${encodeURIComponent(id)}">Show</a></li>`)}</ul>` : nothing}
      ${past.length ? html`<details ?open=${Boolean(query('q') || query('sort'))}><summary>Decided before (${past.length})</summary>
        <weft-table label="Decided requests" testid="decided-row" .rows=${past} .columns=${this.#columns()} .choices=${[{ id: 'status', label: 'Status', options: [...new Set(past.map(({ status }) => status))].sort(), value: ({ status }) => status }]}></weft-table></details>` : nothing}`;
  }

  #columns() {
    return [
      { id: 'name', label: 'Name', value: (entry) => `${entry.agent_name} ${entry.peer_id}`, cell: (entry) => html`${entry.agent_name} <span class="quiet">${entry.peer_id}</span>` },
      { id: 'status', label: 'Status', value: (entry) => entry.status, cell: (entry) => badge(entry.status) },
      { id: 'when', label: 'When', number: true, value: (entry) => entry.updated_at, cell: (entry) => when(entry.updated_at) },
      { id: 'act', label: 'Change', value: () => '', cell: (entry) => (entry.status === 'approved' ? html`<button type="button" class="danger small" aria-label="Revoke ${entry.agent_name}" @click=${() => this.#revoke(entry)}>Revoke</button>` : '') },
    ];
  }

  async #decide(entry, decision) {
    await act(() => post(`/api/pairing/${encodeURIComponent(entry.id)}/${decision}`), decision === 'approve' ? `${entry.agent_name} is let in` : `${entry.agent_name} is turned away`);
    data.refresh('pairing', 'agents');
  }

  async #trust(publisher) {
    if (!await confirmed({ title: `Trust ${publisher.namespace}?`, text: `Whoever has the keys ${publisher.fingerprint} can then offer skills that are installed here without a question.`, act: 'Trust' })) return;
    await act(() => post(`/api/catalog/repositories/${encodeURIComponent(publisher.repository)}/publishers/${encodeURIComponent(publisher.namespace)}`, { fingerprint: publisher.fingerprint }), `${publisher.namespace} is trusted`);
    data.refresh('repositories', 'catalog');
  }

  async #revoke(entry) {
    if (await confirmed({ title: `Revoke ${entry.agent_name}?`, text: 'Its links are cut and its token is worthless at once.', act: 'Revoke' })) await this.#decide(entry, 'revoke');
  }

  #answered(task) {
    delete this.tasks[task.id];
    data.refresh('tasks');
  }
}
customElements.define('weft-approvals', Approvals);

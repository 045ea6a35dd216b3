import { html, nothing } from 'lit';
import { del, post } from '../api.js';
import { data } from '../data.js';
import { act, badge, bytes, confirmed, empty, json, loading, rtt, toolName, when } from '../parts.js';
import { link, query, setQuery } from '../place.js';
import { View } from '../view.js';
import '../load-chart.js';
import '../mesh-map.js';
import '../pair.js';
import '../table.js';

const COLUMNS = [
  { id: 'name', label: 'Name', value: (agent) => agent.name, cell: (agent) => html`${agent.name}${agent.local ? html` <span class="quiet">(this host)</span>` : nothing}` },
  { id: 'health', label: 'Health', value: (agent) => agent.health, cell: (agent) => badge(agent.health) },
  { id: 'path', label: 'Path', value: (agent) => agent.path, cell: (agent) => (agent.local ? '–' : agent.path || 'no link') },
  { id: 'rtt', label: 'Round trip', number: true, value: (agent) => (agent.local ? -1 : agent.rtt_ms), cell: (agent) => (agent.local ? '–' : rtt(agent.rtt_ms)) },
  { id: 'load', label: 'Load', number: true, value: (agent) => agent.load ?? 0, cell: (agent) => html`<meter min="0" max="1" .value=${agent.load ?? 0} aria-label="Load of ${agent.name}"></meter> ${Math.round((agent.load ?? 0) * 100)} %` },
  { id: 'skills', label: 'Skills', number: true, value: (agent) => agent.skills.length, cell: (agent) => agent.skills.length },
  { id: 'version', label: 'Version', value: (agent) => agent.version, cell: (agent) => agent.version || '–' },
  { id: 'platform', label: 'Platform', value: (agent) => agent.platform, cell: (agent) => agent.platform || '–' },
];

/** The hosts of the mesh: list and map, and each one by itself. */
class Peers extends View {
  constructor() {
    super();
    data.watch(this, 'agents', 'topology', 'pairing');
  }

  render() {
    if (!data.loaded.has('agents')) return html`<h2>Peers</h2>${loading()}`;
    return this.arg ? this.#one() : this.#all();
  }

  #all() {
    const { agents, topology } = data.lists;
    return html`
      <div class="row"><h2>Peers</h2>${data.acts ? html`<button type="button" data-testid="pair-open" aria-expanded=${query('pair') ? 'true' : 'false'}
        @click=${() => { setQuery({ pair: query('pair') ? '' : '1' }); this.requestUpdate(); }}>Pair a device</button>` : nothing}</div>
      ${query('pair') && data.acts ? html`<weft-pair></weft-pair>` : nothing}
      <weft-table label="Hosts" testid="peers-row" .rows=${agents} .columns=${COLUMNS} .key=${(agent) => agent.agent_id} .href=${(agent) => link('peers', agent.agent_id)}
        .choices=${[{ id: 'health', label: 'Health', options: ['active', 'stale', 'offline'], value: (agent) => agent.health }]}
        .facts=${({ agent_id: id, name, path, health }) => ({ id, name, path, health })}
        .nothing=${empty('No host is known yet.', 'Hosts show up here when they have joined this mesh.')}></weft-table>
      <weft-mesh-map .topology=${topology}></weft-mesh-map>`;
  }

  #one() {
    const agent = data.lists.agents.find(({ agent_id: id, name }) => id === this.arg || name === this.arg);
    if (!agent) return html`<p><a href=${link('peers')}>All peers</a></p>${empty('This host is not known here.', 'It may have left the mesh.')}`;
    const links = data.lists.topology.edges.filter((edge) => edge.source === agent.agent_id || edge.target === agent.agent_id);
    const tasks = data.lists.tasks.rows.filter((task) => (task.assigned_agent_id || task.target_agent_id) === agent.agent_id).slice(0, 10);
    const member = data.lists.pairing.find((entry) => entry.peer_id === agent.agent_id && entry.status === 'approved');
    return html`
      <p><a href=${link('peers')}>All peers</a></p>
      <div class="row"><h2>${agent.name} ${badge(agent.health)}</h2>
        ${data.acts && member && !agent.local ? html`<button type="button" class="danger" @click=${() => this.#revoke(member)}>Revoke</button>` : nothing}
        ${data.admin && !member && !agent.local && agent.health === 'offline' ? html`<button type="button" class="danger" @click=${() => this.#forget(agent)}>Forget</button>` : nothing}</div>
      <dl class="pairs card">
        <dt>Id</dt><dd><code>${agent.agent_id}</code></dd>
        <dt>Path</dt><dd>${agent.local ? 'this host' : agent.path || 'no link now'}${agent.local ? '' : `, round trip ${rtt(agent.rtt_ms)}`}</dd>
        <dt>Platform</dt><dd>${agent.platform || '–'}, Weft ${agent.version || '–'}</dd>
        <dt>Machine</dt><dd>${agent.hostname || '–'} ${agent.ip ? html`<code>${agent.ip}</code>` : nothing}</dd>
        <dt>Labels</dt><dd>${Object.entries(agent.labels ?? {}).map(([name, value]) => html`<code>${name}=${value}</code> `)}${Object.keys(agent.labels ?? {}).length ? '' : '–'}</dd>
        <dt>Key</dt><dd><code>${agent.public_key || '–'}</code></dd>
        <dt>Load</dt><dd><weft-load-chart .agent=${agent.agent_id} .now=${agent.load ?? 0}></weft-load-chart></dd>
      </dl>
      <h3>Skills</h3>
      ${agent.skills.length ? html`<ul class="plain lines">${agent.skills.map((skill) => html`<li><a href=${link('skills', `${skill.id}@${agent.agent_id}`)}>${skill.title || skill.id}</a> <span class="quiet">${skill.version}</span></li>`)}</ul>` : html`<p class="quiet">It offers none.</p>`}
      <h3>Links</h3>
      ${links.length ? html`<ul class="plain lines">${links.map((edge) => html`<li>${badge(edge.path)} to ${data.name(edge.source === agent.agent_id ? edge.target : edge.source)}, ${rtt(edge.rtt_ms)},
        ${bytes(edge.bytes_sent)} sent, ${bytes(edge.bytes_received)} received, up ${when(edge.since)} <span class="quiet">${edge.candidate_pair ?? ''}</span></li>`)}</ul>` : html`<p class="quiet">No measured link now. Hosts connect when they have something to say.</p>`}
      <h3>Its latest tasks</h3>
      ${tasks.length ? html`<ul class="plain lines">${tasks.map((task) => html`<li>${badge(task.state)} <a href=${link('tasks', task.id)}>${toolName(task)}</a> ${when(task.updated_at)}</li>`)}</ul>` : html`<p class="quiet">None that this host knows of.</p>`}
      <details><summary>The card as it is announced</summary>${json(agent, 'Card')}</details>`;
  }

  async #revoke(member) {
    if (await confirmed({ title: `Revoke ${member.agent_name}?`, text: 'Its links are cut and its token is worthless at once. To come back it has to be paired again.', act: 'Revoke' })) {
      await act(() => post(`/api/pairing/${encodeURIComponent(member.id)}/revoke`), `${member.agent_name} is revoked`);
      data.refresh('agents', 'pairing', 'topology');
    }
  }

  async #forget(agent) {
    if (await confirmed({ title: `Forget ${agent.name}?`, text: 'It disappears from the list until it shows up again.', act: 'Forget' })) {
      const { ok } = await act(() => del(`/api/registry/agents/${encodeURIComponent(agent.agent_id)}`), `${agent.name} is forgotten`);
      if (ok) location.hash = link('peers');
      data.refresh('agents');
    }
  }
}
customElements.define('weft-peers', Peers);

import { html, nothing } from 'lit';
import { repeat } from 'lit-html/directives/repeat.js';

const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
const rtt = (peer) => (peer.rtt_ms >= 0 ? `${peer.rtt_ms.toFixed(peer.rtt_ms < 10 ? 1 : 0)} ms` : '–');
const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
const badge = (word) => html`<span class="badge ${word}">${word}</span>`;
const empty = (what, next) => html`<div class="empty"><p>${what}</p><p>${next}</p></div>`;

export const overview = ({ who, agents, skills, health, go }) => html`
  <h2>Overview</h2>
  <dl class="cards">
    <div><dt>This host</dt><dd data-testid="host-name">${who.agent.name}</dd><dd class="quiet">${who.agent.id}</dd></div>
    <div><dt>State</dt><dd data-testid="host-state">${health ? badge(health.status) : '…'}</dd><dd class="quiet">${health ? `Weft ${health.version}` : ''}</dd></div>
    <div><dt>Hosts of the mesh</dt><dd data-testid="peers-count"><a href="#/peers">${agents.length}</a></dd>
      <dd class="quiet">${agents.filter((agent) => agent.health === 'active').length} active</dd></div>
    <div><dt>Skills</dt><dd data-testid="skills-count"><a href="#/skills">${skills.filter((skill) => skill.state !== 'refused').length}</a></dd>
      <dd class="quiet">on ${new Set(skills.map((skill) => skill.host)).size} hosts</dd></div>
  </dl>
  ${health ? html`<h3>Checks</h3><ul class="plain">${Object.entries(health.checks).map(([name, check]) => html`
    <li>${badge(check.ok ? 'ok' : 'failing')} ${name} <span class="quiet">${check.detail ?? ''}</span></li>`)}</ul>` : nothing}
  ${agents.length < 2 ? empty('This host is alone.', html`Let another one join: <button class="link" @click=${() => go('pair')}>make a pairing code</button>.`) : nothing}`;

export const peers = ({ agents }) => html`
  <h2>Peers</h2>
  ${agents.length === 0 ? empty('No host is known yet.', 'Hosts show up here when they have joined this mesh.') : html`
  <table>
    <thead><tr><th scope="col">Name</th><th scope="col">Health</th><th scope="col">Path</th><th scope="col">Round trip</th><th scope="col">Version</th><th scope="col">Platform</th><th scope="col">Id</th></tr></thead>
    <tbody>${repeat(agents, (agent) => agent.agent_id, (agent) => html`
      <tr data-testid="peers-row" data-name=${agent.name} data-path=${agent.path} data-health=${agent.health}>
        <th scope="row" data-label="Name">${agent.name}${agent.local ? html` <span class="quiet">(this host)</span>` : nothing}</th>
        <td data-label="Health">${badge(agent.health)}</td>
        <td data-label="Path">${agent.path || 'no link'}</td>
        <td data-label="Round trip">${agent.local ? '–' : rtt(agent)}</td>
        <td data-label="Version">${agent.version || '–'}</td>
        <td data-label="Platform">${agent.platform || '–'}</td>
        <td data-label="Id"><code>${agent.agent_id}</code></td>
      </tr>`)}</tbody>
  </table>`}`;

export const skillsView = ({ skills }) => html`
  <h2>Skills</h2>
  ${skills.length === 0 ? empty('No skill is installed.', html`Drop a skill's jar into the <code>deploy</code> folder of any host: it is listed here at once.`) : html`
  <ul class="plain">${repeat(skills, (skill) => `${skill.agent_id}/${skill.id}/${skill.file ?? ''}`, (skill) => html`
    <li class="card" data-testid="skills-row" data-id=${skill.id} data-host=${skill.host} data-state=${skill.state}>
      <h3>${skill.title} <code>${skill.id}</code> ${badge(skill.state)}</h3>
      <p class="quiet">version ${skill.version || '–'} on <strong>${skill.host}</strong>${skill.local ? ' (this host)' : ''}</p>
      ${skill.description ? html`<p>${skill.description}</p>` : nothing}
      ${skill.reason ? html`<p class="error">Refused: ${skill.reason}</p>` : nothing}
      ${skill.tools.map((tool) => html`<details data-testid="tool" data-name=${tool.name}>
        <summary><code>${skill.id}.${tool.name}</code> ${tool.description}</summary>
        <pre tabindex="0" aria-label="Input schema of ${tool.name}">${pretty(tool.schema)}</pre>
      </details>`)}
    </li>`)}</ul>`}`;

export const tasksView = ({ tasks, agents }) => {
  const names = new Map(agents.map((agent) => [agent.agent_id, agent.name]));
  const name = (id) => names.get(id) ?? (id || '–');
  return html`
  <h2>Tasks</h2>
  ${tasks.length === 0 ? empty('No task has run yet.', html`Try <code>weft call SKILL</code> on the command line, or ask the agent.`) : html`
  <table>
    <thead><tr><th scope="col">Skill</th><th scope="col">State</th><th scope="col">On</th><th scope="col">Path</th><th scope="col">Changed</th><th scope="col">Outcome</th></tr></thead>
    <tbody>${repeat(tasks, (task) => task.id, (task) => html`
      <tr data-testid="tasks-row" data-id=${task.id} data-state=${task.state}>
        <th scope="row" data-label="Skill">${task.skill}${task.tool ? `.${task.tool}` : ''}</th>
        <td data-label="State">${badge(task.state)}</td>
        <td data-label="On">${name(task.assigned_agent_id || task.target_agent_id)}</td>
        <td data-label="Path">${task.path || '–'}</td>
        <td data-label="Changed">${time(task.updated_at)}</td>
        <td data-label="Outcome">${task.error ? html`<span class="error">${task.error.message ?? task.error}</span>`
          : task.result ? html`<details><summary>Result</summary><pre tabindex="0" aria-label="Result">${pretty(task.result)}</pre></details>` : '–'}</td>
      </tr>`)}</tbody>
  </table>`}`;
};

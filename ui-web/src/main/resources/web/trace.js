import { LitElement, html, svg, nothing } from 'lit';
import { get } from './api.js';
import { data } from './data.js';
import { badge, empty, loading, millis, problem, toolName } from './parts.js';
import { link } from './place.js';

const SCALE = 1000;
const PAUSE = 1000;

/** All tasks of one trace on one scale of time, and the parts that agents handed on: where each waited, and where it ran. This host asks those that took part. */
class Trace extends LitElement {
  static properties = { trace: { attribute: false }, all: { state: true }, error: { state: true } };

  constructor() {
    super();
    Object.assign(this, { trace: '', all: null, error: '' });
    data.watch(this, 'agents');
    data.hear(this, (event) => { if (event.type.startsWith('task.') && this.all?.spans.some((span) => !span.end)) this.#soon(); });
  }

  createRenderRoot() { return this; }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  willUpdate(changed) {
    if (changed.has('trace') && this.trace) { this.all = null; this.#fetch(); }
  }

  #soon() {
    this.timer ??= setTimeout(() => { this.timer = undefined; this.#fetch(); }, PAUSE);
  }

  async #fetch() {
    const trace = this.trace;
    try {
      const all = await get(`/api/hub/traces/${encodeURIComponent(trace)}`);
      if (trace === this.trace) Object.assign(this, { all, error: '' });
    } catch (failure) {
      if (trace === this.trace) this.error = failure.message;
    }
  }

  render() {
    if (this.error) return problem(this.error);
    if (!this.all) return loading();
    if (!this.all.spans.length) return empty('No task of this trace is known here.', 'They ran for another host’s agent, or ended too long ago.');
    const spans = this.all.spans.map(spanOf);
    const missing = this.all.hosts.filter((host) => host.outcome !== 'told');
    const start = Math.min(...spans.map((span) => span.start));
    const end = Math.max(...spans.map((span) => span.end), start + 0.001);
    const hosts = [...new Set(spans.flatMap((span) => span.parts.filter((part) => part.runs).map((part) => part.agent)))];
    const x = (at) => (SCALE * (at - start)) / (end - start);
    return html`<p class="quiet">${spans.length} ${spans.length === 1 ? 'call' : 'calls'}, ${millis((end - start) * 1000)} in all.
        <span class="key wait">waits or travels</span> ${hosts.map((host, at) => html`<span class="key host${at % 4}">runs on ${data.name(host)}</span> `)}</p>
      <ol class="waterfall plain" data-testid="waterfall">${spans.map((span) => html`<li data-testid="span" data-id=${span.task.id}>
        <span>${span.here ? html`<a href=${link('tasks', span.task.id)}>${toolName(span.task)}</a>` : toolName(span.task)} <span class="quiet">on ${span.host || '–'}</span> ${span.task.state === 'completed' ? nothing : badge(span.task.state)}</span>
        <svg viewBox="0 0 ${SCALE} 20" preserveAspectRatio="none" aria-hidden="true">${span.parts.map((part) => svg`<rect class=${part.runs ? `hop${hosts.indexOf(part.agent) % 4}` : 'wait'} x=${x(part.from)} y=${part.runs ? 3 : 8} height=${part.runs ? 14 : 4} width=${Math.max(2, x(part.to) - x(part.from))}></rect>`)}</svg>
        <span class="quiet at">after ${millis((span.start - start) * 1000)}: waited ${millis(span.waited * 1000)}, ran ${millis(span.ran * 1000)}</span></li>`)}</ol>
      ${missing.length ? html`<p class="quiet" data-testid="missing">Not told: ${missing.map((host) => html`<span class="key wait" title=${host.note}>${data.name(host.agent)} ${host.outcome === 'away' ? 'is away' : 'knows nothing of it any more, or tells nobody'}</span> `)}</p>` : nothing}`;
  }
}

/** A task as stretches of time: it runs from when its host says "working" to that host's next word; all else is waiting or the way. */
function spanOf(task) {
  const part = task.skill === 'agent' && !task.steps.length;
  const steps = task.steps.length ? task.steps : [{ at: task.start, agent: part ? task.target : task.source, what: part ? 'working' : 'submitted' }];
  const end = Math.max(task.end ?? Date.now() / 1000, steps.at(-1).at);
  const target = task.target;
  const parts = steps.map((step, at) => ({ from: step.at, to: steps[at + 1]?.at ?? end, agent: step.agent, runs: step.what === 'working' && step.agent === target })).filter((part) => part.to > part.from);
  const sum = (runs) => parts.filter((part) => part.runs === runs).reduce((total, part) => total + part.to - part.from, 0);
  return { task, parts, here: !part && task.host === data.who?.agent.id, start: steps[0].at, end, host: data.name(target), waited: sum(false), ran: sum(true) };
}
customElements.define('weft-trace', Trace);

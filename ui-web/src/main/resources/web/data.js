import * as api from './api.js';
import { Live } from './live.js';

/** What to fetch anew when an event of an area arrives. */
const AREAS = {
  agent: ['agents', 'skills', 'topology'], peer: ['agents', 'topology'], skill: ['skills'], pairing: ['pairing', 'agents'],
  llm: ['llm', 'approvals'], catalog: ['catalog', 'repositories', 'skills', 'approvals'],
};
const SOURCES = {
  agents: () => api.get('/api/agents'),
  topology: () => api.get('/api/hub/network/topology'),
  skills: () => api.get('/api/skills'),
  tasks: () => api.page('/api/hub/tasks/all?limit=200'),
  pairing: () => api.get('/api/pairing/all'),
  llm: () => api.get('/api/llm'),
  catalog: () => api.get('/api/catalog?limit=1000'),
  repositories: () => api.get('/api/catalog/repositories'),
  approvals: () => api.get('/api/approvals'),
  health: () => api.get('/api/health', [503]),
};
const EMPTY = { agents: [], topology: { nodes: [], edges: [] }, skills: [], tasks: { rows: [], next: null }, pairing: [], llm: null, catalog: [], repositories: [], approvals: [], health: null };
const FINAL = ['completed', 'failed', 'canceled', 'rejected'];
/** Beyond this the oldest finished tasks leave the page's memory; the host still has them. */
const MOST_TASKS = 20_000;

/**
 * What the views show: lists of the host, each fetched when a view that is on the screen wants it and again when an event says
 * that it changed. Tasks come in numbers, so their events change the rows that are here instead of fetching anew.
 */
class Data extends EventTarget {
  #wanted = new Set();
  #watchers = new Map();
  #listeners = new Set();
  #timer;
  #live;
  #slow;
  state = 'connecting';
  who = null;
  lists = { ...EMPTY };
  loaded = new Set();
  errors = {};

  /** Follows the host for whoever signed in. */
  start(who) {
    this.who = who;
    this.#live = new Live({
      state: (state) => { this.state = state; this.#tell(); },
      event: (event) => this.#take(event),
      again: () => this.refresh(...this.#watched()),
      refused: () => this.dispatchEvent(new Event('refused')),
    });
    this.#live.run();
    this.#slow = setInterval(() => { if (this.state === 'live' && !document.hidden) this.refresh(...this.#watched().filter((name) => name === 'agents' || name === 'health' || name === 'topology')); }, 10_000);
  }

  stop() {
    this.#live?.stop();
    clearInterval(this.#slow);
    Object.assign(this, { who: null, state: 'connecting', lists: { ...EMPTY }, loaded: new Set(), errors: {} });
    this.#tell();
  }

  /** Whether who signed in may act, not only look. */
  get acts() { return ['admin', 'operator'].includes(this.who?.role); }

  get admin() { return this.who?.role === 'admin'; }

  /** A lit controller: draws the host element again when one of the lists changes. */
  watch(host, ...names) {
    const draw = () => host.requestUpdate();
    host.addController({
      hostConnected: () => {
        this.#watchers.set(host, names);
        this.addEventListener('change', draw);
        this.refresh(...names.filter((name) => !this.loaded.has(name)));
      },
      hostDisconnected: () => { this.#watchers.delete(host); this.removeEventListener('change', draw); },
    });
  }

  /** Hears each event of the host while the host element is on the page. */
  hear(host, listener) {
    host.addController({
      hostConnected: () => this.#listeners.add(listener),
      hostDisconnected: () => this.#listeners.delete(listener),
    });
  }

  #watched() {
    return [...new Set([...this.#watchers.values()].flat())];
  }

  /** Fetches soon, and each list once however often it is asked for. */
  refresh(...names) {
    names.filter((name) => SOURCES[name]).forEach((name) => this.#wanted.add(name));
    if (this.#wanted.size) this.#timer ??= setTimeout(() => this.#fetch(), 60);
  }

  async #fetch() {
    const names = [...this.#wanted];
    this.#wanted.clear();
    await Promise.all(names.map(async (name) => {
      try {
        const value = await SOURCES[name]();
        if (!this.who) return;
        this.lists[name] = value;
        this.loaded.add(name);
        delete this.errors[name];
      } catch (failure) {
        // A lost connection shows by itself, and everything is fetched anew once it is back.
        if (failure.status === 401 && this.who) this.dispatchEvent(new Event('refused'));
        else if (failure.status) { this.errors[name] = failure.message; this.loaded.add(name); }
      }
    }));
    this.#timer = undefined;
    this.#tell();
    this.refresh(...this.#wanted);
  }

  #take(event) {
    const area = event.type.split('.')[0];
    if (area === 'task') this.#task(event);
    // What nobody looks at is fetched when somebody does.
    const watched = this.#watched();
    for (const name of AREAS[area] ?? []) {
      if (watched.includes(name)) this.refresh(name); else this.loaded.delete(name);
    }
    this.#listeners.forEach((listener) => listener(event));
  }

  #task({ type, data }) {
    if (!this.loaded.has('tasks') || !data?.id || type === 'task.progress') return;
    const { rows, next } = this.lists.tasks;
    const now = Date.now() / 1000;
    const at = rows.findIndex((row) => row.id === data.id);
    const known = at < 0 ? { id: data.id, created_at: now, payload: null, result: null } : rows[at];
    const row = {
      ...known, skill: data.skill ?? known.skill, tool: data.tool ?? known.tool, state: data.state ?? known.state, path: data.path ?? known.path,
      source_agent_id: data.source ?? known.source_agent_id, target_agent_id: data.target ?? known.target_agent_id, error: data.error ?? known.error, updated_at: now,
    };
    const changed = at < 0 ? [row, ...rows] : rows.with(at, row);
    this.lists.tasks = { rows: changed.length > MOST_TASKS ? changed.slice(0, MOST_TASKS) : changed, next };
    this.#tell();
  }

  /** Fetches the next older tasks. */
  async moreTasks() {
    const { rows, next } = this.lists.tasks;
    if (!next) return;
    const page = await api.page(next);
    const here = new Set(rows.map((row) => row.id));
    this.lists.tasks = { rows: [...rows, ...page.rows.filter((row) => !here.has(row.id))], next: page.next };
    this.#tell();
  }

  #tell() {
    // Many events in one frame are one drawing.
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.dispatchEvent(new Event('change')); });
  }

  /** The name of an agent; its id if it is not known. */
  name(id) {
    return this.lists.agents.find((agent) => agent.agent_id === id)?.name ?? id ?? '';
  }
}

export const data = new Data();
export const isFinal = (task) => FINAL.includes(task.state);
export const needsPerson = (task) => task.state === 'input-required' || task.state === 'auth-required';

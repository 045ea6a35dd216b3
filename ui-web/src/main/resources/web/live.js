import { stream } from './api.js';

/** Follows /api/events for as long as someone is signed in, through losses of the connection. */
export class Live {
  /** @param state hears 'connecting', 'live' and 'lost'
   *  @param event hears each event
   *  @param again called whenever something may have been missed: fetch anew
   *  @param refused called when the session is over */
  constructor({ state, event, again, refused }) {
    Object.assign(this, { state, event, again, refused });
    this.lastId = '';
    this.stopper = new AbortController();
  }

  async run() {
    let pause = 500;
    const { signal } = this.stopper;
    this.state('connecting');
    while (!signal.aborted) {
      try {
        await stream('GET', '/api/events', undefined, {
          lastId: this.lastId,
          signal,
          opened: () => { pause = 500; this.state('live'); this.again(); },
          on: (event) => this.#take(event),
        });
      } catch (failure) {
        if (signal.aborted) return;
        if (failure.status === 401) { this.refused(); return; }
      }
      if (signal.aborted) return;
      this.state('lost');
      this.lastId = ''; // a host that restarted counts from the start again; everything is fetched anew anyway
      await new Promise((done) => { setTimeout(done, pause * (0.75 + Math.random() / 2)); });
      pause = Math.min(pause * 2, 5000);
    }
  }

  #take(event) {
    if (event.id) this.lastId = event.id;
    if (event.type === 'events.gap') this.again();
    else this.event(event);
  }

  stop() {
    this.stopper.abort();
  }
}

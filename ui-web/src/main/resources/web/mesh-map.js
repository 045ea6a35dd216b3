import { LitElement, html, svg, nothing } from 'lit';
import { link } from './place.js';
import { bytes, rtt } from './parts.js';

const WIDTH = 640;
/** Beyond this a picture tells less than the list. */
const MOST = 150;

/** The hosts in a ring, and the links between them as measured: the way they take, how long a round trip is, what went over them. */
class MeshMap extends LitElement {
  static properties = { topology: { attribute: false } };

  createRenderRoot() { return this; }

  render() {
    const { nodes, edges } = this.topology;
    if (nodes.length < 2) return nothing;
    if (nodes.length > MOST) return html`<p class="quiet">With more than ${MOST} hosts there is no map; the list has them all.</p>`;
    const height = Math.min(WIDTH, 80 + 60 * nodes.length);
    const spots = new Map(nodes.map((node, at) => {
      const angle = Math.PI + (2 * Math.PI * at) / nodes.length;
      return [node.id, { x: WIDTH / 2 + Math.cos(angle) * (WIDTH / 2 - 90), y: height / 2 - 10 + Math.sin(angle) * (height / 2 - 50), node }];
    }));
    const lines = edges.filter((edge) => spots.has(edge.source) && spots.has(edge.target));
    return html`<figure class="map">
      <svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${nodes.length} hosts and ${lines.length} measured links; the list below tells the same in words">
        ${lines.map((edge) => this.#line(edge, spots.get(edge.source), spots.get(edge.target), lines.length < 30))}
        ${[...spots.values()].map((spot) => this.#spot(spot))}
      </svg>
      <figcaption class="quiet"><span class="key p2p">direct</span> <span class="key turn">over TURN</span> <span class="key relay">over the registry</span></figcaption>
    </figure>`;
  }

  #line(edge, a, b, labelled) {
    const words = `${a.node.name} – ${b.node.name}: ${edge.path}, ${rtt(edge.rtt_ms)}, ${bytes(edge.bytes_sent)} sent, ${bytes(edge.bytes_received)} received`;
    return svg`<g class="edge ${edge.path}"><title>${words}</title>
      <line x1=${a.x} y1=${a.y} x2=${b.x} y2=${b.y}></line>
      ${labelled ? svg`<text x=${(a.x + b.x) / 2} y=${(a.y + b.y) / 2 - 4}>${rtt(edge.rtt_ms)}</text>` : nothing}</g>`;
  }

  #spot({ x, y, node }) {
    const name = node.name.length > 18 ? `${node.name.slice(0, 17)}…` : node.name;
    return svg`<a href=${link('peers', node.id)} class="node ${node.health}" aria-label="${node.name}, ${node.health}"><title>${node.name}: ${node.health}, ${node.platform}</title>
      <circle cx=${x} cy=${y} r=${node.local ? 16 : 12}></circle><text x=${x} y=${y + 34}>${name}</text></a>`;
  }
}
customElements.define('weft-mesh-map', MeshMap);

import { html } from 'lit';

/** Light modules around, so that a camera finds it. */
const QUIET = 4;

/** A QR code. Black on white also in the dark: cameras want it so.
 * @param rows of the host: a text of 0 and 1 each
 * @param label for who cannot see it */
export function qr(rows, label) {
  const size = rows.length + 2 * QUIET;
  const dark = rows.flatMap((row, y) => [...row].map((module, x) => (module === '1' ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ''))).join('');
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label} shape-rendering="crispEdges" data-testid="qr"><rect width=${size} height=${size}></rect><path d=${dark}></path></svg>`;
}

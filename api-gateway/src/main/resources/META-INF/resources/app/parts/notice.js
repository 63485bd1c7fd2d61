import { html, nothing } from 'lit';

/** A problem with its field errors and the request id to report to the operator. */
export function notice(problem) {
  return html`<div class="notice bad" role="alert">
    <strong>${problem.title ?? 'The request failed'}.</strong> ${problem.message}
    ${problem.errors?.length
      ? html`<ul>
          ${problem.errors.map((error) => html`<li><code>${error.pointer}</code> ${error.detail}</li>`)}
        </ul>`
      : nothing}
    ${problem.more ? html`<div>${problem.more} more errors are not listed.</div>` : nothing}
    ${problem.requestId ? html`<div class="quiet">request_id <code>${problem.requestId}</code></div>` : nothing}
  </div>`;
}

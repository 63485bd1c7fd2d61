import { html, nothing } from 'lit';
import { part } from '../api.js';
import { bytes, time, words } from '../format.js';

const version = ({ name, version: number }) => html`<a href="/models/${part(name)}?version=${number}">${name} ${number}</a>`;

/** Free space of each disk, with a warning while new work is refused. */
function disks(disk) {
  if (!disk) {
    return nothing;
  }
  const warning = html`<div class="notice bad" id="disk-full"><strong>New work is refused.</strong> A disk has less than ${bytes(disk.refuse_below)} free. Running jobs continue; new work is accepted again above ${bytes(disk.accept_above)}.</div>`;
  return html`<h2>Disk space</h2>${disk.refusing ? warning : nothing}
    <div class="wide" tabindex="0" role="region" aria-label="Disk space"><table class="stack">
      <thead><tr><th scope="col">Folder</th><th scope="col" class="right">Free</th><th scope="col" class="right">In all</th></tr></thead>
      <tbody>${disk.disks.map((one) => html`<tr><td data-label="Folder"><code>${one.folder}</code></td><td data-label="Free" class="right">${bytes(one.free)}</td><td data-label="In all" class="right">${bytes(one.total)}</td></tr>`)}</tbody>
    </table></div>`;
}

function quarantined(models) {
  if (!models?.length) {
    return nothing;
  }
  return html`<h2>Models in quarantine</h2>
    <p>These files crashed a predictor, so no predictor runs them. Delete the version, or release it on its page.</p>
    <div class="wide" tabindex="0" role="region" aria-label="Models in quarantine"><table class="stack">
      <thead><tr><th scope="col">Version</th><th scope="col">Cause</th><th scope="col">During</th><th scope="col">Predictor</th><th scope="col">When</th></tr></thead>
      <tbody>${models.map((one) => html`<tr>
        <td data-label="Version">${version(one)}</td><td data-label="Cause"><span>${one.cause}</span></td><td data-label="During">${one.phase}</td>
        <td data-label="Predictor"><code>${one.predictor}</code></td><td data-label="When"><time datetime=${one.at}>${time(one.at)}</time></td>
      </tr>`)}</tbody>
    </table></div>`;
}

function problems(models) {
  if (!models?.length) {
    return nothing;
  }
  return html`<h2>Models that cannot be served</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Models that cannot be served"><table class="stack">
      <thead><tr><th scope="col">Version</th><th scope="col">Reason</th><th scope="col">Predictor</th><th scope="col">Since</th></tr></thead>
      <tbody>${models.map((one) => html`<tr>
        <td data-label="Version">${version(one)}</td><td data-label="Reason"><span>${words(one.code)}: ${one.detail}</span></td>
        <td data-label="Predictor"><code>${one.predictor}</code></td><td data-label="Since"><time datetime=${one.since}>${time(one.since)}</time></td>
      </tr>`)}</tbody>
    </table></div>`;
}

function accelerators(gpus, problems) {
  if (!gpus?.length && !problems?.length) {
    return nothing;
  }
  return html`<h2>Accelerators</h2>
    ${(problems ?? []).map((one) => html`<p class="notice"><code>${one.trainer}</code> trains on the processor: ${one.problem}</p>`)}
    ${!gpus?.length ? nothing : html`<div class="wide" tabindex="0" role="region" aria-label="Accelerators"><table class="stack">
      <thead><tr><th scope="col">GPU</th><th scope="col">Trainer</th><th scope="col">Trains on it</th><th scope="col" class="right">Memory</th><th scope="col" class="right">Free</th><th scope="col">Driver</th><th scope="col">Compute capability</th></tr></thead>
      <tbody>${gpus.map((one) => html`<tr>
        <td data-label="GPU"><span>${one.index}: ${one.name}</span></td><td data-label="Trainer"><code>${one.trainer}</code></td><td data-label="Trains on it">${one.used ? 'yes' : 'no'}</td>
        <td data-label="Memory" class="right">${one.memory_total == null ? '–' : bytes(one.memory_total)}</td><td data-label="Free" class="right">${one.memory_free == null ? '–' : bytes(one.memory_free)}</td>
        <td data-label="Driver">${one.driver}</td><td data-label="Compute capability">${one.compute_capability ?? '–'}</td>
      </tr>`)}</tbody>
    </table></div>`}`;
}

/** Alerts for operators; each part is shown only if the gateway reports it. */
export function systemAlerts(system) {
  return html`${accelerators(system.accelerators, system.device_problems)}${quarantined(system.quarantined)}${problems(system.model_problems)}${disks(system.disk)}`;
}

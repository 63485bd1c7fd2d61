/**
 * Who uses the page, and what that user may do. Without sign-in (trainyard.auth.mode=none) every user may do everything.
 */
export const needsSignIn = 'signIn' in document.documentElement.dataset;

/** Name of the OpenID provider; undefined if there is none. */
export const provider = document.documentElement.dataset.provider;

const CSRF_TOKEN = 'csrf-token';
const PROJECT = 'project';
/** It lists all projects of the user, whichever is selected. */
export const ME = '/api/v1/me';
const listeners = new Set();
/** If storage is blocked; a reload then needs a new sign-in. */
const memory = new Map();
let user = null;
let chosen = null;

/** Name, role and permissions; null if no user is signed in. */
export const currentUser = () => user;

/** Name, role and permissions in the selected project. */
export function currentMember() {
  const member = user?.projects?.find(({ project }) => project === (selectedProject() ?? user.project));
  return user && { ...user, ...member };
}

/** Returns true if the user has the permission; a page hides what needs another one. */
export const can = (permission) => !needsSignIn || currentMember()?.permissions.includes(permission) === true;

/** Calls `listener` after a sign-in and after the end of a session. */
export function onUserChange(listener) {
  listeners.add(listener);
}

export function setUser(next) {
  user = next;
  listeners.forEach((listener) => listener(user));
}

/** Call this when the gateway does not accept the session any more. */
export function sessionEnded() {
  if (user !== null) {
    setUser(null);
  }
}

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return memory.get(name) ?? null;
  }
}

function store(name, value) {
  memory.set(name, value);
  try {
    if (value === null) {
      localStorage.removeItem(name);
    } else {
      localStorage.setItem(name, value);
    }
  } catch {
    // kept in memory only
  }
}

/** Other pages cannot read this token, so that a request with it comes from this page. */
export const csrfToken = () => stored(CSRF_TOKEN);
export const setCsrfToken = (token) => store(CSRF_TOKEN, token);

/** Names of the projects that the user may select; empty if there is nothing to select. */
export const projects = () => (user?.projects?.length > 1 ? user.projects.map(({ project }) => project) : []);

/** The selected project; null if the gateway chooses it. */
export function selectedProject() {
  chosen ??= stored(PROJECT); // a choice in another tab does not change this one
  const all = projects();
  if (all.includes(chosen)) {
    return chosen;
  }
  return all.length === 0 || all.includes(user.project) ? null : all[0]; // the gateway may choose one without a role
}

export function selectProject(project) {
  chosen = project;
  store(PROJECT, project);
}

/** Headers of a request to `path`. */
export function accessHeaders(method, path) {
  const headers = {};
  if (needsSignIn && method && method !== 'GET' && csrfToken()) {
    headers['X-CSRF-Token'] = csrfToken();
  }
  if (path !== ME && selectedProject()) {
    headers['Trainyard-Project'] = selectedProject();
  }
  return headers;
}

/** The address of an event stream, a download or an image, with which browsers send no header of the page. */
export function inProject(url) {
  const project = selectedProject();
  return project ? `${url}${url.includes('?') ? '&' : '?'}trainyard-project=${encodeURIComponent(project)}` : url;
}

/** Calls `listener` when the user signs in or out in another tab. */
export function onOtherTab(listener) {
  addEventListener('storage', ({ key }) => key === CSRF_TOKEN && listener());
}

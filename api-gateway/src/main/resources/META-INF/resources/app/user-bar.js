import { can, currentMember, currentUser, needsSignIn, onUserChange, projects, selectProject, selectedProject } from './access.js';
import { announce, show } from './router.js';
import { signOut } from './session.js';

/** Links of the header by the permission that their pages need. */
const PERMISSIONS = { '/jobs': 'read', '/studies': 'read', '/models': 'read', '/draw': 'predict', '/system': 'read' };

const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** Shows in the header who is signed in and the project, and only links to pages that the user may see. */
export function showUserBar() {
  const bar = element('div', { className: 'user row', hidden: true });
  const who = element('span', { id: 'who', hidden: !needsSignIn });
  const choice = element('select', { id: 'project' });
  const label = element('label', { className: 'row', textContent: 'Project ' });
  label.append(choice);
  const out = element('button', { id: 'sign-out', type: 'button', textContent: 'Sign out', hidden: !needsSignIn });
  choice.addEventListener('change', () => {
    selectProject(choice.value);
    update(currentUser());
    show();
  });
  out.addEventListener('click', () => leave(out));
  bar.append(who, label, out);
  document.getElementById('theme').before(bar);
  const update = (user) => {
    bar.hidden = user === null || (!needsSignIn && projects().length === 0);
    who.textContent = user ? `${user.name} (${currentMember().role})` : '';
    label.hidden = projects().length === 0;
    choice.replaceChildren(...projects().map((name) => element('option', { value: name, textContent: name })));
    choice.value = selectedProject() ?? user?.project ?? '';
    if (needsSignIn) {
      showLinks();
    }
  };
  onUserChange(update);
  update(null);
}

function showLinks() {
  document.querySelectorAll('.bar nav a').forEach((link) => {
    const needed = PERMISSIONS[link.pathname];
    link.hidden = needed !== undefined && !can(needed);
  });
}

async function leave(button) {
  button.disabled = true;
  try {
    await signOut();
  } catch (e) {
    announce(`You are still signed in: ${e.message}`);
    button.title = e.message;
  } finally {
    button.disabled = false;
  }
}

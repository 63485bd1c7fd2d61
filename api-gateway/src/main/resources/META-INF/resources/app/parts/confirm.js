let count = 0;

function button(text, className, value) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.className = className;
  made.dataset.answer = value;
  return made;
}

/**
 * Shows a confirmation dialog for actions that are hard to undo; resolves to whether the user agreed. The focus starts
 * on the safe button, so Escape and Enter mean no. Afterwards it returns to where it was.
 */
export function confirmed({ title, text, action, keep = 'Go back' }) {
  const id = `confirm-${++count}`;
  const dialog = document.createElement('dialog');
  dialog.setAttribute('role', 'alertdialog');
  dialog.setAttribute('aria-labelledby', `${id}-title`);
  dialog.setAttribute('aria-describedby', `${id}-text`);
  const heading = Object.assign(document.createElement('h2'), { id: `${id}-title`, textContent: title });
  const body = Object.assign(document.createElement('p'), { id: `${id}-text`, textContent: text });
  const no = button(keep, '', 'no');
  const yes = button(action, 'danger', 'yes');
  const buttons = Object.assign(document.createElement('div'), { className: 'row buttons' });
  buttons.append(no, yes);
  dialog.append(heading, body, buttons);
  const opener = document.activeElement;
  document.body.append(dialog);
  return new Promise((done) => {
    no.addEventListener('click', () => dialog.close('no'));
    yes.addEventListener('click', () => dialog.close('yes'));
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (opener?.isConnected) {
        opener.focus({ preventScroll: true });
      }
      done(dialog.returnValue === 'yes');
    });
    // the user navigated to another page, for example with the back button
    addEventListener('page-shown', () => dialog.open && dialog.close('no'), { once: true });
    dialog.showModal();
    no.focus();
  });
}

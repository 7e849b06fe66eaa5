// A copy button on every command of the page.

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

for (const block of all('pre')) {
  const button = make('button', { type: 'button', className: 'copy' }, 'Copy');
  button.addEventListener('click', async () => {
    const done = await copy(one('code', block).textContent);
    button.textContent = done ? 'Copied' : 'Not allowed';
    say(done ? 'Copied.' : 'The browser does not allow copying.');
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  });
  block.append(button);
}

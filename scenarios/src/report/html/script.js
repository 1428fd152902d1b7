(() => {
  const form = document.querySelector('.filter');
  if (!form) return;
  form.hidden = false;
  const stories = [...document.querySelectorAll('.story')];
  const texts = new Map(stories.map(story => [story, story.textContent.toLowerCase()]));
  const shown = form.querySelector('.shown');
  const tags = [...form.querySelectorAll('.tag')];
  const apply = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = tags.filter(tag => tag.getAttribute('aria-pressed') === 'true').map(tag => tag.dataset.tag);
    let count = 0;
    for (const story of stories) {
      const own = story.dataset.tags.split(' ');
      const fits = words.every(word => texts.get(story).includes(word))
        && wanted.every(tag => own.includes(tag))
        && (!form.elements.failed.checked || story.dataset.failed === 'true');
      story.hidden = !fits;
      count += fits;
    }
    shown.textContent = count === stories.length ? `${count} stories` : `${count} of ${stories.length} stories`;
  };
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', apply);
  for (const tag of tags) {
    tag.addEventListener('click', () => {
      tag.setAttribute('aria-pressed', String(tag.getAttribute('aria-pressed') !== 'true'));
      apply();
    });
  }
  const all = form.elements.all;
  all.addEventListener('click', () => {
    const open = all.getAttribute('aria-expanded') !== 'true';
    for (const fold of document.querySelectorAll('.whole')) fold.open = open;
    all.setAttribute('aria-expanded', String(open));
    all.textContent = open ? 'Close all' : 'Open all';
  });
  apply();
})();

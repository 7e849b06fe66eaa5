// A table that fits its frame keeps its head in sight while the page scrolls. One that does not
// must scroll inside of its frame, and nothing can stick to two scrolling things at once.

const frames = all('.scroll');
const measure = () => {
  for (const frame of frames) frame.classList.remove('fits');
  const fitting = frames.filter((frame) => frame.scrollWidth <= frame.clientWidth);
  for (const frame of fitting) frame.classList.add('fits');
};
addEventListener('resize', measure);
// Not before the first frame: who measures has everything laid out, and other parts still add to it.
requestAnimationFrame(measure);

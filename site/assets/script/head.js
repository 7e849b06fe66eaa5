// A table that fits its frame keeps its header in view while the page scrolls. A wider table scrolls
// inside its frame, where its header cannot also stick to the page.

const frames = all('.scroll');
const measure = () => {
  for (const frame of frames) frame.classList.remove('fits');
  const fitting = frames.filter((frame) => frame.scrollWidth <= frame.clientWidth);
  for (const frame of fitting) frame.classList.add('fits');
};
addEventListener('resize', measure);
// Not before the first frame, because measuring forces a layout while other parts still add elements.
requestAnimationFrame(measure);

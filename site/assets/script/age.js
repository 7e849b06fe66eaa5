// Shows how old the numbers are. The page itself cannot, because equal records must give equal
// bytes.

const DAY = 24 * 60 * 60 * 1000;

for (const time of all('time[data-age]')) {
  const days = Math.floor((Date.now() - Date.parse(time.dateTime)) / DAY);
  if (days >= 1) time.after(make('span', { className: days >= 7 ? 'age stale' : 'age' }, ` data is ${counted.format(days)} ${days === 1 ? 'day' : 'days'} old`));
}

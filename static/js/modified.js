// When a file was last written, as the clock here showed it: 2019-05-03T14:02:11+09:00.

// No format of photos is older; what says so has no time of its own.
const FIRST = Date.UTC(1987, 0, 1);
// What a system has made for this page alone is as old as the choice.
const JUST_NOW = 60_000;

const two = (number) => String(number).padStart(2, "0");

// "" where the file's time says nothing of the photo.
export function modified(file) {
  const time = file.lastModified;
  if (!(time > FIRST && time < Date.now() - JUST_NOW)) return "";
  const ahead = -new Date(time).getTimezoneOffset();
  const local = new Date(time + ahead * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(ahead);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

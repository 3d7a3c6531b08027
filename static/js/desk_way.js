// What comes after a card: any group that was not skipped comes before what is guessed, also one that was not there when
// its turn was, since one name given to a group is worth many answers.

const MOST = 400;
const GROUP = "group:";
const skipped = new Set();

export const passBy = (card) => skipped.add(card.dataset.card);

// What was skipped comes again.
export const turnRound = () => skipped.clear();

// A group that was divided and put together again is found by its first face.
export function addressOf(card) {
  const face = card.dataset.kind === "group" && card.querySelector("input[name=face]");
  return face ? `${card.dataset.card}:${face.value}` : card.dataset.card;
}

export const isRenewed = (card, now) => card.dataset.kind === "group" && now.dataset.card !== card.dataset.card;

// What asks the server for the card after that one, while others of these are there, or being answered.
export function beyond(card, others) {
  const addresses = [...skipped, ...others.filter(Boolean).map((one) => one.dataset.card)];
  const groups = addresses.filter((address) => address.startsWith(GROUP)).slice(-MOST);
  const passed = groups.map((address) => address.slice(GROUP.length));
  return `after=${card.dataset.after}&passed=${passed.join() || 0}`;
}

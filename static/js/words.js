// Words in the reader's language: what is marked as gettext("…") stands in the catalog that the page loads first.

const { lang } = document.documentElement;

// Without the catalog, which a broken connection may have kept away, scripts work all the same and say their English.
const { django } = globalThis;

export const gettext = django?.gettext ?? ((words) => words);
export const ngettext = django?.ngettext ?? ((one, more, count) => (count === 1 ? one : more));

// A number as the reader writes it, with exactly so many decimals.
export function number(value, decimals = 0) {
  return value.toLocaleString(lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

// Puts values in the places of a sentence, "{done} of {total}", wherever its translation has them.
export function fill(sentence, values) {
  return sentence.replace(/{(\w+)}/g, (_place, name) =>
    typeof values[name] === "number" ? number(values[name]) : values[name],
  );
}

// Short parts, one after the other: "3 added, 1 refused".
export function list(parts) {
  return new Intl.ListFormat(lang, { type: "unit" }).format(parts);
}
